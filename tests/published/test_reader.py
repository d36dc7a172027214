"""What the role published_reader may see, tried with its own log-in; and that `migrate` keeps it so."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection
from django.db.migrations import AlterField, Migration
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.models import CharField
from psycopg import conninfo, sql
from psycopg.errors import InsufficientPrivilege, ReadOnlySqlTransaction

from geoserver_app.published import reader, schema
from layers.models import Jurisdiction
from tests import factories as make

# Everything the public may see, on one page. A column that is not here fails the build.
PUBLIC = {
    "address": "geom house_number id kind_id",
    "area": "code geom id kind_id name",
    "answer": "code datatype offered position question request_id value",
    "area_code": "code id jurisdiction_id kind",
    "asset": "asset_id geom id kind_id owner_class",
    "basemap_progress": "done finished_at jurisdiction_id total",
    "basemap_tile": "epoch etag gz jurisdiction_id recipe x y z",
    "clock": "code fresh_from jurisdiction_id kinds time_zone",
    "counted": "address area_ids closed_at geom id is_done is_exact is_open jurisdiction_id leads morton "
    "requested_datetime service_id service_request_id",
    "density_area_set": "area_ids cube_id number",
    "density_block": "block counts cube_id measure period service z",
    "density_change": "area_ids jurisdiction_id leads month morton n n_fresh n_open service",
    "density_cube": "id jurisdiction_id",
    "density_dictionary": "block cells cube_id sets z",
    "density_missed": "at jurisdiction_id",
    "city_hall": "host_names jurisdiction_id languages telephone",
    "edition": "id in_force_before in_force_from kind_id seq",
    "jurisdiction": "code epoch id name names outline",
    "kind": "code feature_class geometry id jurisdiction_id name names on_map position",
    "landmark": "category geom id kind_id name",
    "photo": "file id request_id url",
    "parcel": "geom id kind_id parcel_number",
    "request_update": "at id kind note request_id resolution state_changed to_state",
    "sensitive_count": "area n name names quarter_id",
    "sensitive_quarter": "first_day id jurisdiction_id kind kind_name kind_names minimum published_at total",
    "service": "code group_code id jurisdiction_id",
    "service_request": (
        "address agency_id area_ids closed_at department_id description expected_datetime geom id incident_id"
        " jurisdiction_id requested_datetime service_id service_request_id state status status_notes"
        " touched_datetime updated_datetime"
    ),
    "street": "geom id kind_id name ref road_class",
}


@pytest.fixture
def visitor() -> Iterator[psycopg.Connection[Any]]:
    """A log-in as published_reader, without any of the pool's precautions."""
    address = conninfo.make_conninfo(settings.PUBLISHED_DATABASE_URL, dbname=connection.settings_dict["NAME"])
    with psycopg.connect(address, autocommit=True) as raw:
        yield raw


