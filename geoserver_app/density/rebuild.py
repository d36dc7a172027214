"""Counts a jurisdiction anew from its requests and lets the new cubes take the place of the old ones at once.

Drains wait meanwhile, so that the queue holds everything that was committed since; what the snapshot saw is forgotten
in the transaction of the swap. A reader sees blocks, dictionaries and queue of one generation, whatever its isolation:
nothing is renamed or truncated, and an older snapshot still finds the rows of its own generation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db import connection, transaction
from django.utils import timezone

from geoserver_app.density import build, facts
from geoserver_app.density.areas import AreaSets, counted_areas
from geoserver_app.density.ledger import alone, opened
from geoserver_app.density.models import Audience, Cube
from layers.errors import Conflict
from layers.models import Jurisdiction


@dataclass(frozen=True)
class Rebuilt:
    """What an audience's cube holds now: requests counted, rows of blocks, and their bytes before packing."""

    audience: Audience
    requests: int
    rows: int
    bytes: int


@dataclass(frozen=True)
class _Snapshot:
    """The moment that is counted: what it saw, and the transaction it belongs to where that has written already."""

    seen: str
    mine: str | None
    at: datetime


def rebuild(
    jurisdiction: Jurisdiction,
    *,
    kinds: Sequence[str] | None = None,
    audiences: Iterable[Audience] = tuple(Audience),
    wait: bool = True,
) -> list[Rebuilt]:
    """Counts anew. Conflict where another rebuild or drain is at it and ``wait`` is False."""
    ledger = opened(jurisdiction, timezone.now(), kinds)
    with alone(jurisdiction.pk, wait=wait) as mine:
        if not mine:
            raise Conflict(f"The counts of '{jurisdiction.code}' are being worked on just now.")
        areas = counted_areas(ledger)
        return [_rebuilt(jurisdiction, audience, areas) for audience in audiences]


def _rebuilt(jurisdiction: Jurisdiction, audience: Audience, areas: list[int]) -> Rebuilt:
    area_sets = AreaSets(areas)
    with one_snapshot():
        snapshot = _snapshot()
        counted = facts.from_requests(jurisdiction.pk, audience, area_sets)
    with transaction.atomic():
        cube = Cube.objects.create(
            jurisdiction=jurisdiction, audience=audience, area_ids=areas, built_at=snapshot.at, drained_at=snapshot.at
        )
        area_sets.keep(cube)
        rows, size = _write(cube, counted)
        _swap(cube, snapshot)
    return Rebuilt(audience, int(counted.weight.size), rows, size)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """A transaction in which every statement sees the same; the caller's own where there is one."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read")
        yield


def _snapshot() -> _Snapshot:
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text, now()")
        return _Snapshot(*cursor.fetchone())


def _write(cube: Cube, counted: facts.Facts) -> tuple[int, int]:
    rows = size = 0
    for level, here in build.levels(counted):
        _copy(_DICTIONARY, _DICTIONARY_TYPES, _dictionary_rows(cube, level))
        for chunk in _chunks(build.block_rows(level, here), 20_000):
            _copy(_BLOCK, _BLOCK_TYPES, ((cube.pk, cube.audience, *_columns(row)) for row in chunk))
            rows += len(chunk)
            size += sum(len(row.counts) for row in chunk)
    return rows, size


_DICTIONARY = "density_dictionary (cube_id, audience, z, block, cells, sets)"
_DICTIONARY_TYPES = ("int8", "int2", "int2", "int8", "bytea", "bytea")
_BLOCK = "density_block (cube_id, audience, z, block, measure, service, period, counts)"
_BLOCK_TYPES = ("int8", "int2", "int2", "int8", "int2", "int4", "int2", "bytea")


def _columns(row: build.BlockRow) -> tuple[object, ...]:
    return row.z, row.block, row.measure, row.service, row.period, row.counts


def _dictionary_rows(cube: Cube, level: build.Level) -> Iterator[tuple[object, ...]]:
    for one in build.dictionaries(level):
        cells, sets = one.cells.astype("<u2").tobytes(), one.sets.astype("<i4").tobytes()
        yield cube.pk, cube.audience, one.z, one.block, cells, sets


def _chunks(rows: Iterable[build.BlockRow], size: int) -> Iterator[list[build.BlockRow]]:
    chunk: list[build.BlockRow] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _copy(into: str, types: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor, cast(Any, cursor).copy(f"copy {into} from stdin (format binary)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


_FORGET = """
where jurisdiction_id = %(jurisdiction)s
  and (pg_visible_in_snapshot(written_by, %(seen)s::pg_snapshot) or written_by = %(mine)s::xid8)
"""


def _swap(cube: Cube, snapshot: _Snapshot) -> None:
    """The new cube becomes the one that is read; the queue forgets what it holds already, the old one goes."""
    before = Cube.objects.filter(jurisdiction=cube.jurisdiction, audience=cube.audience).exclude(pk=cube.pk)
    old = list(before.values_list("pk", flat=True))
    before.update(is_current=False)
    Cube.objects.filter(pk=cube.pk).update(is_current=True)
    values: dict[str, Any] = {"jurisdiction": cube.jurisdiction_id, "seen": snapshot.seen, "mine": snapshot.mine,
              "audience": cube.audience, "old": old}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"delete from density_change {_FORGET} and audience = %(audience)s", values)
        if cube.audience == max(Audience):
            cursor.execute(f"delete from density_missed {_FORGET}", values)
        for table in ("density_block", "density_dictionary"):
            cursor.execute(f"delete from {table} where cube_id = any(%(old)s)", values)
    before.delete()
