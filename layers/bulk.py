"""COPY and statements on Django's own connection, inside its transaction."""

from collections.abc import Callable, Mapping
from queue import Queue
from typing import Any

from django.db import connection
from psycopg import Cursor, sql
from psycopg.copy import QueuedLibpqWriter

from layers import binary

Progress = Callable[[int], None]
_BLOCK, _WAITING = 250, 8


class _Beside(QueuedLibpqWriter):
    """Sends in a thread, so that one block is made while the server takes another; a few wait, not a whole file."""

    def __init__(self, cursor: Cursor[Any]) -> None:
        super().__init__(cursor)
        self._queue = Queue(_WAITING)  # type: ignore[assignment]  # psycopg's own is the same, of 1,024 blocks


def silent(_rows: int) -> None:
    """A progress that shows nothing."""


def copy_columns(table: str, columns: Mapping[tuple[str, str], Any], progress: Progress = silent) -> None:
    """Writes rows, given as columns of one length, by binary COPY.

    A column is its name and the name of its encoder in layers/binary.py.
    """
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    )
    rows = len(next(iter(columns.values())))
    with connection.cursor() as cursor, cursor.copy(statement, writer=_Beside(cursor.cursor)) as copy:
        copy.write(binary.SIGNATURE)
        for start in range(0, rows, _BLOCK):
            part = slice(start, start + _BLOCK)
            copy.write(binary.block([binary.ENCODERS[kind](values[part]) for (_, kind), values in columns.items()]))
            progress(len(range(*part.indices(rows))))
        copy.write(binary.TRAILER)


def run(statement: sql.Composable, parameters: dict[str, Any] | None = None) -> int:
    """Runs one statement and returns the number of rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def rows_of(statement: sql.Composable, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Runs one query and returns its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
