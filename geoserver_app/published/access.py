"""By which connection an audience reads, and what of the staff's set somebody may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import psycopg
from django.db import connection, transaction
from psycopg.errors import QueryCanceled

from geoserver_app.accounts.rights import Rights, Scope
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Run
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.published import reader
from geoserver_app.published.chosen import EVERYTHING, Sight
from geoserver_app.published.filters import Filters
from geoserver_app.published.reader import TooMuch
from geoserver_app.work.sight import visible_to
from layers.errors import NotFound

LONGEST_MS = 1_000  # what the cube does not know is counted from the table: quick, or a narrower question
EXPORT_MS = 30_000


def snapshot(audience: Audience, *, longest_ms: int = LONGEST_MS) -> AbstractContextManager[Run]:
    """Statements that see one moment: the public's as published_reader, the staff's on Django's own connection."""
    if audience == Audience.PUBLIC:
        return reader.one_snapshot(longest_ms=longest_ms)
    return of_staff(longest_ms=longest_ms)


@contextmanager
def of_staff(*, longest_ms: int) -> Iterator[Run]:
    """Like reader.one_snapshot, on Django's connection; inside a transaction it sees what that one sees."""
    inside = connection.in_atomic_block
    try:
        with transaction.atomic():
            cursor = psycopg.Cursor(connection.connection)
            if not inside:
                cursor.execute("set transaction isolation level repeatable read")
            ((before,),) = cursor.execute("select current_setting('statement_timeout')").fetchall()
            cursor.execute(f"set local statement_timeout = {int(longest_ms)}")
            cursor.execute("set local jit = off")
            yield lambda statement, values: psycopg.Cursor(connection.connection).execute(statement, values).fetchall()
            cursor.execute("select set_config('statement_timeout', %s, true)", [before])
    except QueryCanceled as error:
        raise TooMuch(reader.TOO_MUCH) from error


@contextmanager
def of_public(*, longest_ms: int = LONGEST_MS) -> Iterator[Run]:
    """The public's set on Django's own connection, in the role that sees nothing else: for pages, lists and feeds."""
    with of_staff(longest_ms=longest_ms) as run, reader.as_reader():
        yield run


def seen_by(rights: Rights, filters: Filters) -> tuple[Filters, Sight]:
    """What somebody of the staff may see of some filters; NotFound for whoever may see nothing of the jurisdiction."""
    place = filters.codes.jurisdiction_id
    scopes = [one for one in rights.scopes_for(Capability.SEE_REQUESTS) if one.jurisdiction_id == place]
    if not scopes:
        raise NotFound("There are no requests that you may see.")
    if any(_is_whole(one) and one.sensitive for one in scopes):
        return filters, EVERYTHING
    if any(_is_whole(one) for one in scopes) and not any(one.sensitive for one in scopes):
        return _without_sensitive(filters), EVERYTHING
    return filters, _as_sight(rights, place)


def _is_whole(scope: Scope) -> bool:
    return scope.department_id is None and scope.area_ids is None


def _without_sensitive(filters: Filters) -> Filters:
    ours = Service.objects.filter(jurisdiction=filters.codes.jurisdiction_id, sensitive=False)
    ordinary = frozenset(ours.values_list("pk", flat=True))
    return replace(filters, services=ordinary if filters.services is None else filters.services & ordinary)


def _as_sight(rights: Rights, jurisdiction_id: int) -> Sight:
    ours = ServiceRequest.objects.filter(jurisdiction_id=jurisdiction_id)
    statement, values = visible_to(ours, rights).values("pk").query.sql_with_params()
    names = [f"sight_{n}" for n in range(len(values))]
    condition = statement % tuple(f"%({name})s" for name in names)
    return Sight(f"r.id in ({condition})", dict(zip(names, values, strict=True)))
