"""Where a request lies, in words: its address, parcel and street, and the areas it counts to with what is odd."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geoserver_app.console.desk import Desk
from geoserver_app.console.words import say
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.link.models import Membership
from geoserver_app.maps.mercator import Frame, frame_at
from geoserver_app.maps.words import land_use, one_of, owner, readable
from layers.models import AreaShape, CenterlineShape, Kind, ParcelShape

# Ground that rules look at (told under "why") and neighbors are no areas that anybody looks for.
_NOT_TOLD = {"municipality", "building", "water", "rail", "right_of_way", "zipcode_area"}
_ZOOM = 17
METRES_PER_FOOT = 0.3048


@dataclass(frozen=True)
class AreaFact:
    """One area: its kind, its name, and what is odd about counting the place to it ("12 ft from the border")."""

    kind: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class PlaceFacts:
    """Everything the page says about a place; ``exactness`` is how it is known and how exact that is."""

    has_pin: bool
    address: str
    exactness: str
    areas: tuple[AreaFact, ...]
    parcel_number: str
    parcel_address: str
    parcel_words: str
    street: str
    asset: str
    lat: str
    lon: str


def place_facts(request: ServiceRequest, memberships: list[Membership], desk: Desk) -> PlaceFacts:
    """The place of a request, in four queries."""
    parcel = _parcel(request)
    street = _newest(CenterlineShape, "centerline", request.centerline_id)
    geom = request.geom
    return PlaceFacts(
        has_pin=geom is not None,
        address=readable(request.address_text),
        exactness=_exactness(request),
        areas=tuple(_areas(request, memberships)),
        parcel_number=parcel.parcel.parcel_number if parcel else "",
        parcel_address=readable(parcel.situs_address) if parcel else "",
        parcel_words=_parcel_words(parcel) if parcel else "",
        street=street.full_name if street else "",
        asset=str(request.asset.asset_id) if request.asset else "",
        lat=f"{geom.y:.5f}" if geom else "",
        lon=f"{geom.x:.5f}" if geom else "",
    )


def _parcel(request: ServiceRequest) -> ParcelShape | None:
    if request.parcel_id is None:
        return None
    shapes = ParcelShape.objects.filter(parcel=request.parcel_id).select_related("parcel")
    return shapes.order_by(F("in_force").desc(nulls_last=True), "-pk").first()


def _parcel_words(parcel: ParcelShape) -> str:
    said = (land_use(parcel.land_use) if parcel.land_use else "", owner(parcel.owner_class))
    return ", ".join(word for word in said if word)


def _newest(model: Any, name: str, pk: int | None) -> Any:
    """The shape of a feature that is in force, else its last one."""
    if pk is None:
        return None
    return model.objects.filter(**{name: pk}).order_by(F("in_force").desc(nulls_last=True), "-pk").first()


def _exactness(request: ServiceRequest) -> str:
    method = say("place_method", request.place_method)
    if request.accuracy_m is None:
        return method
    feet = round(request.accuracy_m / METRES_PER_FOOT)
    return _("%(method)s, exact to %(feet)s ft") % {"method": method, "feet": feet}


def _areas(request: ServiceRequest, memberships: list[Membership]) -> list[AreaFact]:
    odd = {one.area_id: one for one in memberships if one.area_id}
    shapes = AreaShape.objects.filter(area__in=request.area_ids).select_related("area__kind").defer("geom")
    found = {shape.area_id: shape for shape in shapes.order_by(F("in_force").asc(nulls_first=True), "pk")}
    facts = [
        (shape.area.kind.position, AreaFact(one_of(shape.area.kind), _named(shape), _oddity(odd.get(pk))))
        for pk, shape in found.items()
        if shape.area.kind.code not in _NOT_TOLD
    ]
    gaps = Kind.objects.filter(pk__in=[one.kind_id for one in memberships if one.area_id is None])
    facts += [(kind.position, AreaFact(one_of(kind), _("none here"))) for kind in gaps]
    return [fact for _position, fact in sorted(facts, key=lambda pair: (pair[0], pair[1].kind, pair[1].name))]


def _named(shape: AreaShape) -> str:
    return str(shape.attributes.get(f"name_{get_language()}") or shape.name or shape.area.code)


def _oddity(membership: Membership | None) -> str:
    if membership is None:
        return ""
    feet = round((membership.distance_m or 0) / METRES_PER_FOOT)
    said = {
        "edge": _("on the very border"),
        "near_border": _("%s ft from the border") % feet,
        "bridged": _("%s ft away, across a gap") % feet,
        "ambiguous": _("one of several that claim it"),
        "manual": _("chosen by staff"),
    }
    return said.get(membership.method, "")


def frames(request: ServiceRequest) -> dict[str, Frame]:
    """What the server's picture of the place shows where there are no scripts; nothing without a place."""
    if request.geom is None:
        return {}
    lon, lat = request.geom.x, request.geom.y
    return {"small": frame_at(lon, lat, _ZOOM, 350, 220), "large": frame_at(lon, lat, _ZOOM, 420, 260)}


def map_place(request: ServiceRequest) -> dict[str, Any]:
    """The place for the page's map: lon, lat in degrees, accuracy in metres, the parcel as GeoJSON."""
    geom = request.geom
    return {
        "lon": geom.x if geom else None,
        "lat": geom.y if geom else None,
        "accuracy": request.accuracy_m,
        "parcel": outline(request),
    }


def outline(request: ServiceRequest) -> Any:
    """The parcel of a request as GeoJSON; None where it lies on none."""
    parcel = _parcel(request)
    return json.loads(parcel.geom.json) if parcel else None
