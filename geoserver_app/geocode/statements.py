"""Runs the package's .sql files, prepared on the server, past Django's own cursors."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row


@cache
def statement(name: str) -> str:
    """The text of a file of sql/."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def rows(name: str, values: dict[str, Any]) -> list[Any]:
    """The rows that a file of sql/ gives, by column name.

    Django's own cursors paste values in, so that each query is planned anew; these are planned once a connection.
    """
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection, row_factory=namedtuple_row) as cursor:
        return cursor.execute(statement(name), values, prepare=True).fetchall()


@contextmanager
def planned_once() -> Iterator[None]:
    """Statements within are planned once a connection and not for each call: for one text planning takes longer than
    looking up, and for ten thousand the way by the indexes, which is that of one, is the better way too.
    """
    connection.ensure_connection()
    server = connection.connection
    server.execute("set plan_cache_mode = force_generic_plan")
    try:
        yield
    finally:
        # What was set in a transaction that failed is undone with it.
        if server.info.transaction_status != TransactionStatus.INERROR:
            server.execute("reset plan_cache_mode")
