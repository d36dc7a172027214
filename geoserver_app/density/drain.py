"""Takes changes out of the queue and adds them to the blocks, at once: together they are always the table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from django.db import connection, transaction
from django.utils import timezone

from geoserver_app.density.areas import AreaSets
from geoserver_app.density.cells import Ints
from geoserver_app.density.counts import NOTHING, ROW, CountsBroken, added_up, pack_all, unpack_all
from geoserver_app.density.ledger import alone
from geoserver_app.density.models import Audience, Cube
from geoserver_app.density.runs import Dictionaries, Rows, Runs, Spots, Taken
from layers.models import Jurisdiction

BATCH = 10_000
_AT_ONCE = 1_000  # rows whose counts are in memory as numbers
_SQL = Path(__file__).with_name("sql")
_CTID = np.dtype([("page", ">u4"), ("line", ">u2")])  # as PostgreSQL sends where a row lies


@dataclass(frozen=True)
class Drained:
    """How many queued changes were taken, and how many rows of blocks were written."""

    changes: int = 0
    rows: int = 0


def drain(jurisdiction: Jurisdiction, *, at: datetime | None = None, limit: int = BATCH) -> Drained:
    """Takes up to ``limit`` changes of each audience; nothing while a rebuild is at it. CountsBroken undoes it all."""
    with alone(jurisdiction.pk, wait=False) as mine:
        if not mine:
            return Drained()
        with transaction.atomic():
            cubes = Cube.objects.filter(jurisdiction=jurisdiction, is_current=True)
            by_audience = {cube.audience: cube for cube in cubes}
            done = [_taken(jurisdiction, audience, by_audience.get(audience), limit) for audience in Audience]
            cubes.update(drained_at=at or timezone.now())
    return Drained(sum(one.changes for one in done), sum(one.rows for one in done))


def _taken(jurisdiction: Jurisdiction, audience: Audience, cube: Cube | None, limit: int) -> Drained:
    """Changes out of the queue and into the cube; where there is none yet, it will be made from the table."""
    lines = _rows("take.sql", {"jurisdiction": jurisdiction.pk, "audience": int(audience), "limit": limit})
    return Drained(sum(line[-1] for line in lines), _put(cube, lines) if cube and lines else 0)


def _put(cube: Cube, lines: list[tuple[Any, ...]]) -> int:
    area_sets = AreaSets.of(cube)
    taken = Taken.of([line[:-1] for line in lines], area_sets)
    area_sets.keep(cube)
    spots = Spots.of(taken)
    wanted = {"cube": cube.pk, "zs": _array(spots.zs), "blocks": _array(spots.blocks)}
    dictionaries = Dictionaries(spots, _rows("dictionaries.sql", wanted))
    _keep_dictionaries(cube, dictionaries)
    return _keep(cube, spots, dictionaries.sizes, Runs.of(taken, spots, dictionaries))


def _keep_dictionaries(cube: Cube, dictionaries: Dictionaries) -> None:
    if dictionaries.grown:
        names = ("zs", "blocks", "cells", "sets")
        columns = dict(zip(names, map(list, zip(*dictionaries.rows(), strict=True)), strict=True))
        _run("keep_dictionaries.sql", {"cube": cube.pk, "audience": cube.audience, **columns})


def _keep(cube: Cube, spots: Spots, sizes: Ints, runs: Runs) -> int:
    if not runs.spot.size:
        return 0
    stored = _Stored.of(cube, spots, runs)
    rows = Rows.of(runs, stored.keys)
    spot = runs.spot[rows.run]
    counts: list[bytes] = []
    for low in range(0, spot.size, _AT_ONCE):
        high = min(low + _AT_ONCE, spot.size)
        base = [stored.counts[at] if at >= 0 else NOTHING for at in rows.base[low:high].tolist()]
        counts += _rewritten(base, sizes[spot[low:high]], *rows.changes(low, high, runs.entries))
    known = rows.known(stored.keys)
    _rewrite(stored.places[rows.base[known]], [counts[n] for n in known.tolist()])
    fresh = np.setdiff1d(np.arange(spot.size), known, assume_unique=True)
    run, at = rows.run[fresh], spot[fresh]
    _run("keep_rows.sql", {
        "cube": cube.pk, "audience": cube.audience, "zs": _array(spots.zs[at]), "blocks": _array(spots.blocks[at]),
        "measures": _array(runs.measure[run]), "services": _array(runs.service[run]),
        "periods": _array(rows.period[fresh]), "counts": [counts[n] for n in fresh.tolist()],
    })  # fmt: skip
    return len(counts)


def _rewrite(places: Ints, counts: list[bytes]) -> None:
    """Puts counts into the rows at some places, page by page."""
    order = np.argsort(places)
    values = {"places": _as_ctids(places[order]), "counts": [counts[n] for n in order.tolist()]}
    if _run("rewrite_rows.sql", values) != len(counts):
        raise CountsBroken("Somebody else wrote rows of the map's counts. Run `manage.py rebuild_density`.")


@dataclass(frozen=True)
class _Stored:
    """The rows of each run from its first change on, and the last one before.

    ``keys`` as Rows.of takes them; ``places`` say where a row lies in the table: page << 16 | line.
    """

    keys: Ints
    counts: list[bytes]
    places: Ints

    @classmethod
    def of(cls, cube: Cube, spots: Spots, runs: Runs) -> _Stored:
        found = _rows("rows_from.sql", {
            "cube": cube.pk, "zs": _array(spots.zs[runs.spot]), "blocks": _array(spots.blocks[runs.spot]),
            "measures": _array(runs.measure), "services": _array(runs.service),
            "firsts": _array(runs.first), "lows": _array(runs.low), "highs": _array(runs.high),
        })  # fmt: skip
        keys = np.array([(run - 1) << 16 | period for run, period, _, _ in found], dtype=np.int64)
        places = np.frombuffer(b"".join([place for *_, place in found]), dtype=_CTID)
        order = np.argsort(keys)
        at = places["page"].astype(np.int64) << 16 | places["line"]
        return cls(keys[order], [found[n][2] for n in order.tolist()], at[order])


def _as_ctids(places: Ints) -> str:
    """Places as PostgreSQL reads an array of them."""
    return "{" + ",".join([f'"({place >> 16},{place & 0xFFFF})"' for place in places.tolist()]) + "}"


def _rewritten(base: list[bytes], sizes: Ints, row: Ints, place: Ints, difference: Ints) -> list[bytes]:
    """The new counts of some rows."""
    keys, counts = unpack_all(base)
    changed = np.concatenate((keys, row << ROW | place)), np.concatenate((counts, difference))
    return pack_all(*added_up(*changed), sizes)


def _array(numbers: Ints) -> str:
    """Numbers as PostgreSQL reads an array of them: as one text they go over at a tenth of the cost."""
    return f"{{{','.join(map(str, numbers.tolist()))}}}"


def _rows(name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return _cursor().execute(_text(name), values, binary=True).fetchall()


def _run(name: str, values: dict[str, Any]) -> int:
    return _cursor().execute(_text(name), values).rowcount


def _cursor() -> psycopg.Cursor[Any]:
    """A cursor of the driver on Django's connection: bytes go over as they are, not as text in the statement."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


@cache
def _text(name: str) -> bytes:
    """A statement with all values in the binary form."""
    return re.sub(r"(%\(\w+\))s", r"\1b", (_SQL / name).read_text(encoding="utf-8")).encode()


def waiting(jurisdiction_id: int, audience: Audience | None = None) -> int:
    """How many changes wait in the queue."""
    which = "" if audience is None else " and audience = %(audience)s::smallint"
    statement = f"select count(*) from density_change where jurisdiction_id = %(jurisdiction)s::bigint{which}"
    values = {"jurisdiction": jurisdiction_id, "audience": audience}
    return int(_cursor().execute(statement.encode(), values).fetchone()[0])  # type: ignore[index]  # one row, always
