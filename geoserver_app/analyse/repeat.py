"""Repeat places: the same parcel, block of a street or thing of the city's with several incidents in a stretch of days.

A register, not a judgment: it counts incidents, so that thirty reports of one pothole are one. What a person may see
is decided before: every function takes the requests to count, as a queryset.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from psycopg import sql

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.queries import ServiceRequestQuerySet
from layers.bulk import rows_of

_HERE = Path(__file__).parent
_PLACED, _PLACES, _SERVICES, _INCIDENTS = (
    (_HERE / name).read_text(encoding="utf-8") for name in ("placed.sql", "places.sql", "services.sql", "incidents.sql")
)
_COLUMNS = (
    "id", "incident_id", "requested_datetime", "parcel_id", "centerline_id", "asset_id", "service_id", "state", "leads",
)  # fmt: skip
# Questions and suggestions are about a place; nothing happened there.
_HAPPENED = (Service.Kind.REQUEST, Service.Kind.COMPLAINT)


class PlaceKind(StrEnum):
    """What a place is: land with a number, a block of a street, a thing that was pressed on the map."""

    PARCEL = "parcel"
    SEGMENT = "segment"
    ASSET = "asset"


@dataclass(frozen=True)
class PlaceKey:
    """One place: its kind, and the id of the parcel, centerline or asset."""

    kind: PlaceKind
    pk: int


@dataclass(frozen=True)
class RepeatPlace:
    """A place with its figures; ``reports`` are those at this very place, ``open`` its open incidents."""

    key: PlaceKey
    incidents: int
    open: int
    reports: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Register:
    """A page of the register and how many places there are in all."""

    places: tuple[RepeatPlace, ...]
    total: int


def countable(requests: ServiceRequestQuerySet, since: datetime, before: datetime) -> ServiceRequestQuerySet:
    """Of some requests those that a register counts: reported in a stretch of time, not withdrawn, not a question."""
    return requests.filter(
        requested_datetime__gte=since, requested_datetime__lt=before, service__kind__in=_HAPPENED
    ).exclude(state=ServiceRequest.State.CANCELLED)


def repeat_places(
    requests: ServiceRequestQuerySet, *, least: int, kinds: Iterable[PlaceKind], limit: int | None = None,
    offset: int = 0,
) -> Register:  # fmt: skip
    """Places with at least ``least`` incidents, most first; call ``lots.keep_lots`` before. One query."""
    page = {"kinds": [kind.value for kind in kinds], "least": least, "limit": limit, "offset": offset}
    rows = _rows(_PLACES, requests, page)
    places = tuple(RepeatPlace(PlaceKey(PlaceKind(row[0]), row[1]), *row[2:7]) for row in rows)
    return Register(places, rows[0][7] if rows else 0)


def services_of(requests: ServiceRequestQuerySet, places: Sequence[PlaceKey]) -> dict[PlaceKey, list[tuple[int, int]]]:
    """Of each place the ids of services with their incidents, the most frequent first. One query."""
    wanted = {"names": [one.kind.value for one in places], "ids": [one.pk for one in places]}
    found: dict[PlaceKey, list[tuple[int, int]]] = {one: [] for one in places}
    for kind, pk, service, incidents in _rows(_SERVICES, requests, wanted) if places else ():
        found[PlaceKey(PlaceKind(kind), pk)].append((service, incidents))
    return found


def incidents_of(requests: ServiceRequestQuerySet, place: PlaceKey, *, limit: int) -> list[list[int]]:
    """The incidents of a place, newest first: of each the ids of its reports, the one that leads first. One query."""
    rows = _rows(_INCIDENTS, requests, {"kind": place.kind.value, "place": place.pk, "limit": limit})
    return [list(reports) for (reports,) in rows]


def _rows(ending: str, requests: ServiceRequestQuerySet, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    text, values = _named(requests)
    # Nothing a person typed is pasted: the queryset's own text has names for its parameters.
    return rows_of(sql.SQL((_PLACED + ending).format(requests=text)), {**values, **given})


def _named(requests: ServiceRequestQuerySet) -> tuple[str, dict[str, Any]]:
    """The select of the requests, its parameters under names."""
    text, values = requests.order_by().values(*_COLUMNS).query.sql_with_params()
    names = [f"request_{number}" for number in range(len(values))]
    return text.replace("%%", "%%%%") % tuple(f"%({name})s" for name in names), dict(zip(names, values, strict=True))
