"""Repeat places of an area that everybody may know of: ground whose exact place is public, and blocks of streets.

Where a service shows only the block, its requests count at the block by the published address, never at the parcel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.contrib.gis.geos import Point
from django.db import OperationalError
from django.db.models import F

from geoserver_app.analyse.lots import keep_lots
from geoserver_app.analyse.repeat import PlaceKind, Register, countable, repeat_places
from geoserver_app.brief.areas import Place
from geoserver_app.brief.asked import Since
from geoserver_app.catalog.models import Service
from geoserver_app.console.repeat.shown import named
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.queries import ServiceRequestQuerySet
from geoserver_app.maps.words import readable
from geoserver_app.published import access, reader

LEAST, MOST = 2, 6
_HAPPENED = (Service.Kind.REQUEST, Service.Kind.COMPLAINT)
_BLOCKS = (Path(__file__).parent / "blocks.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Spot:
    """A place with several incidents in twelve months; degrees None where it cannot be drawn."""

    title: str
    incidents: int
    open: int
    last: date
    lon: float | None
    lat: float | None
    letter: str = ""


def spots(place: Place, since: Since, at: datetime, language: str) -> tuple[Spot, ...]:
    """The repeat places, most incidents first; each gets a letter for the map."""
    keep_lots(place.jurisdiction)
    found = _grounds(place, since, at, language) + _blocks(place, since)
    ranked = sorted(found, key=lambda one: (-one.incidents, -one.open, one.title))[:MOST]
    return tuple(Spot(**{**one.__dict__, "letter": chr(ord("A") + n)}) for n, one in enumerate(ranked))


def exact_ones(place: Place) -> ServiceRequestQuerySet:
    """Of an area the requests whose exact place is public: by what is public of them they lie in it."""
    public = ServiceRequest.objects.filter(jurisdiction=place.jurisdiction, is_public=True)
    # Their true areas are their public ones; the index is on the true ones.
    return public.filter(public_morton=F("morton"), area_ids__overlap=[place.pk], public_area_ids__contains=[place.pk])


def _grounds(place: Place, since: Since, at: datetime, language: str) -> list[Spot]:
    requests = countable(exact_ones(place), since.year_ago, at)
    register = _in_time(requests)
    names = named([one.key for one in register.places], language, outlines=False)
    return [
        _spot(names[one.key].title, one.incidents, one.open, one.last_at, names[one.key].point, since)
        for one in register.places
    ]


def _in_time(requests: ServiceRequestQuerySet) -> Register:
    try:
        with access.of_staff(longest_ms=access.LONGEST_MS):
            return repeat_places(requests, least=LEAST, kinds=tuple(PlaceKind), limit=MOST)
    except OperationalError as error:  # Django's words for a statement that was cut off
        raise reader.TooMuch(reader.TOO_MUCH) from error


def _blocks(place: Place, since: Since) -> list[Spot]:
    services = Service.objects.filter(jurisdiction=place.jurisdiction, kind__in=_HAPPENED, sensitive=False)
    values = {
        "jurisdiction": place.jurisdiction.pk, "area": place.pk, "since": since.year_ago, "least": LEAST,
        "limit": MOST, "services": list(services.values_list("pk", flat=True)),
    }  # fmt: skip
    with access.of_public() as run:
        rows = run(_BLOCKS, values)
    return [
        Spot(readable(street), number, is_open, last.astimezone(since.zone).date(), lon, lat)
        for street, number, is_open, last, lon, lat in rows
    ]


def _spot(title: str, incidents: int, is_open: int, last: datetime, point: Point | None, since: Since) -> Spot:
    lon, lat = (point.x, point.y) if point is not None else (None, None)
    return Spot(title, incidents, is_open, last.astimezone(since.zone).date(), lon, lat)
