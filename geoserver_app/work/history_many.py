"""Lines in the histories of many requests at once: the openings of a batch, and whole histories of an import."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, cast

from django.db import connection
from psycopg.sql import SQL, Identifier

_OPEN = Path(__file__).with_name("open_many.sql").read_text(encoding="utf-8")
_MOVED = Path(__file__).with_name("moved_many.sql").read_text(encoding="utf-8")
_COPY = (
    "copy work_statuschange (request_id, kind, at, by_id, by_reporter, from_state, to_state, department_before_id,"
    " department_after_id, post_before_id, post_after_id, note, public, data) from stdin"
)


def open_many(batch: str) -> int:
    """Appends the opening of every request of a table, and its copies; see open_many.sql for the columns."""
    with connection.cursor() as cursor:
        cursor.execute(SQL(cast(Any, _OPEN)).format(batch=Identifier(batch)))
        return int(cursor.rowcount)


def moved_many(batch: str, *, at: datetime, edition: int | None = None) -> int:
    """Appends to each request of a table that its areas are others now; see moved_many.sql for the columns.

    ``edition`` is the one whose coming or going made it so, None for none.
    """
    with connection.cursor() as cursor:
        cursor.execute(SQL(cast(Any, _MOVED)).format(batch=Identifier(batch)), {"at": at, "edition": edition})
        return int(cursor.rowcount)


class PastLine(NamedTuple):
    """A line as it was written elsewhere or invented for the demo; see StatusChange for the columns."""

    request_id: int
    kind: str
    at: datetime
    from_state: str
    to_state: str
    department_id: int | None
    post_id: int | None = None
    department_before_id: int | None = None
    post_before_id: int | None = None
    by_id: int | None = None
    by_reporter: bool = False
    note: str = ""
    public: bool = False


def append_many(lines: Iterable[PastLine]) -> int:
    """Copies lines into the table, in the order given; how many. Nothing is checked against the table of states."""
    count = 0
    with connection.cursor() as cursor, cast(Any, cursor).copy(_COPY) as copy:
        for line in lines:
            copy.write_row(_row(line))
            count += 1
    return count


def _row(line: PastLine) -> tuple[object, ...]:
    return (
        line.request_id, line.kind, line.at, line.by_id, line.by_reporter, line.from_state, line.to_state,
        line.department_before_id, line.department_id, line.post_before_id, line.post_id, line.note, line.public,
        "{}",
    )  # fmt: skip
