"""A town with requests here and there, in areas of three kinds, for tests of what is counted; and the plain oracle.

Places lie in four spots of some hundred metres; the kind `block_watch` is not counted by the cubes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction

from geoserver_app.density.models import Audience
from geoserver_app.density.rebuild import rebuild
from geoserver_app.intake.models import Incident, ServiceRequest
from geoserver_app.intake.store import place_columns
from geoserver_app.published import access
from geoserver_app.published.catalog_codes import codes
from geoserver_app.published.filters import Filters
from layers.mercator import grid_position
from layers.models import Area, Kind
from tests.life import Town, town

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
SPOTS = ((-119.72, 36.0), (-119.7203, 36.0004), (-119.70, 36.02), (-119.745, 35.97))
COUNTED = ("neighborhood", "beat")
# Local midnights of Los Angeles at month ends, seen from just before and after, and days inside months.
MOMENTS = (
    datetime(2026, 9, 1, 6, 59, 59, tzinfo=UTC), datetime(2026, 9, 1, 7, tzinfo=UTC),
    datetime(2026, 9, 14, 12, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC),
    datetime(2026, 11, 1, 6, 59, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC),
    datetime(2026, 11, 19, 20, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC),
    datetime(2024, 2, 29, 12, tzinfo=UTC),
)  # fmt: skip


@dataclass
class CountedTown:
    """The town of tests/life.py with areas, and ways to change its requests at random, straight in the tables."""

    town: Town
    areas: dict[str, list[Area]]

    def services(self) -> list[Any]:
        return [self.town.pothole, self.town.driveway, self.town.tip]

    def request(self, draw: Random, *, incident: Incident | None = None) -> ServiceRequest:
        """One more request, anything about it at random; it leads where it begins its incident."""
        closed = draw.random() < 0.5
        closed_at = NOW - timedelta(days=draw.choice((0, 3, 29, 31, 200))) if closed else None
        given = {"incident": incident, "leads": False} if incident else {}
        return self.town.request(
            at=draw.choice(MOMENTS), service=draw.choice(self.services()), closed_at=closed_at,
            state="closed" if closed else "assigned", **given, **self.place(draw),
        )  # fmt: skip

    def place(self, draw: Random) -> dict[str, Any]:
        """A place or none; what everybody sees of it may lie elsewhere, be in other areas, or nothing at all."""
        lon, lat = (round(part + draw.random() / 2000, 7) for part in draw.choice(SPOTS))
        where = place_columns(lon, lat) if draw.random() < 0.85 else place_columns(None, None)
        shown = draw.random() < 0.8
        point = Point(lon + 0.001, lat, srid=4326) if shown and where["geom"] and draw.random() < 0.9 else None
        return {**where, "is_public": shown, "public_geom": point, "area_ids": self.some_areas(draw),
                "public_area_ids": self.some_areas(draw) if shown else [], "public_address": ""}  # fmt: skip

    def some_areas(self, draw: Random) -> list[int]:
        """Ids of areas: of a kind none, one, or two at once."""
        return sorted(one.pk for areas in self.areas.values() for one in draw.sample(areas, draw.choice((0, 1, 1, 2))))


def build() -> CountedTown:
    made = town()
    areas: dict[str, list[Area]] = {}
    for kind in (*COUNTED, "block_watch"):
        of_kind = Kind.objects.create(
            jurisdiction=made.jurisdiction, code=kind, feature_class="area", geometry="polygon", name=kind
        )
        areas[kind] = [
            Area.objects.create(jurisdiction=made.jurisdiction, kind=of_kind, code=f"{kind}-{n}") for n in range(3)
        ]
    return CountedTown(made, areas)


def counted(requests: int, draw: Random) -> CountedTown:
    """The town with some requests, and cubes that count them."""
    made = build()
    for _ in range(requests):
        made.request(draw)
    rebuild(made.town.jurisdiction, kinds=COUNTED)
    return made


@contextmanager
def undone() -> Iterator[None]:
    """One example: whatever it does is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def filters_of(audience: Audience, place: CountedTown, **given: Any) -> Filters:
    with access.of_staff(longest_ms=60_000) as run:
        return Filters(codes(run, audience, place.town.jurisdiction.pk, at=NOW), **given)


def plainly(audience: Audience, filters: Filters) -> list[ServiceRequest]:
    """What the filters choose, told in Python over every request."""
    rows = ServiceRequest.objects.filter(jurisdiction=filters.codes.jurisdiction_id)
    return [one for one in rows if _is_meant(audience, filters, one)]


def morton_of(audience: Audience, one: ServiceRequest) -> int | None:
    point = one.public_geom if audience == Audience.PUBLIC else one.geom
    return grid_position(point.x, point.y).morton if point else None


def _is_meant(audience: Audience, filters: Filters, one: ServiceRequest) -> bool:
    public = audience == Audience.PUBLIC
    areas = set(one.public_area_ids if public else one.area_ids)
    recent = one.status == "open" or (one.closed_at is not None and one.closed_at >= filters.codes.fresh_from)
    place = morton_of(audience, one)
    return (
        (one.is_public or not public)
        and (one.leads or filters.count == "reports")
        and (filters.services is None or one.service_id in filters.services)
        and {None: True, "open": one.status == "open", "closed": one.status == "closed", "recent": recent}[
            filters.status
        ]
        and (filters.since is None or one.requested_datetime >= filters.since)
        and (filters.until is None or one.requested_datetime < filters.until)
        and all(areas & group.ids for group in filters.areas)
        and (filters.cells is None or _in_cells(place, filters))
        and (not filters.states or one.state in filters.states)
        and (not filters.channels or one.channel in filters.channels)
    )


def _in_cells(place: int | None, filters: Filters) -> bool:
    return place is not None and any(cell.codes[0] <= place < cell.codes[1] for cell in filters.cells or ())
