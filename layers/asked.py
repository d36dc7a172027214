"""Statements that are asked again and again while somebody waits: the server plans them once a connection."""

import re
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from django.db import connection
from psycopg import RawCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row

# A statement with its parameters, %(name)s.
Asked: TypeAlias = tuple[str, Mapping[str, Any]]


def ask(statement: str, values: Mapping[str, Any]) -> list[Any]:
    """All rows of a statement, as named tuples; jsonb comes as Python values. Raises and counts as Django's cursors do.

    Django's own cursors paste values in, so that the plan is made anew each time, and its querysets are compiled anew
    besides: a millisecond each. This is a server-side prepared statement on the same connection and transaction.
    """
    return ask_all((statement, values))[0]


def ask_all(*asked: Asked) -> list[list[Any]]:
    """The rows of each of several statements, which go over in one round trip, with what begins a transaction."""
    connection.ensure_connection()
    raw, started = connection.connection, time.monotonic()
    begins = not raw.autocommit and raw.info.transaction_status == TransactionStatus.IDLE
    with connection.wrap_database_errors:
        if len(asked) == 1 and not begins:
            found = [_sent(raw, *asked[0])]
        else:
            with raw.pipeline():
                found = [_sent(raw, *one) for one in asked]
        rows = [cursor.fetchall() for cursor in found]
    if connection.queries_logged:
        took = f"{time.monotonic() - started:.3f}"
        connection.queries_log.extend({"sql": statement, "time": took} for statement, _values in asked)
    return rows


def _sent(raw: Any, statement: str, values: Mapping[str, Any]) -> RawCursor[Any]:
    text, names = _numbered(statement)
    cursor = RawCursor(raw, row_factory=namedtuple_row)
    return cursor.execute(text, [values[name] for name in names], prepare=True, binary=True)


@lru_cache(maxsize=512)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """A statement with $1, $2 in place of %(name)s, and their names: psycopg would look for them again each time."""
    names = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    text = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", statement)
    return text.replace("%%", "%"), names
