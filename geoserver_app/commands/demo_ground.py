"""Reads from the database what the generator of the demo's history works on: ground, services, holidays."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection

from fixtures.history.demand import Asked, Form, services
from fixtures.history.ground import Ground, Points
from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.org.models import Holiday
from layers.models import AreaShape, Jurisdiction

_FOLDER = Path(__file__).parent


def ground(place: Jurisdiction) -> Ground:
    """The houses and other places of a city as it is today, in an order that hangs on nothing but themselves."""
    zones = AreaShape.objects.filter(kind__jurisdiction=place, kind__code="neighborhood", in_force=True)
    named = list(zones.order_by("name", "area_id").values_list("area_id", "name"))
    values = {"jurisdiction": place.pk, "zones": [area_id for area_id, _ in named]}
    houses = _rows("demo_ground", values)
    elsewhere: dict[str, list[Any]] = {}
    for sort, *rest in _rows("demo_places", values):
        elsewhere.setdefault(sort, []).append(rest)
    return Ground(
        zones=[name for _, name in named],
        houses=Points.of([(row[0], row[1], row[2], 0) for row in houses]),
        addresses=[row[3] for row in houses],
        streets=[row[4] for row in houses],
        near=[row[7] for row in houses],
        road_lon=np.array([row[5] for row in houses], dtype=float),
        road_lat=np.array([row[6] for row in houses], dtype=float),
        elsewhere={sort: Points.of(rows) for sort, rows in elsewhere.items()},
    )


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


def _rows(name: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute((_FOLDER / f"{name}.sql").read_text(encoding="utf-8"), values)
        return list(cursor.fetchall())
