"""What dba.sql makes, tried with each role's own log-in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
import pytest
from psycopg import errors

from geoserver_app.machine import roles
from geoserver_app.machine.cluster import Cluster
from geoserver_app.machine.settings_environment import Secrets

Session = psycopg.Connection[tuple[object, ...]]
LogIn = Callable[..., AbstractContextManager[Session]]


@pytest.fixture
def log_in(cluster: Cluster, passwords: Secrets) -> LogIn:
    """Opens a session of a role: log_in("onemap_app")."""
    known = {
        "postgres": passwords.superuser_password,
        "onemap_owner": passwords.owner_password,
        "onemap_app": passwords.app_password,
        "published_reader": passwords.reader_password,
    }

    @contextmanager
    def session(role: str, database: str = "onemap") -> Iterator[Session]:
        where = {"host": str(cluster.place.sockets), "dbname": database}
        with psycopg.connect(**where, user=role, password=known[role], autocommit=True) as opened:
            yield opened

    return session


@pytest.fixture
def with_a_table_and_a_view(log_in: LogIn) -> Iterator[None]:
    with log_in("onemap_owner") as owner:
        owner.execute("create table public.secret (id int generated always as identity, name text)")
        owner.execute("create view published.shown as select id from public.secret")
        yield
        owner.execute("drop view published.shown")
        owner.execute("drop table public.secret")


def one(session: Session, statement: str) -> object:
    row = session.execute(statement).fetchone()
    return row[0] if row else None


def test_extensions_lie_in_schema_postgis(log_in: LogIn) -> None:
    with log_in("onemap_app") as app:
        rows = app.execute(
            "select e.extname from pg_extension e join pg_namespace n on n.oid = e.extnamespace"
            " where n.nspname = 'postgis'"
        ).fetchall()
    assert {row[0] for row in rows} == {"postgis", "btree_gist", "pg_trgm", "unaccent", "fuzzystrmatch"}


def test_search_paths(log_in: LogIn) -> None:
    for role, path in (
        ("onemap_owner", "public, postgis"),
        ("onemap_app", "public, postgis"),
        ("published_reader", "published, postgis"),
    ):
        with log_in(role) as session:
            assert one(session, "show search_path") == path


@pytest.mark.usefixtures("with_a_table_and_a_view")
def test_app_reads_and_writes_rows_but_makes_no_tables(log_in: LogIn) -> None:
    with log_in("onemap_app") as app:
        app.execute("insert into secret (name) values ('x')")
        assert one(app, "select count(*) from secret") == 1
        app.execute("delete from secret")
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute("create table mine (id int)")
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute("drop table secret")


@pytest.mark.usefixtures("with_a_table_and_a_view")
def test_reader_sees_views_and_no_table(log_in: LogIn) -> None:
    with log_in("published_reader") as reader:
        assert one(reader, "select count(*) from shown") == 0
        with pytest.raises(errors.InsufficientPrivilege):
            reader.execute("select * from public.secret")
        with pytest.raises((errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)):
            reader.execute("create table published.mine (id int)")


@pytest.mark.usefixtures("with_a_table_and_a_view")
def test_app_can_take_the_readers_role_for_a_transaction(log_in: LogIn) -> None:
    with log_in("onemap_app") as app, app.transaction():
        app.execute("set local role published_reader")
        with pytest.raises(errors.InsufficientPrivilege), app.transaction():
            app.execute("select * from public.secret")


def test_no_role_of_ours_is_mighty(log_in: LogIn) -> None:
    with log_in("onemap_app") as app:
        statement = "select count(*) from pg_roles where rolname ~ '^(onemap_|published_)' and {}"
        assert one(app, statement.format("(rolsuper or rolcreaterole or rolreplication or rolbypassrls)")) == 0
        assert one(app, statement.format("rolname <> 'onemap_owner' and rolcreatedb")) == 0


def test_owner_makes_databases_out_of_the_template(log_in: LogIn) -> None:
    with log_in("onemap_owner", "postgres") as owner:
        owner.execute("create database test_copied template onemap_template")
    try:
        with log_in("onemap_owner", "test_copied") as copied:
            assert one(copied, "select st_astext(st_point(1, 2))") == "POINT(1 2)"
            copied.execute("create table mine (id int)")
        with log_in("onemap_app", "test_copied") as app:
            assert one(app, "select count(*) from mine") == 0
    finally:
        with log_in("onemap_owner", "postgres") as owner:
            owner.execute("drop database test_copied")


def test_running_the_script_again_changes_nothing(cluster: Cluster, passwords: Secrets, log_in: LogIn) -> None:
    rights = (
        "select array_agg(acl::text order by acl::text) from (select unnest(defaclacl) from pg_default_acl) a (acl)"
    )
    with log_in("onemap_app") as app:
        before = one(app, rights)
    roles.run_dba_script(cluster.place, cluster.installation, passwords, with_tests=True)
    with log_in("onemap_app") as app:
        assert one(app, rights) == before


def test_strangers_may_not_connect(log_in: LogIn) -> None:
    with log_in("postgres") as superuser:
        superuser.execute("create role stranger")
        try:
            assert one(superuser, "select has_database_privilege('stranger', 'onemap', 'connect')") is False
            assert one(superuser, "select has_schema_privilege('stranger', 'public', 'usage')") is False
        finally:
            superuser.execute("drop role stranger")
