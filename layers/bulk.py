"""COPY into PostgreSQL on Django's own connection, inside its transaction."""

import json
from collections.abc import Callable, Iterable, Sequence
from json.encoder import encode_basestring as _string
from typing import Any

from django.db import connection
from psycopg import sql

Progress = Callable[[int], None]


def silent(_rows: int) -> None:
    """A progress that shows nothing."""


def jsonb_of(columns: dict[str, list[Any]], count: int) -> list[bytes]:
    """Rows of columns as PostgreSQL receives jsonb in a binary COPY; their type there is "bytea", as for geometry.

    Written by column: one pass over a column is several times faster than a JSON encoder for each row.
    """
    if not columns:
        return [b"\x01{}"] * count
    parts = [[f"{_string(name)}:{_json(value)}" for value in values] for name, values in columns.items()]
    return [b"\x01{" + ",".join(row).encode() + b"}" for row in zip(*parts, strict=True)]


def json_document(value: dict[str, Any]) -> bytes:
    """One mapping as PostgreSQL receives jsonb in a binary COPY."""
    return b"\x01" + (_json(value).encode() if value else b"{}")


def _json(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if value is None:
        return "null"
    # \u0000 is legal JSON but not for jsonb; source.py takes it out of texts, a list of texts may still hold one.
    return json.dumps(value, ensure_ascii=False, default=str).replace("\\u0000", "")


def copy_rows(
    table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], progress: Progress = silent
) -> None:
    """Writes rows by binary COPY. ``columns`` are names with PostgreSQL types; bytea goes as it is: WKB, jsonb_of."""
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
