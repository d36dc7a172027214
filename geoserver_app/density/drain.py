"""Takes changes out of the queue and adds them to the blocks, at once: together they are always the table."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import psycopg
from django.db import connection, transaction
from django.utils import timezone

from geoserver_app.density.areas import AreaSets
from geoserver_app.density.cells import CELL_BITS, LEVELS, Ints, cells_of
from geoserver_app.density.counts import pack, unpack_onto
from geoserver_app.density.ledger import alone
from geoserver_app.density.models import Audience, Cube
from geoserver_app.density.months import LAST, YEARS, year_of
from layers.models import Jurisdiction

BATCH = 10_000
_SQL = Path(__file__).with_name("sql")

# z, block, measure, service.
Series: TypeAlias = tuple[int, int, int, int]
# Place in the block's dictionary -> difference.
Difference: TypeAlias = dict[int, int]


@dataclass(frozen=True)
class Drained:
    """How many queued changes were taken, and how many rows of blocks were written."""

    changes: int = 0
    rows: int = 0


@dataclass(frozen=True)
class _Changed:
    """One line of the queue: differences of the three counts at a place."""

    leads: bool
    month: int
    service: int
    morton: int
    areas: int
    differences: tuple[int, int, int]

    def by_measure(self) -> list[tuple[int, int]]:
        """Measures that change, each with its difference."""
        first = 0 if self.leads else 3
        return [(first + n, difference) for n, difference in enumerate(self.differences) if difference]


def drain(jurisdiction: Jurisdiction, *, at: datetime | None = None, limit: int = BATCH) -> Drained:
    """Takes up to ``limit`` changes; nothing while a rebuild is at it. CountsBroken undoes it all."""
    with alone(jurisdiction.pk, wait=False) as mine:
        if not mine:
            return Drained()
        with transaction.atomic():
            taken = _rows("take.sql", {"jurisdiction": jurisdiction.pk, "limit": limit})
            cubes = Cube.objects.filter(jurisdiction=jurisdiction, is_current=True)
            rows = sum(_put(cube, [row for row in taken if row[0] == cube.audience]) for cube in cubes)
            cubes.update(drained_at=at or timezone.now())
    return Drained(sum(row[-1] for row in taken), rows)


def _put(cube: Cube, lines: list[tuple[Any, ...]]) -> int:
    if not lines:
        return 0
    area_sets = AreaSets.of(cube)
    changed = [_Changed(leads, month, service, morton, area_sets.number(areas), tuple(counts))
               for _audience, leads, month, service, morton, areas, *counts, _taken in lines]  # fmt: skip
    area_sets.keep(cube)
    differences = _differences(cube, changed)
    return _keep(cube, differences)


class _Differences:
    """What changes in each series, by month, and how long the dictionaries of the blocks are now."""

    def __init__(self) -> None:
        self.series: dict[Series, dict[int, Difference]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
        self.sizes: dict[tuple[int, int], int] = {}


def _differences(cube: Cube, changed: list[_Changed]) -> _Differences:
    found = _Differences()
    morton = np.array([one.morton for one in changed], dtype=np.int64)
    places = {z: cells_of(z, morton).tolist() for z in LEVELS}
    known = _Dictionaries(cube, {(z, cell >> CELL_BITS) for z in LEVELS for cell in set(places[z])})
    for n, one in enumerate(changed):
        measures = one.by_measure()
        for z in LEVELS:
            if z and one.morton < 0:
                continue
            cell = places[z][n]
            block = cell >> CELL_BITS
            atom = known.place(z, block, cell & 0x3FF, one.areas)
            for measure, difference in measures:
                for service in (one.service, 0):
                    found.series[z, block, measure, service][one.month][atom] += difference
    known.keep()
    found.sizes = known.sizes()
    return found


class _Dictionaries:
    """The dictionaries of the blocks that a drain touches; what is new is appended."""

    def __init__(self, cube: Cube, blocks: set[tuple[int, int]]) -> None:
        self.cube = cube
        self._atoms: dict[tuple[int, int], dict[int, int]] = {at: {} for at in blocks}
        self._grown: set[tuple[int, int]] = set()
        zs, codes = zip(*blocks, strict=True)
        values = {"cube": cube.pk, "zs": list(zs), "blocks": list(codes)}
        for z, block, cells, sets in _rows("dictionaries.sql", values):
            keys = np.frombuffer(sets, "<i4").astype(np.int64) << CELL_BITS | np.frombuffer(cells, "<u2")
            self._atoms[z, block] = {key: n for n, key in enumerate(keys.tolist())}

    def place(self, z: int, block: int, cell: int, areas: int) -> int:
        """The place of an atom in its block's dictionary, at the end if it is new."""
        atoms = self._atoms[z, block]
        key = areas << CELL_BITS | cell
        at = atoms.get(key)
        if at is None:
            at = atoms[key] = len(atoms)
            self._grown.add((z, block))
        return at

    def sizes(self) -> dict[tuple[int, int], int]:
        return {at: len(atoms) for at, atoms in self._atoms.items()}

    def keep(self) -> None:
        if not self._grown:
            return
        grown = sorted(self._grown)
        keys = [np.fromiter(self._atoms[at], dtype=np.int64) for at in grown]
        _run("keep_dictionaries.sql", {
            "cube": self.cube.pk, "audience": self.cube.audience,
            "zs": [z for z, _ in grown], "blocks": [block for _, block in grown],
            "cells": [(key & 0x3FF).astype("<u2").tobytes() for key in keys],
            "sets": [(key >> CELL_BITS).astype("<i4").tobytes() for key in keys],
        })  # fmt: skip


