"""Reads whole columns of a table as numbers, stretch by stretch of its pages.

A row that is fetched on its own costs more than all that is done with it afterwards; so a stretch comes as one row of
arrays, whose bytes are numbers as they lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import psycopg
from django.db import connection

from geoserver_app.density.cells import Ints

PAGES = 16_384  # of a stretch: 128 MB
_LAST = (1 << 32) - 2  # the last page that a table can have
_HEAD = 20  # bytes: dimensions, whether there are nulls, the type; length and first index of the one dimension
_ELEMENT = np.dtype([("size", ">i4"), ("value", ">i8")])
_NONE: Ints = np.zeros(0, dtype=np.int64)
Stretch: TypeAlias = Mapping[str, str]


def stretches(table: str, *, pages: int = PAGES) -> Iterator[Stretch]:
    """Where the stretches of a table begin and end, as values of a statement: ``ctid`` from ``low`` on and below
    ``high``. In a transaction of one snapshot all of them together are the table."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_relation_size(%s::regclass) / current_setting('block_size')::int", [table])
        size = int(cursor.fetchone()[0])
    for low in range(0, size + 1, pages):
        high = low + pages if low + pages <= size else _LAST
        yield {"low": f"({low},0)", "high": f"({high},0)"}


def columns(stretch: Stretch, statement: str, values: Mapping[str, Any]) -> list[Ints]:
    """The columns of a statement that gives one row of ``bigint[]`` without nulls; an array of no rows may be null."""
    cursor = psycopg.Cursor(connection.connection)
    result = cursor.execute(statement.encode(), {**values, **stretch}, binary=True).pgresult
    if result is None:
        return []
    return [_numbers(result.get_value(0, n)) for n in range(result.nfields)]


def _numbers(content: bytes | None) -> Ints:
    """The elements of an array in PostgreSQL's binary form; none of no rows."""
    if content is None:
        return _NONE
    return np.frombuffer(content, dtype=_ELEMENT, offset=_HEAD)["value"].astype(np.int64)
