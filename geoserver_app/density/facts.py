"""What is counted, as columns of numbers: read from the requests in one pass, or from the queue."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

import numpy as np
import psycopg
from django.db import connection

from geoserver_app.density.areas import AreaSets
from geoserver_app.density.cells import Ints
from geoserver_app.density.models import Audience

_SQL = Path(__file__).with_name("sql")
_AT_ONCE = 50_000  # rows fetched
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
        found = _packed(_text("facts.sql").format(**names), {"jurisdiction": jurisdiction_id})
        cursor.execute("drop table density_raw")
    return found


def _packed(statement: str, values: dict[str, Any]) -> Facts:
    """Rows of two numbers, which come in their thousands: half the time of COPY, which hands over each on its own."""
    connection.connection.execute("set local cursor_tuple_fraction = 1")  # all of them will be fetched
    parts = [np.zeros((0, 2), dtype=np.int64)]
    with psycopg.ServerCursor(connection.connection, "density_facts") as cursor:
        cursor.execute(statement.encode(), values, binary=True)
        while rows := cursor.fetchmany(_AT_ONCE):
            parts.append(np.array(rows, dtype=np.int64))
    morton, packed = np.concatenate(parts).T
    return Facts(
        np.ascontiguousarray(morton), packed >> 40, packed >> 16 & 0xFFFFFF, packed >> 3 & 0x1FFF, packed & 7,
        np.ones_like(packed),
    )  # fmt: skip


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