def tables() -> list[tuple[str, str]]:
    """Every table and view outside of published, postgis and the system's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'v', 'm', 'p', 'f', 'S')"
            " and n.nspname not in ('published', 'postgis', 'pg_catalog', 'information_schema', 'pg_toast')"
        )
        return list(cursor.fetchall())


def test_reader_is_refused_on_every_table(visitor: psycopg.Connection[Any]) -> None:
    found = tables()
    assert len(found) > 40
    for name in found:
        with pytest.raises(InsufficientPrivilege):
            visitor.execute(sql.SQL("select 1 from {}").format(sql.Identifier(*name)))


def test_reader_reads_every_view_and_writes_none(visitor: psycopg.Connection[Any]) -> None:
    visitor.execute("set default_transaction_read_only = off")
    for view in PUBLIC:
        name = sql.Identifier("published", view)
        visitor.execute(sql.SQL("select * from {}").format(name))
        with pytest.raises((InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)):
            visitor.execute(sql.SQL("delete from {}").format(name))


def test_reader_makes_nothing(visitor: psycopg.Connection[Any]) -> None:
    visitor.execute("set default_transaction_read_only = off")
    for schema_name in ("public", "published", "postgis"):
        with pytest.raises(InsufficientPrivilege):
            visitor.execute(sql.SQL("create table {} ()").format(sql.Identifier(schema_name, "mine")))


def test_views_show_these_columns_and_no_other() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, string_agg(column_name, ' ' order by column_name collate \"C\")"
            " from information_schema.columns where table_schema = 'published' group by table_name"
        )
        assert dict(cursor.fetchall()) == PUBLIC


def test_only_the_reader_was_given_the_views() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct grantee, privilege_type from information_schema.role_table_grants"
            " where table_schema = 'published' and grantee <> grantor"
        )
        assert cursor.fetchall() == [("published_reader", "SELECT")]


def test_the_pool_cannot_write() -> None:
    with pytest.raises(ReadOnlySqlTransaction):
        reader.rows("create temporary table t ()", {})


def test_as_reader_sees_what_the_public_sees_and_comes_back() -> None:
    make.jurisdiction()
    with reader.as_reader(), connection.cursor() as cursor:
        cursor.execute("select code from published.jurisdiction")
        assert cursor.fetchall() == [("almendra",)]
    assert Jurisdiction.objects.count() == 1


def test_as_reader_refuses_the_tables_and_comes_back_from_that_too() -> None:
    with pytest.raises(ProgrammingError), reader.as_reader():
        Jurisdiction.objects.count()
    assert Jurisdiction.objects.count() == 0


def views() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("select viewname from pg_views where schemaname = 'published'")
        return {name for (name,) in cursor.fetchall()}


def test_migrate_builds_the_views_anew() -> None:
    schema.drop_views()
    call_command("migrate", verbosity=0)
    assert views() == set(PUBLIC)


def test_views_wait_while_a_migration_has_not_run() -> None:
    last = [(Migration("0001_initial", "geocode"), False)]
    applied = MigrationRecorder(connection)
    schema.before_migrations(using="default", plan=last)
    applied.record_unapplied("geocode", "0001_initial")
    schema.after_migrations(using="default", plan=last)
    assert views() == set()
    applied.record_applied("geocode", "0001_initial")
    schema.after_migrations(using="default", plan=last)
    assert views() == set(PUBLIC)


@pytest.mark.slow
def test_views_wait_until_every_migration_has_run() -> None:
    call_command("migrate", "geocode", "zero", verbosity=0)  # one migration, on which no view and no other app builds
    assert views() == set()
    call_command("migrate", verbosity=0)
    assert views() == set(PUBLIC)


def test_a_migration_alters_a_column_that_a_view_shows() -> None:
    state = ProjectState.from_apps(apps)
    widen = Migration("widen", "layers")
    widen.operations = [AlterField("kind", "name", CharField(max_length=81))]
    with pytest.raises(DatabaseError), connection.schema_editor() as editor:
        widen.apply(state.clone(), editor)
    schema.before_migrations(using="default", plan=[(widen, False)])
    with connection.schema_editor() as editor:
        widen.apply(state.clone(), editor)
    schema.after_migrations(using="default", plan=[(widen, False)])
    assert views() == set(PUBLIC)


def test_a_forked_process_forgets_its_parent_s_connections() -> None:
    reader.rows("select 1", {})
    child = os.fork()
    if child == 0:
        os._exit(len(reader._pools))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(reader._pools) == 1


def test_asking_again_and_again_leaves_nothing_behind_in_the_database() -> None:
    reader.close()
    for _ in range(5):
        reader.rows("select %(n)s::int", {"n": 1})
    kept = "select statement from pg_prepared_statements where statement not like '%%statements%%'"
    assert [row[0] for row in reader.rows(kept, {})] == ["select $1::int"]


def end_connections_of_the_pool() -> int:
    """As a restart of the server does; how many there were."""
    ours = "application_name = 'onemap tiles' and datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute(f"select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity where {ours}")
        return int(cursor.fetchone()[0])


@pytest.fixture
def two_connections() -> None:
    reader.close()
    with reader.one_snapshot(longest_ms=1_000) as first, reader.one_snapshot(longest_ms=1_000) as second:
        assert first("select 1", {}) == second("select 1", {}) == [(1,)]


@pytest.mark.usefixtures("two_connections")
def test_a_statement_finds_another_connection_where_the_server_ended_the_pool_s() -> None:
    assert end_connections_of_the_pool() == 2
    assert reader.rows("select %(n)s::int", {"n": 1}) == [(1,)]
    assert reader.rows("select %(n)s::int", {"n": 2}) == [(2,)]


@pytest.mark.usefixtures("two_connections")
def test_a_snapshot_finds_another_connection_where_the_server_ended_the_pool_s() -> None:
    assert end_connections_of_the_pool() == 2
    with reader.one_snapshot(longest_ms=1_000) as run:
        assert run("select 1", {}) == [(1,)]


def test_a_statement_that_ends_its_own_connection_is_not_tried_for_ever() -> None:
    with pytest.raises(reader.DatabaseAway):
        reader.rows("select pg_terminate_backend(pg_backend_pid(), 1000)", {})
    assert reader.rows("select 1", {}) == [(1,)]
