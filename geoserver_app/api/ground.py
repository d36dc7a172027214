"""Areas of the city's own geography as it is published, and where a written place lies."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Query, Router

from geoserver_app.api import shapes
from geoserver_app.api.caller import Caller, caller_of, may_do
from geoserver_app.geocode.candidate import shown_label
from geoserver_app.geocode.locate import locate
from geoserver_app.geocode.reverse import reverse_geocode
from geoserver_app.published import access
from layers.errors import NotFound
from layers.lookup import place

router = Router(tags=["Ground"])
_KINDS = """
select k.code, k.name, k.names ->> %(language)s::text, e.in_force_from::text,
       (select count(*) from published.area a where a.kind_id = k.id)
from published.kind k join published.edition e on e.kind_id = k.id
where k.jurisdiction_id = %(jurisdiction)s::bigint and k.feature_class = 'area' order by k.position, k.code
"""
_AREAS = """
select a.code, a.name from published.area a join published.kind k on k.id = a.kind_id
where k.jurisdiction_id = %(jurisdiction)s::bigint and k.feature_class = 'area' and k.code = %(kind)s::text
  and a.code > %(after)s::text order by a.code limit %(limit)s::int
"""
_SHAPE = """
select a.code, a.name, postgis.st_asgeojson(a.geom, 7)
from published.area a join published.kind k on k.id = a.kind_id
where k.jurisdiction_id = %(jurisdiction)s::bigint and k.feature_class = 'area' and k.code = %(kind)s::text
  and a.code = %(code)s::text order by a.id limit 1
"""


@router.get("/area-kinds", response=shapes.AreaKinds, **may_do(None, 404))
def list_area_kinds(request: HttpRequest, asked: Query[shapes.Where]) -> shapes.AreaKinds:
    """The kinds of areas that are in force, with how many there are of each."""
    rows = _rows(_KINDS, caller_of(request), language=get_language() or "en")
    return shapes.AreaKinds(
        items=[
            shapes.AreaKind(code=code, name=translated or name, in_force_from=since, areas=count)
            for code, name, translated, since, count in rows
        ]
    )


@router.get("/areas", response=shapes.Areas, **may_do(None, 404))
def list_areas(request: HttpRequest, asked: Query[shapes.AreaListing]) -> shapes.Areas:
    """The areas of a kind that are in force, by their codes."""
    caller = caller_of(request)
    found = _rows(_AREAS, caller, kind=asked.kind, after=asked.after, limit=asked.limit + 1)
    if not found and not asked.after:
        raise NotFound(f"There are no areas of a kind '{asked.kind[:60]}'; GET /api/area-kinds lists the kinds.")
    shown = found[: asked.limit]
    return shapes.Areas(
        items=[shapes.Area(kind=asked.kind, code=code, name=name) for code, name in shown],
        next=shown[-1][0] if len(found) > asked.limit else None,
    )


@router.get("/areas/{kind}/{code}", response=shapes.AreaFeature, **may_do(None, 404))
def one_area(request: HttpRequest, kind: str, code: str, asked: Query[shapes.Where]) -> shapes.AreaFeature:
    """An area with its shape, as GeoJSON."""
    found = _rows(_SHAPE, caller_of(request), kind=kind, code=code)
    if not found:
        raise NotFound(f"There is no area '{kind[:60]}:{code[:60]}' in force.")
    code, name, geometry = found[0]
    said = shapes.Area(kind=kind, code=code, name=name)
    return shapes.AreaFeature(type="Feature", id=f"{kind}:{code}", geometry=json.loads(geometry), properties=said)


@router.get("/areas-here", response=shapes.AreasHere, **may_do(None, 404))
def list_areas_here(request: HttpRequest, asked: Query[shapes.Point]) -> shapes.AreasHere:
    """The areas that a point counts to today, by each kind's own rule for overlaps and gaps."""
    caller = caller_of(request)
    lies = place(caller.place, asked.long, asked.lat, caller.place.local_date(caller.at))
    return shapes.AreasHere(
        items=[shapes.AreaHere(kind=one.kind, code=one.code, name=one.name, method=one.method) for one in lies.areas]
    )


@router.get("/geocode", response=shapes.Candidates, **may_do(None, 404))
def find_place(request: HttpRequest, asked: Query[shapes.Asked]) -> shapes.Candidates:
    """Places that a text may mean, best first. Nobody outside is asked."""
    caller = caller_of(request)
    found = locate(caller.place, asked.q, on=caller.place.local_date(caller.at), limit=asked.limit)
    return shapes.Candidates(
        items=[
            shapes.Candidate(
                label=shown_label(one, get_language() or "en"), long=one.lon, lat=one.lat, score=one.score,
                method=one.method, precision=one.precision, reasons=list(one.reasons), accuracy_m=one.accuracy_m,
                zip_code=one.zip_code,
            )
            for one in found
        ]
    )  # fmt: skip


@router.get("/reverse-geocode", response=shapes.Called, **may_do(None, 404))
def name_place(request: HttpRequest, asked: Query[shapes.Point]) -> shapes.Called:
    """What a point is called: the nearest address, the block, the cross streets."""
    caller = caller_of(request)
    found = reverse_geocode(caller.place, asked.long, asked.lat, on=caller.place.local_date(caller.at))
    return shapes.Called(
        long=found.lon, lat=found.lat, address=found.address, address_m=found.address_m,
        parcel_number=found.parcel_number, street=found.street, street_m=found.street_m, block=found.block,
        corner=found.corner, cross_streets=list(found.cross_streets),
    )  # fmt: skip


def _rows(statement: str, caller: Caller, **values: Any) -> list[tuple[Any, ...]]:
    with access.of_public() as run:
        return run(statement, {"jurisdiction": caller.place.pk, **values})
