"""Reads from the database what the generator of the demo's history works on: ground, services, holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.db import connection
from django.db.models import QuerySet

from fixtures.history.demand import Asked, Form, services
from fixtures.history.ground import Ground, Points
from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.org.models import Holiday
from layers.models import AddressPointShape, AreaShape, CenterlineShape, Jurisdiction, LandmarkShape

_PLACES = Path(__file__).with_name("demo_places.sql")
_ROADS = ("local", "collector", "arterial")


def ground(place: Jurisdiction) -> Ground:
    """The houses and other places of a city as it is today, in an order that hangs on nothing but themselves."""
    zones = _shapes(AreaShape.objects.filter(kind__code="neighborhood"), place, "name")
    roads = _shapes(CenterlineShape.objects.filter(road_class__in=_ROADS).exclude(full_name=""), place, "full_name")
    marks = _shapes(LandmarkShape.objects.exclude(name=""), place, "name")
    houses = _shapes(AddressPointShape.objects.exclude(full_address=""), place, "full_address")
    at = shapely.get_coordinates(houses.geoms)
    road = shapely.STRtree(roads.geoms).nearest(houses.geoms)
    middle = shapely.get_coordinates(shapely.shortest_line(roads.geoms[road], houses.geoms))[::2]
    mark = shapely.STRtree(marks.geoms).nearest(houses.geoms)
    return Ground(
        zones=zones.names,
        houses=Points(at[:, 0], at[:, 1], _zone(at, zones), np.zeros(len(at), dtype=np.int64)),
        addresses=houses.names,
        streets=[roads.names[number] for number in road],
        near=[marks.names[number] for number in mark],
        road_lon=middle[:, 0],
        road_lat=middle[:, 1],
        elsewhere=_elsewhere(place, zones),
    )


@dataclass(frozen=True)
class _Shapes:
    """Shapes in degrees with their names."""

    names: list[str]
    geoms: npt.NDArray[np.object_]


def _shapes(rows: QuerySet[Any], place: Jurisdiction, name: str) -> _Shapes:
    """Those in force, by name and then by where they are."""
    found = rows.filter(kind__jurisdiction=place, in_force=True).values_list(name, AsWKB("geom"))
    ordered = sorted((text, bytes(wkb)) for text, wkb in found)
    return _Shapes([text for text, _ in ordered], shapely.from_wkb([wkb for _, wkb in ordered]))


def _zone(at: npt.NDArray[np.float64], zones: _Shapes) -> npt.NDArray[np.int64]:
    """The number of the neighborhood of each position, -1 where there is none."""
    found = np.full(len(at), -1, dtype=np.int64)
    for number, outline in enumerate(zones.geoms):
        shapely.prepare(outline)
        found[shapely.contains_xy(outline, at[:, 0], at[:, 1])] = number
    return found


def _elsewhere(place: Jurisdiction, zones: _Shapes) -> dict[str, Points]:
    rows: dict[str, list[tuple[float, float, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PLACES.read_text(encoding="utf-8"), {"jurisdiction": place.pk})
        for sort, *rest in cursor.fetchall():
            rows.setdefault(sort, []).append(tuple(rest))
    found: dict[str, Points] = {}
    for sort, listed in rows.items():
        table = np.array(listed, dtype=float)
        found[sort] = Points(table[:, 0], table[:, 1], _zone(table, zones), table[:, 2].astype(np.int64))
    return found


def asked(place: Jurisdiction) -> list[Asked]:
    """The services that the city offers, with their forms, in the order of their codes."""
    offered = Service.objects.filter(jurisdiction=place, retired_on=None).prefetch_related("attributes")
    return services([_service(one) for one in offered.order_by("code")])


def holidays(place: Jurisdiction) -> list[date]:
    """The days on which City Hall is closed."""
    return list(Holiday.objects.filter(city_hall__jurisdiction=place).values_list("day", flat=True))


def _service(one: Service) -> dict[str, Any]:
    questions = [question for question in one.attributes.all() if question.variable and question.retired_on is None]
    questions.sort(key=lambda question: (question.position, question.code))
    return {
        "code": one.code,
        "kind": one.kind,
        "location": one.location,
        "asset_kind": one.asset_kind,
        "forms": [_form(question) for question in questions],
    }


def _form(question: ServiceAttribute) -> Form:
    leads_on = [one["key"] for one in question.values if not one.get("stopper") and not one.get("retired")]
    shown = question.shown_if
    return Form(
        code=question.code,
        datatype=question.datatype,
        required=question.required,
        keys=tuple(leads_on),
        asked_if=(shown["attribute"], tuple(shown["in"])) if shown else None,
    )