@dataclass(frozen=True)
class _Run:
    """A stretch of rows that add up: the months of one year, or all years; by period what changes."""

    series: Series
    low: int
    high: int
    by_period: dict[int, Difference]


def _keep(cube: Cube, found: _Differences) -> int:
    runs = [run for series, months in found.series.items() for run in _runs(series, months)]
    stored = _stored(cube, runs)
    kept: list[tuple[int, int, int, int, int, bytes]] = []
    for n, run in enumerate(runs):
        size = found.sizes[run.series[:2]]
        kept += [(*run.series, period, counts) for period, counts in _rewritten(run, stored.get(n, {}), size)]
    names = ("zs", "blocks", "measures", "services", "periods", "counts")
    if kept:
        columns = dict(zip(names, map(list, zip(*kept, strict=True)), strict=True))
        _run("keep_rows.sql", {"cube": cube.pk, "audience": cube.audience, **columns})
    return len(kept)


def _runs(series: Series, months: dict[int, Difference]) -> list[_Run]:
    """The months of each year that changes, and the years; what comes to nothing changes no row."""
    by_year: dict[int, dict[int, Difference]] = defaultdict(dict)
    years: dict[int, Difference] = defaultdict(lambda: defaultdict(int))
    for month, difference in sorted(months.items()):
        if any(difference.values()):
            by_year[year_of(month)][month] = difference
            for atom, count in difference.items():
                years[year_of(month)][atom] += count
    runs = [_Run(series, (year - YEARS) * 12, (year - YEARS) * 12 + 11, found) for year, found in by_year.items()]
    changed = {year: difference for year, difference in years.items() if any(difference.values())}
    return [*runs, _Run(series, YEARS, LAST, changed)] if changed else runs


def _stored(cube: Cube, runs: list[_Run]) -> dict[int, dict[int, bytes]]:
    """By run: the rows from its first change on, and the last one before."""
    names = ("zs", "blocks", "measures", "services", "firsts", "lows", "highs")
    asked = [(*run.series, min(run.by_period), run.low, run.high) for run in runs]
    found: dict[int, dict[int, bytes]] = defaultdict(dict)
    if asked:
        columns = dict(zip(names, map(list, zip(*asked, strict=True)), strict=True))
        for series, period, counts in _rows("rows_from.sql", {"cube": cube.pk, **columns}):
            found[series - 1][period] = counts
    return found


def _rewritten(run: _Run, stored: dict[int, bytes], size: int) -> list[tuple[int, bytes]]:
    """Every row of a run that changes or begins, with its new counts."""
    first = min(run.by_period)
    before = max((period for period in stored if period <= first), default=None)
    base = stored[before] if before is not None else b"\x00"
    change: Ints = np.zeros(size, dtype=np.int64)
    rows = []
    for period in sorted({*run.by_period, *(one for one in stored if one >= first)}):
        for atom, count in run.by_period.get(period, {}).items():
            change[atom] += count
        base = stored.get(period, base)
        counts = change.copy()
        unpack_onto(counts, base, 1)
        rows.append((period, pack(counts)))
    return rows


def _rows(name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return _cursor().execute(_text(name), values).fetchall()


def _run(name: str, values: dict[str, Any]) -> None:
    _cursor().execute(_text(name), values)


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
