"""COPY and statements on Django's own connection, inside its transaction."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import sql

from layers import binary

Progress = Callable[[int], None]
_BLOCK = 1000


def silent(_rows: int) -> None:
    """A progress that shows nothing."""


Columns = Mapping[tuple[str, str], Any]


def copy_columns(table: str, columns: Columns, progress: Progress = silent) -> None:
    """Writes rows, given as columns of one length, by binary COPY.

    A column is its name and the name of its encoder in layers/binary.py. Rows are encoded block by block, so that the
    server stores one block while the next is made.
    """
    with connection.cursor() as cursor:
        _copy(cursor, table, columns, progress)


def _copy(cursor: Any, table: str, columns: Columns, progress: Progress) -> None:
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    )
    rows = len(next(iter(columns.values())))
    with cursor.copy(statement) as copy:
        copy.write(binary.SIGNATURE)
        for start in range(0, rows, _BLOCK):
            part = slice(start, start + _BLOCK)
            copy.write(binary.block([binary.ENCODERS[kind](values[part]) for (_, kind), values in columns.items()]))
            progress(len(range(*part.indices(rows))))
        copy.write(binary.TRAILER)


class Behind:
    """Copies that go to the server, in order, while the caller makes what comes after them.

    They are on the caller's own connection and in its transaction: before any other statement it calls ``wait``.
    """

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._begun: list[Future[None]] = []

    def copy(self, table: str, columns: Columns, progress: Progress = silent) -> None:
        """As copy_columns, without waiting for it."""
        self._begun.append(self._thread.submit(self._copy, connection.cursor(), table, columns, progress))

    def wait(self) -> None:
        """Returns when all is written; raises what the first one raised."""
        begun, self._begun = self._begun, []
        for one in begun:
            one.result()

    @staticmethod
    def _copy(cursor: Any, table: str, columns: Columns, progress: Progress) -> None:
        with cursor:
            _copy(cursor, table, columns, progress)


@contextmanager
def behind() -> Iterator[Behind]:
    """A Behind that has ended when the block is left, however it is left."""
    with ThreadPoolExecutor(1, thread_name_prefix="copy") as thread:
        yield Behind(thread)


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
