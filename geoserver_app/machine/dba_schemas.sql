-- Extensions, schemas and privileges of one database; read by dba.sql, once for each database that it makes.

SET client_min_messages = warning;

CREATE SCHEMA IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS postgis SCHEMA postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA postgis;
CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA postgis;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch SCHEMA postgis;
-- After the system's packages were upgraded, the functions in the database are brought after them.
SELECT format('ALTER EXTENSION %I UPDATE', name)
FROM pg_available_extensions
WHERE installed_version <> default_version
  AND name IN ('postgis', 'btree_gist', 'pg_trgm', 'unaccent', 'fuzzystrmatch') \gexec
GRANT USAGE ON SCHEMA postgis TO onemap_owner, onemap_app, published_reader;

CREATE SCHEMA IF NOT EXISTS published AUTHORIZATION onemap_owner;
GRANT USAGE ON SCHEMA published TO onemap_app, published_reader;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO onemap_owner;
GRANT USAGE ON SCHEMA public TO onemap_app;

ALTER DEFAULT PRIVILEGES FOR ROLE onemap_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO onemap_app;
ALTER DEFAULT PRIVILEGES FOR ROLE onemap_owner IN SCHEMA public
    GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO onemap_app;
ALTER DEFAULT PRIVILEGES FOR ROLE onemap_owner IN SCHEMA published
    GRANT SELECT ON TABLES TO published_reader, onemap_app;
