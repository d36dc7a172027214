-- Makes the roles, the database and the schemas that One Map City Hall needs. Run once by a superuser; running it again
-- is harmless, brings PostGIS to the server's version and sets the passwords given. Needs psql 15 or newer.
--
--   ONEMAP_OWNER_PASSWORD=... ONEMAP_APP_PASSWORD=... ONEMAP_READER_PASSWORD=... psql -X -d postgres -f dba.sql
--
-- Variables (psql -v NAME=VALUE): database (onemap); with_tests: 1 lets the owner make databases, and makes the template
-- for them, as tests and benchmarks need it (0).
--
-- Roles:    onemap_owner      owns the tables; migrations and nothing else log in as this role
--           onemap_app        reads and writes rows; the server and the worker
--           published_reader  reads the views of schema `published`; map tiles and summaries
-- Schemas:  public (ours), postgis (extensions), published (views: what the world may see)

\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
\if :{?database} \else \set database onemap
\endif
\if :{?with_tests} \else \set with_tests 0
\endif
\getenv owner_password ONEMAP_OWNER_PASSWORD
\getenv app_password ONEMAP_APP_PASSWORD
\getenv reader_password ONEMAP_READER_PASSWORD
\if :{?owner_password} \else
    \warn 'ONEMAP_OWNER_PASSWORD is not set: set the three passwords in the environment.'
    SELECT 1 / 0 AS password_missing;
\endif
\if :{?app_password} \else
    \warn 'ONEMAP_APP_PASSWORD is not set: set the three passwords in the environment.'
    SELECT 1 / 0 AS password_missing;
\endif
\if :{?reader_password} \else
    \warn 'ONEMAP_READER_PASSWORD is not set: set the three passwords in the environment.'
    SELECT 1 / 0 AS password_missing;
\endif

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEROLE', name)
FROM unnest(ARRAY['onemap_owner', 'onemap_app', 'published_reader']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

-- Kept out of the server's log, should it log statements.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
ALTER ROLE onemap_owner PASSWORD :'owner_password';
ALTER ROLE onemap_app PASSWORD :'app_password';
ALTER ROLE published_reader PASSWORD :'reader_password';
RESET log_statement;
RESET log_min_duration_statement;

\if :with_tests
    ALTER ROLE onemap_owner CREATEDB;
\endif

ALTER ROLE onemap_owner SET search_path = public, postgis;
ALTER ROLE onemap_app SET search_path = public, postgis;
ALTER ROLE published_reader SET search_path = published, postgis;
ALTER ROLE published_reader SET default_transaction_read_only = on;
-- Statements of milliseconds: compiling them costs more than it saves.
ALTER ROLE onemap_owner SET jit = off;
ALTER ROLE onemap_app SET jit = off;
ALTER ROLE published_reader SET jit = off;

-- SET LOCAL ROLE published_reader: what the world may see, read inside a transaction of the server's own.
GRANT published_reader TO onemap_app, onemap_owner;

SELECT format('CREATE DATABASE %I OWNER onemap_owner TEMPLATE template0 ENCODING ''UTF8''', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', :'database') \gexec
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO onemap_app', :'database') \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO published_reader', :'database') \gexec

\if :with_tests
    SELECT 'CREATE DATABASE onemap_template TEMPLATE template0 ENCODING ''UTF8'''
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'onemap_template') \gexec
    ALTER DATABASE onemap_template IS_TEMPLATE true;
    \connect onemap_template
    \ir dba_schemas.sql
\endif

\connect :"database"
\ir dba_schemas.sql
