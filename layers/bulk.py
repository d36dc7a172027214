"""COPY and statements on Django's own connection, inside its transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from layers import binary

Progress = Callable[[int], None]
_BLOCK = 1000


def silent(_rows: int) -> None:
    """A progress that shows nothing."""


def copy_columns(table: str, columns: Mapping[tuple[str, str], Sequence[Any]], progress: Progress = silent) -> None:
    """Writes rows, given as columns of one length, by binary COPY.

    A column is its name and the name of its encoder in layers/binary.py: text, integer, bigint, raw.
    """
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    )
    encoded = [binary.ENCODERS[kind](values) for (_, kind), values in columns.items()]
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(binary.SIGNATURE)
        for rows, block in binary.blocks(encoded, _BLOCK):
            copy.write(block)
            progress(rows)
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
