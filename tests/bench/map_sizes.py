"""Databases of the same city with histories of different lengths, kept as templates of their own between runs."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

from tests.bench import city, database
from tests.bench.report import Report

AS_OF = date(2026, 11, 20)
USUAL, LARGEST = (100_000, 1_000_000), 10_000_000
# Bytes on disk of a request with its history, keys and counts, measured; of a bare copy; and what must be left beside.
EACH, COPIED, LEFT = 5_000, 1_600, 2 << 30
_MULTIPLY = Path(__file__).with_name("bare") / "multiply.sql"
_STRIDE = 1_000_000_000
_COPIES = 3  # at a time: what a statement holds until it ends is kept small


class DiskTooSmall(SystemExit):
    """There is no room for a history of the size that was asked for."""


def sizes(*, full: bool) -> tuple[int, ...]:
    """How many requests; ONEMAP_BENCH_MAP_SIZES="10000,50000" says otherwise."""
    given = os.environ.get("ONEMAP_BENCH_MAP_SIZES")
    if given:
        return tuple(sorted(int(part) for part in given.split(",")))
    return (*USUAL, LARGEST) if full else USUAL


def name_of(size: int) -> str:
    return f"{database.NAME}_map_{size}"


def prepare(report: Report, size: int) -> None:
    """Makes the database of a size where it is not there: the city copied, the history by the product's bulk path.

    ONEMAP_BENCH_MAP_BULK=100000 says how much of it at most; the rest are copies of these, by plain SQL, for a machine
    on which the bulk path would take an hour.
    """
    if database.exists(name_of(size)):
        with using(size):
            call_command("migrate", verbosity=0)
        return
    bulk = min(size, int(os.environ.get("ONEMAP_BENCH_MAP_BULK", size)))
    if bulk < size:
        prepare(report, bulk)
    _need_room(size, bulk)
    city.loaded()
    base = connection.settings_dict["NAME"] if bulk == size else name_of(bulk)
    database.copy(name_of(size), of=base)
    with using(size):
        start = time.perf_counter()
        if bulk == size:
            _seed(size)
        else:
            _multiply(bulk, size)
        how = "by the bulk path" if bulk == size else f"of which {size - bulk:,} copied by plain SQL"
        taken = time.perf_counter() - start
        report.line(f"{size:,} requests made, {how}", taken, "s", n=size, size=_bytes_of(name_of(size)))


def using(size: int) -> AbstractContextManager[None]:
    """Django's connection and the published pool in the database of a size."""
    return database.using(name_of(size))


@contextmanager
def copy_of(size: int, what: str) -> Iterator[str]:
    """The name of a copy of the database of a size, in use as long as the block runs, then gone."""
    name = f"{name_of(size)}_{what}"
    database.drop(name)
    database.copy(name, of=name_of(size))
    try:
        with database.using(name):
            yield name
    finally:
        database.drop(name)


def _seed(size: int) -> None:
    from django.utils import timezone

    from geoserver_app.commands import demo_city, demo_history
    from layers.models import Jurisdiction

    place = Jurisdiction.objects.get(code=demo_city.ALMENDRA.code)
    demo_city.load_office(place, timezone.now())
    demo_history.Seeding(place, demo_history.wanted(place, size, AS_OF, AS_OF)).run(lambda _count: None, block=50_000)
    _run("analyze")


# --- copied -----------------------------------------------------------------------------------------------------------


def _multiply(bulk: int, size: int) -> None:
    """Copies until there are as many as asked; keys and triggers are put back at the end, as a restore does."""
    copies = -(-size // bulk) - 1
    with transaction.atomic():
        _run("alter table intake_servicerequest disable trigger user")
        back = [*_taken_off("intake_servicerequest"), *_taken_off("intake_incident")]
        columns, values = _copied()
        text = _MULTIPLY.read_text(encoding="utf-8").format(columns=columns, values=values)
        for first in range(1, copies + 1, _COPIES):
            _run(text, {"first": first, "last": min(first + _COPIES - 1, copies), "stride": _STRIDE})
        for statement in back:
            _run(statement)
        _run("set constraints all immediate")
        _run("alter table intake_servicerequest enable trigger user")
    _run("vacuum analyze intake_servicerequest")
    _run("vacuum analyze intake_incident")


def _copied() -> tuple[str, str]:
    from geoserver_app.intake.models import ServiceRequest

    moved = "postgis.st_translate({}, east, north)"
    own = {
        "id": "new_id", "incident_id": "new_incident", "idempotency_key": "null", "external_id": "''",
        "service_request_id": "service_request_id || '-' || n", "geom": moved.format("geom"),
        "public_geom": moved.format("public_geom"), "requested_datetime": "requested_datetime - earlier",
        "closed_at": "closed_at - earlier",
        "morton": f"intake_grid_code({moved.format('geom')})",
    }  # fmt: skip
    columns = [field.column for field in ServiceRequest._meta.concrete_fields if not field.generated]
    return ", ".join(columns), ", ".join(own.get(column, column) for column in columns)


def _taken_off(table: str) -> list[str]:
    """Drops a table's own references and all indexes that hold no constraint; the statements that make them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select conname, pg_get_constraintdef(oid) from pg_constraint"
            " where conrelid = %s::regclass and contype = 'f'",
            [table],
        )
        references = cursor.fetchall()
        cursor.execute(
            "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i"
            " where i.indrelid = %s::regclass"
            " and not exists (select from pg_constraint c where c.conindid = i.indexrelid)",
            [table],
        )
        indexes = cursor.fetchall()
    for name, _ in references:
        _run(f'alter table {table} drop constraint "{name}"')
    for name, _ in indexes:
        _run(f"drop index {name}")
    again = [f'alter table {table} add constraint "{name}" {definition}' for name, definition in references]
    return [definition for _, definition in indexes] + again


def _run(statement: str, values: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# --- the cluster ------------------------------------------------------------------------------------------------------


def _need_room(size: int, bulk: int) -> None:
    where = _folder()
    while not where.exists():
        where = where.parent
    free = shutil.disk_usage(where).free
    needed = bulk * EACH + (size - bulk) * COPIED + LEFT
    if free < needed:
        asked, there = (round(number / (1 << 30)) for number in (needed, free))
        raise DiskTooSmall(f"{size:,} requests need {asked} GB of disk, and {there} GB are free: nothing was made.")


def _folder() -> Path:
    """Where the cluster keeps its data; where it does not say, what is stored beside the database."""
    from django.conf import settings

    try:
        return Path(str(database.admin(sql.SQL("show data_directory"))[0][0]))
    except psycopg.errors.InsufficientPrivilege:
        return Path(settings.DATA_DIR)


def _bytes_of(name: str) -> int:
    ((size,),) = database.admin(sql.SQL("select pg_database_size({})").format(sql.Literal(name)))
    return int(str(size))
