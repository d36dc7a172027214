"""Writes rows of a model by a statement that is planned once a connection, for those who wait for the answer.

As ``bulk_create`` and ``update``, with the same columns and defaults, but neither compiled nor planned anew: values go
over as one JSON document, which PostgreSQL takes apart by the table's own types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from typing import Any, TypeAlias

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, models
from psycopg.types.json import Jsonb

from layers.asked import Asked, ask_all

# What is done with the keys that a statement gave back.
Then: TypeAlias = Callable[[list[Any]], None]


def insert(*rows: models.Model, ignore_conflicts: bool = False) -> None:
    """Inserts fresh rows of one model in one statement, in order, and gives them their keys.

    With ``ignore_conflicts`` a row that is there already stays as it is, and none gets its key.
    """
    if not rows:
        return
    columns = _columns(type(rows[0]))
    values = [{column: _plain(getattr(row, name)) for name, column in columns.items()} for row in rows]

    def keys(made: list[Any]) -> None:
        for row, key in zip(rows, [] if ignore_conflicts else made, strict=not ignore_conflicts):
            row.pk = key.id
            row._state.adding, row._state.db = False, connection.alias

    _write((_insert(type(rows[0]), ignore_conflicts), {"rows": Jsonb(values)}), keys)


def update(row: models.Model, columns: Mapping[str, Any]) -> None:
    """Writes columns (by attribute: ``department_id``) of a stored row into the database and onto the object."""
    names = _columns(type(row))
    values = {names[name]: _plain(value) for name, value in columns.items()}
    _write((_update(type(row), tuple(columns)), {"id": row.pk, "row": Jsonb(values)}), lambda _made: None)
    for name, value in columns.items():
        setattr(row, name, value)


@contextmanager
def together() -> Iterator[None]:
    """What is inserted and updated inside goes over in one round trip at the end; fresh rows have their keys then."""
    if _waiting.get() is not None:
        yield
        return
    token = _waiting.set([])
    try:
        yield
        waiting = _waiting.get() or []
    finally:
        _waiting.reset(token)
    answers = ask_all(*(asked for asked, _then in waiting)) if waiting else []
    for (_asked, then), made in zip(waiting, answers, strict=True):
        then(made)


_waiting: ContextVar[list[tuple[Asked, Then]] | None] = ContextVar("rows waiting to be written", default=None)


def _write(asked: Asked, then: Then) -> None:
    waiting = _waiting.get()
    if waiting is None:
        then(ask_all(asked)[0])
    else:
        waiting.append((asked, then))


@cache
def _columns(model: type[models.Model]) -> dict[str, str]:
    """The column of each attribute that holds one, without the key and what is generated, which the database gives."""
    fields = model._meta.concrete_fields
    return {field.attname: field.column for field in fields if not (field.primary_key or field.generated)}


@cache
def _insert(model: type[models.Model], ignore_conflicts: bool) -> str:
    columns = _columns(model).values()
    return (
        f"insert into {_quoted(model._meta.db_table)} ({', '.join(map(_quoted, columns))})"
        f" select {', '.join(f'n.{_quoted(column)}' for column in columns)}"
        f" from jsonb_array_elements(%(rows)s) with ordinality as one (row, place),"
        f" jsonb_populate_record(null::{_quoted(model._meta.db_table)}, one.row) as n order by one.place"
        f"{' on conflict do nothing' if ignore_conflicts else ''} returning id"
    )


@cache
def _update(model: type[models.Model], attributes: tuple[str, ...]) -> str:
    table, columns = _quoted(model._meta.db_table), [_quoted(_columns(model)[name]) for name in attributes]
    return (
        f"update {table} as t set {', '.join(f'{column} = n.{column}' for column in columns)}"
        f" from jsonb_populate_record(null::{table}, %(row)s) as n where t.id = %(id)s::bigint returning t.id"
    )


def _quoted(name: str) -> str:
    return f'"{name}"'


def _plain(value: Any) -> Any:
    """A value as JSON knows it, in the form that the type of its column reads."""
    if isinstance(value, GEOSGeometry):
        return value.hexewkb.decode()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return f"\\x{bytes(value).hex()}"
    return value
