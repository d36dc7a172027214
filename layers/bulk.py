"""COPY and statements on Django's own connection, inside its transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection
from psycopg import sql

from layers import binary

Progress = Callable[[int], None]
_BLOCK = 1000


def silent(_rows: int) -> None:
    """A progress that shows nothing."""


def copy_columns(table: str, columns: Mapping[tuple[str, str], Any], progress: Progress = silent) -> None:
    """Writes rows, given as columns of one length, by binary COPY.

    A column is its name and the name of its encoder in layers/binary.py. Rows are encoded block by block, so that the
    server stores one block while the next is made.
    """
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    )
    rows = len(next(iter(columns.values())))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
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
