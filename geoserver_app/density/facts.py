"""What is counted, as columns of numbers: read from the requests in one pass, or from the queue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from geoserver_app.density.areas import AreaSets
from geoserver_app.density.cells import Ints
from geoserver_app.density.models import Audience

_SQL = Path(__file__).with_name("sql")
# Two bigints of COPY's binary format: number of fields, then length and value of each.
_TUPLE = np.dtype([("fields", ">i2"), ("a", ">i4"), ("morton", ">i8"), ("b", ">i4"), ("packed", ">i8")])
_HEADER = 19
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
    with connection.cursor() as cursor:
        cursor.execute(_text("distinct_areas.sql").format(**names), {"jurisdiction": jurisdiction_id})
        cursor.execute("select area_ids from density_raw")
        numbered = [(areas, area_sets.number(areas)) for (areas,) in cursor.fetchall()]
        cursor.execute("truncate density_raw")
        with cast(Any, cursor).copy("copy density_raw (area_ids, number) from stdin") as copy:
            for row in numbered:
                copy.write_row(row)
        cursor.execute("analyze density_raw")
        statement = _text("facts.sql").format(**names, jurisdiction=int(jurisdiction_id))
        with cast(Any, cursor).copy(f"copy ({statement}) to stdout (format binary)") as copy:
            found = _columns(copy)
        cursor.execute("drop table density_raw")
    return found


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


def _columns(chunks: Iterable[bytes]) -> Facts:
    content = b"".join(chunks)
    rows = np.frombuffer(content, dtype=_TUPLE, offset=_HEADER, count=(len(content) - _HEADER - 2) // _TUPLE.itemsize)
    packed: NDArray[np.int64] = rows["packed"].astype(np.int64)
    morton = rows["morton"].astype(np.int64)
    return Facts(morton, packed >> 40, packed >> 16 & 0xFFFFFF, packed >> 3 & 0x1FFF, packed & 7, np.ones_like(morton))


def _text(name: str) -> str:
    return (_SQL / name).read_text(encoding="utf-8")
