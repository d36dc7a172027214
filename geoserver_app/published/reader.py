"""The one door to schema ``published``: a small pool of connections that log in as published_reader."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any, TypeAlias

from django.conf import settings
from django.db import connection as django_connection
from django.db.transaction import atomic
from psycopg import Connection, OperationalError, RawCursor, conninfo
from psycopg.errors import InsufficientPrivilege, QueryCanceled, UndefinedTable
from psycopg_pool import ConnectionPool

from layers.errors import OneMapError

ROLE = "published_reader"
LARGEST = 4  # connections of one process: more than it has cores would only queue inside PostgreSQL
WAIT_S = 2.0  # for a free connection, or for a new one
# A custom plan of a tile statement costs more to find than it saves: its constants change with every tile.
SESSION = (
    "-c search_path=published,postgis -c default_transaction_read_only=on -c statement_timeout=10000"
    r" -c default_transaction_isolation=repeatable\ read"
    " -c jit=off -c max_parallel_workers_per_gather=0 -c plan_cache_mode=force_generic_plan"
)

_NAMED = re.compile(r"%\((\w+)\)s")
TOO_MUCH = "This takes too long to count. Choose a shorter range of dates, or fewer filters."
Run: TypeAlias = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]

_pools: dict[str, ConnectionPool[Connection[Any]]] = {}


class DatabaseAway(OneMapError):
    """The database does not answer, or is being migrated; the same request may succeed soon."""

    status = 503
    retry_after_s = 5


def rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of a read-only statement with ``%(name)s`` values; DatabaseAway where no answer came in time."""
    text, names = _numbered(statement)
    asked = [values[name] for name in names]
    try:
        found = _at_once(text, asked)
        return _on_living(text, asked) if found is None else found
    except (OperationalError, UndefinedTable, InsufficientPrivilege) as error:
        raise DatabaseAway("The map's database does not answer just now. Try again in a few seconds.") from error


def _at_once(text: bytes, asked: list[Any]) -> list[tuple[Any, ...]] | None:
    """The rows, in one round trip; None where the server had ended that connection of the pool, or does so now."""
    with _pool().connection() as connection:
        try:
            return _fetched(connection, text, asked)
        except OperationalError:
            if not connection.closed:
                raise
            return None


def _on_living(text: bytes, asked: list[Any]) -> list[tuple[Any, ...]]:
    with _living() as connection:
        return _fetched(connection, text, asked)


def _fetched(connection: Connection[Any], text: bytes, asked: list[Any]) -> list[tuple[Any, ...]]:
    with RawCursor(connection) as cursor:
        return cursor.execute(text, asked, binary=True).fetchall()


@lru_cache(maxsize=256)
def _numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with ``$1`` for ``%(name)s``, and the names in that order.

    The driver looks for them anew each time in a statement of more than 4,096 characters, as the basemap's is.
    """
    names = {name: f"${place}" for place, name in enumerate(dict.fromkeys(_NAMED.findall(statement)), 1)}
    return _NAMED.sub(lambda found: names[found[1]], statement).replace("%%", "%").encode(), tuple(names)


class TooMuch(OneMapError):
    """An answer that would take longer than is allowed."""


@contextmanager
def one_snapshot(*, longest_ms: int) -> Iterator[Run]:
    """Several statements that see the same moment, none of which may take longer; TooMuch where one does."""
    try:
        with _living() as connection, connection.transaction(), connection.cursor(binary=True) as cursor:
            cursor.execute(f"set local statement_timeout = {int(longest_ms)}")
            yield lambda statement, values: cursor.execute(statement.encode(), values).fetchall()
    except QueryCanceled as error:
        raise TooMuch(TOO_MUCH) from error
    except (OperationalError, UndefinedTable, InsufficientPrivilege) as error:
        raise DatabaseAway("The map's database does not answer just now. Try again in a few seconds.") from error


@contextmanager
def as_reader() -> Iterator[None]:
    """Runs what the ORM does inside as published_reader (SET LOCAL ROLE in a transaction of its own).

    An error rolls the role back with the transaction's savepoint; a plain end sets it back.
    """
    with atomic():
        with django_connection.cursor() as cursor:
            cursor.execute(f"set local role {ROLE}")
        yield
        with django_connection.cursor() as cursor:
            cursor.execute("set local role none")


def close() -> None:
    """Closes the pools of this process; the next read opens a new one."""
    while _pools:
        _pools.popitem()[1].close()


def _pool() -> ConnectionPool[Connection[Any]]:
    # The database's name is Django's, so that tests read the test database.
    name = django_connection.settings_dict["NAME"]
    pool = _pools.get(name)
    if pool is None:
        pool = _pools.setdefault(name, _new_pool(name))
        pool.open()
    return pool


def _new_pool(name: str) -> ConnectionPool[Connection[Any]]:
    return ConnectionPool(
        conninfo.make_conninfo(settings.PUBLISHED_DATABASE_URL, dbname=name, options=SESSION),
        kwargs={"autocommit": True, "prepare_threshold": 0, "application_name": "onemap tiles"},
        min_size=0,
        max_size=LARGEST,
        timeout=WAIT_S,
        reconnect_timeout=WAIT_S,
        max_waiting=100,
        open=False,
    )


@contextmanager
def _living() -> Iterator[Connection[Any]]:
    """A connection that answers just now; after a restart of the server all others of the pool are looked at too."""
    pool = _pool()
    with ExitStack() as taken:
        connection = taken.enter_context(pool.connection())
        try:
            _ask_whether_alive(connection)
        except OperationalError:
            pool.check()
            connection = taken.enter_context(pool.connection())
            _ask_whether_alive(connection)
        yield connection


def _ask_whether_alive(connection: Connection[Any]) -> None:
    # Like the pool's own check, which here would prepare the empty statement anew each time, and leave it behind.
    connection.execute("", prepare=False)


# A forked process must not share its parent's sockets: it forgets the pools without closing them.
os.register_at_fork(after_in_child=_pools.clear)
