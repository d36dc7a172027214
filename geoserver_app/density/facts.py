"""What is counted, as columns of numbers: read from the requests in one pass, or from the queue."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from django.db import connection

from geoserver_app.density.areas import AreaSets
from geoserver_app.density.cells import Ints
from geoserver_app.density.models import Audience
from geoserver_app.density.months import first_day, month_of
from geoserver_app.density.stretches import Stretch, columns, stretches

_SQL = Path(__file__).with_name("sql")
_FIRST, _LAST = month_of(date(1970, 1, 1)), month_of(date(2070, 12, 1))  # beyond them, reading takes longer
_APART = timedelta(hours=16)  # more than any clock of our days is apart from UTC
COLUMNS = {Audience.PUBLIC: ("public_morton", "public_area_ids", "is_public"),
           Audience.STAFF: ("morton", "area_ids", "true")}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """Rows of equal length: where (Morton code or -1), which set of areas, service, month, how it stands, how many.

    ``flags`` are 4: leads, 2: open, 1: closed lately.
    """

    morton: Ints
    sets: Ints
    service: Ints
    month: Ints
    flags: Ints
    weight: Ints

    def __add__(self, other: Facts) -> Facts:
        return Facts(*(np.concatenate((getattr(self, f.name), getattr(other, f.name))) for f in fields(self)))


def from_requests(jurisdiction_id: int, audience: Audience, area_sets: AreaSets) -> Facts:
    """Every request of an audience. Call in the transaction whose snapshot is to be counted."""
    morton, areas, counts = COLUMNS[audience]
    names = {"morton": morton, "areas": areas, "counts": counts}
    values = {"jurisdiction": jurisdiction_id, "edges": _edges(), "first": _FIRST, "last": 2 * (_LAST - _FIRST + 1)}
    numbered = _Numbered(_text("areas_by_hash.sql").format(**names), jurisdiction_id, area_sets)
    parts = [np.zeros((3, 0), dtype=np.int64)]
    for stretch in stretches("intake_servicerequest"):
        places, packed, hashes = columns(stretch, _text("facts.sql").format(**names), values)
        parts.append(np.stack((places, packed, numbered.of(hashes, stretch))))
    places, packed, sets = np.concatenate(parts, axis=1)
    return Facts(places, sets, packed >> 16, packed >> 3 & 0x1FFF, packed & 7, np.ones_like(packed))


@cache
def _edges() -> str:
    """The last and the first moment around each first of a month at which it is the same month everywhere."""
    firsts = [datetime.combine(first_day(month), time()) for month in range(_FIRST, _LAST + 1)]
    moments = [first + by for first in firsts for by in (-_APART, _APART)]
    return f"{{{','.join(f'{moment}+00' for moment in moments)}}}"


class _Numbered:
    """Numbers of sets of areas by the hashes of their arrays; what a hash stands for is asked where it is first met."""

    def __init__(self, statement: str, jurisdiction_id: int, area_sets: AreaSets) -> None:
        self._statement, self._jurisdiction_id, self._area_sets = statement, jurisdiction_id, area_sets
        self._known: dict[int, int] = {}

    def of(self, hashes: Ints, stretch: Stretch) -> Ints:
        """The number of each hash, all of them of one stretch."""
        found, which = np.unique(hashes, return_inverse=True)
        fresh = [one for one in found.tolist() if one not in self._known]
        if fresh:
            with connection.cursor() as cursor:
                cursor.execute(self._statement, {"jurisdiction": self._jurisdiction_id, "hashes": fresh, **stretch})
                self._known |= {one: self._area_sets.number(areas) for one, areas in cursor.fetchall()}
        numbers: Ints = np.array([self._known[one] for one in found.tolist()], dtype=np.int64)[which]
        return numbers


def from_queue(jurisdiction_id: int, audience: Audience, area_sets: AreaSets, *, sign: int) -> Facts:
    """The un-drained changes, times a sign: less them, the table is what the blocks hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(morton, -1), area_ids, service, month, leads, n, n_open, n_fresh from density_change"
            " where jurisdiction_id = %s and audience = %s",
            [jurisdiction_id, audience],
        )
        rows = cursor.fetchall()
    # n without a flag, and each flag as a difference, add up to the same as one row for each state.
    split = [
        (morton, area_sets.number(areas), service, month, 4 * leads + flag, sign * weight)
        for morton, areas, service, month, leads, n, n_open, n_fresh in rows
        for flag, weight in ((0, n - n_open - n_fresh), (2, n_open), (1, n_fresh))
        if weight
    ]
    table = np.array(split, dtype=np.int64).reshape(-1, 6)
    return Facts(*table.T)


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")
