"""/plan/: areas ranked as table and map, repeat places, what is seen as CSV and GeoJSON. The address is the state."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import shapely
from csp.decorators import csp_replace
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.analyse.repeat import PlaceKind, countable, repeat_places
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.filters import Choices
from geoserver_app.console.repeat.shown import ShownPlace, shown
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.maps.contents import map_kinds
from geoserver_app.maps.drawing.picture import draw
from geoserver_app.plan import picture
from geoserver_app.plan.asked import CLASSES, RATES, Asked, asked, kind_of
from geoserver_app.plan.ground import grounds
from geoserver_app.plan.ranked import Ranked, Ranking, ranking
from geoserver_app.published import access, reader
from geoserver_app.work.sight import visible_to
from layers.models import Kind

PLACES, LEAST = 10, 3
COLUMNS = ("rank", "code", "name", "incidents", "value", "class", "residents", "street_km", "parcels")
_OF_PAGE = ("service_code", "group", "status", "requested_from", "requested_to", "area", "count", "kind", "rate",
            "classes")  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """An answered question."""

    desk: Desk
    asked: Asked
    ranking: Ranking


@requires(Capability.PLAN)
@never_cache
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """GET /plan/?service_code=&group=&status=&requested_from=&requested_to=&kind=&rate=&classes="""
    with _answered(request) as found:
        places = _places(found)
    query, kinds = found.asked.query, map_kinds(found.desk.jurisdiction, found.desk.language)
    context = {
        "desk": found.desk, "asked": found.asked, "ranking": found.ranking, "places": places,
        "given": query, "services": query.getlist("service_code"), "choices": Choices(found.desk),
        "kinds": [kind for kind in kinds if kind.areas], "rates": RATES, "class_kinds": CLASSES,
        "rate_words": RATES[found.asked.rate], "least": LEAST,
        "files": {name: _address(f"plan_{name}", query) for name in ("csv", "geojson")},
        "pictures": {size: _address("plan_picture", query, size=size) for size in picture.SIZES},
        "sizes": picture.SIZES,
    }  # fmt: skip
    return render(request, "plan/plan.html", context)


# The picture carries its letters and their rules inside, as /map.svg does.
@csp_replace({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "font-src": ["data:"]})
@requires(Capability.PLAN)
@never_cache
@require_safe
def drawn(request: HttpRequest) -> HttpResponse:
    """GET /plan/map.svg: the choropleth of the same question."""
    size = request.GET.get("size", "")
    with _answered(request) as found:
        order = picture.order(found.desk.jurisdiction, found.asked, found.ranking, size if size == "small" else "large")
    return HttpResponse(draw(order), content_type="image/svg+xml")


@requires(Capability.PLAN)
@never_cache
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """GET /plan/areas.csv: the table of the same question."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="areas.csv"'
    with _answered(request) as found:
        writer = csv.writer(answer)
        writer.writerow(COLUMNS)
        writer.writerows(_cells(row).values() for row in found.ranking.rows)
    return answer


@requires(Capability.PLAN)
@never_cache
@require_safe
def geojson(request: HttpRequest) -> HttpResponse:
    """GET /plan/areas.geojson: the same with the shapes, in degrees; ``asked`` says the question."""
    with _answered(request) as found:
        shapes = picture.geometries(found.desk.jurisdiction, found.asked)
        features = [
            {"type": "Feature", "properties": _cells(row), "geometry": shapely.geometry.mapping(shapes[row.ground.pk])}
            for row in found.ranking.rows
        ]
    body = {"type": "FeatureCollection", "asked": found.asked.query.urlencode(), "features": features}
    headers = {"Content-Disposition": 'attachment; filename="areas.geojson"'}
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/geo+json", headers=headers)


@contextmanager
def _answered(request: HttpRequest) -> Iterator[Plan]:
    """The address's question and its answer, of one moment; TooMuch where counting takes longer than it may."""
    desk = desk_of(request)
    jurisdiction = desk.jurisdiction
    kind = kind_of(request.GET, desk)
    # Measured once for each change of editions, and then longer than a question may take.
    measured = grounds(jurisdiction, Kind.objects.get(jurisdiction=jurisdiction, code=kind.code))
    try:
        with access.of_staff(longest_ms=access.LONGEST_MS) as run:
            question = asked(request.GET, desk, run, kind)
            yield Plan(desk, question, ranking(run, question, measured))
    except OperationalError as error:  # Django's words for a statement that was cut off
        raise reader.TooMuch(reader.TOO_MUCH) from error


def _places(found: Plan) -> list[ShownPlace]:
    """The repeat places of the same services and days, the most incidents first."""
    filters, desk = found.asked.filters, found.desk
    requests = visible_to(ServiceRequest.objects.filter(jurisdiction=desk.jurisdiction), desk.rights)
    if filters.services is not None:
        requests = requests.filter(service__in=filters.services)
    for area in filters.areas:
        requests = requests.filter(area_ids__overlap=sorted(area.ids))
    assert filters.since is not None and filters.until is not None  # noqa: S101  asked() writes both out
    requests = countable(requests, filters.since, filters.until)
    register = repeat_places(requests, least=LEAST, kinds=tuple(PlaceKind), limit=PLACES)
    return shown(register.places, requests, desk.language, outlines=False)


def _cells(row: Ranked) -> dict[str, Any]:
    ground = row.ground
    values = (row.rank, ground.area.code, ground.area.label, row.count,
              None if row.value is None else round(row.value, 3), row.of_class.number if row.of_class else None,
              ground.residents, round(ground.street_km, 2), ground.parcels)  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _address(name: str, query: QueryDict, **more: str) -> str:
    """The same question at another address; what is no part of it is left out."""
    kept = QueryDict(mutable=True)
    for one in (*_OF_PAGE, "jurisdiction"):
        kept.setlist(one, [value for value in query.getlist(one) if value])
    kept.update(more)
    return f"{reverse(name)}?{kept.urlencode(safe=':,')}"
