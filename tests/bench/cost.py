"""Processor time of one answer: of the database's process for a connection, and of this one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from tests.bench import database


@dataclass(frozen=True)
class Cost:
    """Processor time of one answer, database and Python, in ms."""

    backend: float
    python: float

    @property
    def whole(self) -> float:
        return self.backend + self.python


def backend_ms(raw: Any) -> float:
    """Processor time of a connection's backend so far (Linux, on this machine)."""
    path = Path(f"/proc/{raw.info.backend_pid}/schedstat")
    return int(path.read_text(encoding="ascii").split()[0]) / 1e6


def django_backend_ms() -> float:
    """The same of Django's own connection."""
    connection.ensure_connection()
    return backend_ms(connection.connection)


def cost(raw: Any, work: Callable[[], object]) -> Cost:
    """What some work costs that asks the database by one connection."""
    before, cpu = backend_ms(raw), time.process_time()
    work()
    return Cost(backend_ms(raw) - before, (time.process_time() - cpu) * 1e3)


@contextmanager
def owner(name: str) -> Iterator[Any]:
    """A connection of the owner to a database; what it did is taken back."""
    with psycopg.connect(**database.log_in(name)) as raw:
        raw.execute("set search_path = public, postgis")
        yield raw
        raw.rollback()


@contextmanager
def reader(name: str) -> Iterator[Any]:
    """A connection to a database as the map has it, and where the time of its backend can be read."""
    from geoserver_app.published.reader import SESSION

    with psycopg.connect(**database.log_in(name), autocommit=True, options=SESSION, prepare_threshold=0) as raw:
        raw.execute("set role published_reader")
        yield raw


def rows(raw: Any, statement: str, values: Any) -> list[tuple[Any, ...]]:
    """All rows of a statement, in binary form, prepared."""
    with raw.cursor(binary=True) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(statement.encode(), values).fetchall()
        return found
