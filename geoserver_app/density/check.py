"""Compares every number of the cubes with the requests themselves, in one snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

import numpy as np
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q

from geoserver_app.density import build, facts
from geoserver_app.density.areas import AreaSets
from geoserver_app.density.cells import CELL_BITS, Ints
from geoserver_app.density.counts import unpack
from geoserver_app.density.models import Audience, Block, Cube, Dictionary
from geoserver_app.density.months import YEARS
from geoserver_app.density.rebuild import one_snapshot
from layers.models import Jurisdiction

# Measure, whether for all services, block, service; and a stretch that adds up: a year's months (by its number), or 0
# for the years themselves.
_Key: TypeAlias = tuple[int, bool, int, int, int]
_Rows: TypeAlias = dict[int, bytes]


@dataclass(frozen=True)
class Checked:
    """How many rows of counts an audience's cube holds, and how many of its counts are not those of the table."""

    audience: Audience
    rows: int
    wrong: int
    missed: bool  # a change of very many requests waits for a rebuild


def check(jurisdiction: Jurisdiction) -> list[Checked]:
    """Checks the current cubes of a jurisdiction, less what waits in the queue; none where there is no cube."""
    with one_snapshot():
        cubes = Cube.objects.filter(jurisdiction=jurisdiction, is_current=True).order_by("audience")
        with connection.cursor() as cursor:
            cursor.execute("select exists(select from density_missed where jurisdiction_id = %s)", [jurisdiction.pk])
            missed = bool(cursor.fetchone()[0])
        return [_checked(cube, missed) for cube in cubes]


def _checked(cube: Cube, missed: bool) -> Checked:
    area_sets = AreaSets.of(cube)
    audience = Audience(cube.audience)
    table = facts.from_requests(cube.jurisdiction_id, audience, area_sets)
    table += facts.from_queue(cube.jurisdiction_id, audience, area_sets, sign=-1)
    rows = wrong = 0
    for level, here in build.levels(table):
        order = _Order(cube, level)
        for block, expected, held in _side_by_side(_expected(level, here), _held(cube, level.z)):
            rows += len(held)
            wrong += order.differing(block, expected, held)
    return Checked(audience, rows, wrong, missed)


def _expected(level: build.Level, here: list[build.Measured]) -> Iterator[tuple[_Key, int, bytes]]:
    for row in build.block_rows(level, here):
        yield _key(row.measure, row.block, row.service, row.period), row.period, row.counts


def _held(cube: Cube, z: int) -> Iterator[tuple[_Key, int, bytes]]:
    order = ("measure", "block", "service", "period")
    all_services = ExpressionWrapper(Q(service=build.ALL_SERVICES), output_field=BooleanField())
    rows = Block.objects.filter(cube=cube, z=z).order_by("measure", all_services, *order[1:])
    for measure, block, service, period, counts in rows.values_list(*order, "counts").iterator(chunk_size=5_000):
        yield _key(measure, block, service, period), period, bytes(counts)


def _key(measure: int, block: int, service: int, period: int) -> _Key:
    return measure, service == build.ALL_SERVICES, block, service, 0 if period >= YEARS else 1 + period // 12


def _side_by_side(
    expected: Iterable[tuple[_Key, int, bytes]], held: Iterable[tuple[_Key, int, bytes]]
) -> Iterator[tuple[int, _Rows, _Rows]]:
    """The rows of every series, as (block, expected, held); both come in the order of measure, block and service."""
    left, right = _series(expected), _series(held)
    one, other = next(left, None), next(right, None)
    while one or other:
        first = min(pair[0] for pair in (one, other) if pair)
        mine, theirs = (pair[1] if pair and pair[0] == first else {} for pair in (one, other))
        for stretch in sorted({*mine, *theirs}):
            yield first[2], mine.get(stretch, {}), theirs.get(stretch, {})
        one = next(left, None) if one and one[0] == first else one
        other = next(right, None) if other and other[0] == first else other


def _series(rows: Iterable[tuple[_Key, int, bytes]]) -> Iterator[tuple[tuple[int, bool, int, int], dict[int, _Rows]]]:
    for key, group in groupby(rows, key=lambda row: row[0][:4]):
        found: dict[int, _Rows] = {}
        for (*_rest, stretch), period, counts in group:
            found.setdefault(stretch, {})[period] = counts
        yield key, found


class _Order:
    """Where each expected atom of a block stands in the cube's own dictionary."""

    def __init__(self, cube: Cube, level: build.Level) -> None:
        self._places: dict[int, tuple[Ints, int, int]] = {}
        known = _packed(cube, level.z)
        for one in build.dictionaries(level):
            mine = one.sets << CELL_BITS | one.cells
            theirs = known.pop(one.block, np.zeros(0, dtype=np.int64))
            both = np.concatenate((theirs, mine[~np.isin(mine, theirs)]))
            sorter = np.argsort(both)
            self._places[one.block] = sorter[np.searchsorted(both, mine, sorter=sorter)], mine.size, both.size
        for block, theirs in known.items():
            self._places[block] = np.zeros(0, dtype=np.int64), 0, theirs.size

    def differing(self, block: int, expected: _Rows, held: _Rows) -> int:
        """How many counts of a stretch differ; a row that is not there says the same as the one before."""
        places, mine, size = self._places[block]
        wrong = 0
        left = right = np.zeros(size, dtype=np.int64)
        for period in sorted({*expected, *held}):
            if period in expected:
                left = np.zeros(size, dtype=np.int64)
                left[places] = unpack(expected[period], mine)
            if period in held:
                right = unpack(held[period], size)
            wrong += int(np.count_nonzero(left != right))
        return wrong


def _packed(cube: Cube, z: int) -> dict[int, Ints]:
    found = Dictionary.objects.filter(cube=cube, z=z).values_list("block", "cells", "sets")
    return {
        block: np.frombuffer(sets, "<i4").astype(np.int64) << CELL_BITS | np.frombuffer(cells, "<u2")
        for block, cells, sets in found
    }
