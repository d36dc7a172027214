"""COPY into PostgreSQL on Django's own connection, inside its transaction."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

Progress = Callable[[int], None]


def silent(_rows: int) -> None:
    """A progress that shows nothing."""


def copy_rows(
    table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], progress: Progress = silent
) -> None:
    """Writes rows by binary COPY. ``columns`` are names with PostgreSQL types; geometry goes as bytea (its WKB)."""
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([kind for _, kind in columns])
        for number, row in enumerate(rows, 1):
            copy.write_row(row)
            if not number % 1000:
                progress(1000)


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
