"""What is here? Everything the city's layers know about a point, for a page, for a part of one and as JSON."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geoserver_app.maps.contents import MUNICIPALITY, spoken
from geoserver_app.maps.mercator import Frame
from geoserver_app.maps.view import View
from geoserver_app.maps.words import one_of, owner, readable
from geoserver_app.site.errors import wants_json
from geoserver_app.site.jurisdiction import of_request
from layers.errors import OneMapError
from layers.lookup import AreaHit, ParcelHit, Place, StreetHit, inside, place
from layers.models import Jurisdiction, Kind

# The ground that is drawn, and whose it is outside of the city, are told in other words.
NOT_TOLD = (MUNICIPALITY, "building")
OWNED = ("easement", "right_of_way")
ZOOM = 17  # of the picture that a page without scripts shows around the point
LARGEST_PICTURE = 2000


class NoPoint(OneMapError):
    """The address names no point, or one that is no number."""


@dataclass(frozen=True)
class AreaLine:
    """One line of the answer: an area that covers the point, or (``hit`` is None) that none of a kind does."""

    kind_name: str
    hit: AreaHit | None

    @property
    def feet_away(self) -> int:
        """How far the area is, for a point that lies in a gap beside it."""
        return round(self.hit.distance_m / 0.3048) if self.hit else 0

    @property
    def label(self) -> str:
        """What to call the area: its name; of an easement or a right-of-way, whose it is."""
        if self.hit is None:
            return ""
        if self.hit.kind in OWNED and self.hit.attributes.get("owner"):
            return owner(str(self.hit.attributes["owner"]))
        return str(self.hit.attributes.get(f"name_{get_language()}") or self.hit.name or self.hit.code)


@dataclass(frozen=True)
class Here:
    """The answer. ``municipality`` is whose the place is where it lies outside; None where nobody knows."""

    lon: float
    lat: float
    on: date
    inside: bool
    parcel: ParcelHit | None
    street: StreetHit | None
    lines: tuple[AreaLine, ...]
    municipality: AreaHit | None

    @property
    def headline(self) -> str:
        """What people call the place: its address, else the block of the street beside it."""
        if self.parcel and self.parcel.situs_address:
            return readable(self.parcel.situs_address)
        return self.street_block or _("A place without an address")

    @property
    def street_block(self) -> str:
        if not self.street:
            return ""
        if self.street.block is None:
            return self.street.full_name
        return _("%(block)s block of %(street)s") % {"block": self.street.block, "street": self.street.full_name}

    @property
    def municipality_name(self) -> str:
        return AreaLine("", self.municipality).label

    @property
    def municipality_contact(self) -> str:
        return spoken(self.municipality.attributes, "contact") if self.municipality else ""

    @property
    def view(self) -> str:
        """The map around the point, as addresses name it."""
        return str(View(ZOOM, self.lat, self.lon))


def here_page(request: HttpRequest) -> HttpResponse:
    """GET /here: a page; with ``part=1`` only the answer, for the map's panel; JSON where the client prefers it."""
    jurisdiction = of_request(request)
    answer = what_is_here(jurisdiction, *point(request))
    if wants_json(request):
        return JsonResponse(as_json(jurisdiction, answer))
    around = View(ZOOM, answer.lat, answer.lon)
    pictures = {"small": around.frame(350, 300), "large": around.frame(700, 420)}
    template = "maps/here_answer.html" if request.GET.get("part") else "maps/here.html"
    return render(request, template, {"here": answer, "pictures": pictures})


def here_json(request: HttpRequest) -> JsonResponse:
    """GET /here.json"""
    jurisdiction = of_request(request)
    return JsonResponse(as_json(jurisdiction, what_is_here(jurisdiction, *point(request))))


def what_is_here(jurisdiction: Jurisdiction, lon: float, lat: float) -> Here:
    """The answer for a point (degrees) by the editions in force today, the day of the jurisdiction's own zone."""
    today = jurisdiction.local_date(timezone.now())
    found = place(jurisdiction, lon, lat, today)
    within = inside(jurisdiction, lon, lat)
    return Here(
        lon=lon,
        lat=lat,
        on=today,
        inside=within,
        parcel=found.parcel,
        street=found.street,
        lines=_lines(jurisdiction, found, within),
        municipality=found.area(MUNICIPALITY),
    )


def _lines(jurisdiction: Jurisdiction, found: Place, within: bool) -> tuple[AreaLine, ...]:
    """The areas that cover the point, kind by kind; within the city also that none of a kind without gaps does."""
    kinds = Kind.objects.filter(
        jurisdiction=jurisdiction, feature_class=Kind.FeatureClass.AREA, editions__is_current=True
    ).exclude(code__in=NOT_TOLD)
    lines: list[AreaLine] = []
    for kind in kinds:
        name = one_of(kind)
        hits = [AreaLine(name, hit) for hit in found.areas if hit.kind == kind.code]
        gap = [AreaLine(name, None)] if within and kind.gap_m and kind.on_map else []
        lines += hits or gap
    return tuple(lines)


def point(request: HttpRequest) -> tuple[float, float]:
    """lon, lat of a request: ``lat`` and ``lon``, or the pixel that was clicked on a picture (``at.x``, ``at.y``)."""
    query = request.GET
    if "at.x" in query:
        return _clicked(query.get("bbox", ""), query.get("size", ""), query["at.x"], query.get("at.y", ""))
    if not query.get("lat") or not query.get("lon"):
        raise NoPoint(_("Say where: the address needs lat and lon, in degrees (lat=36.0012&lon=-119.7201)."))
    lon, lat = _number("lon", query["lon"]), _number("lat", query["lat"])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise NoPoint(
            _("lat=%(lat)s, lon=%(lon)s is no place on Earth: lat goes from -90 to 90, lon from -180 to 180.")
            % {"lat": query["lat"][:40], "lon": query["lon"][:40]}
        )
    return lon, lat


def _clicked(bbox: str, size: str, x: str, y: str) -> tuple[float, float]:
    frame = Frame(*box(bbox), *picture_size(size))
    return frame.position(_number("at.x", x), _number("at.y", y))


def box(text: str) -> tuple[float, float, float, float]:
    """A ``bbox`` parameter: west, south, east, north in degrees; NoPoint with the form it should have."""
    parts = text.split(",")
    if len(parts) == 4:
        west, south, east, north = (_number("bbox", part) for part in parts)
        if -180 <= west < east <= 180 and -85 <= south < north <= 85:
            return west, south, east, north
    raise NoPoint(_("bbox=%(value)s is no box: write WEST,SOUTH,EAST,NORTH in degrees.") % {"value": text[:60]})


def picture_size(text: str) -> tuple[int, int]:
    """A ``size`` parameter: WIDTHxHEIGHT in pixels."""
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text)
    if not match or max(int(match[1]), int(match[2])) > LARGEST_PICTURE:
        raise NoPoint(
            _("size=%(value)s is no size of a picture: write WIDTHxHEIGHT, up to %(largest)s pixels.")
            % {"value": text[:20], "largest": LARGEST_PICTURE}
        )
    return int(match[1]), int(match[2])


def _number(name: str, text: str) -> float:
    # float() would take "nan", "inf" and "1_0" too.
    if not re.fullmatch(r"[+-]?\d{1,9}(\.\d{1,20})?", text.strip()):
        raise NoPoint(_("%(name)s=%(value)s is not a number of degrees.") % {"name": name, "value": text[:40]})
    return float(text)


def as_json(jurisdiction: Jurisdiction, here: Here) -> dict[str, Any]:
    """The answer for programs; days as YYYY-MM-DD, null for "since ever"."""
    return {
        "jurisdiction": jurisdiction.code,
        "lon": here.lon,
        "lat": here.lat,
        "on": here.on.isoformat(),
        "inside": here.inside,
        "parcel": _parcel_json(here.parcel),
        "street": _street_json(here.street),
        "areas": [_area_json(line.hit, line.kind_name) for line in here.lines if line.hit],
        "municipality": _municipality_json(here.municipality),
    }


def _parcel_json(parcel: ParcelHit | None) -> dict[str, Any] | None:
    if parcel is None:
        return None
    return {
        "parcel_number": parcel.parcel_number,
        "situs_address": parcel.situs_address,
        "land_use": parcel.land_use,
        "owner_class": parcel.owner_class,
        "stacked": parcel.stacked,
        "in_force_from": _day(parcel.in_force_from),
    }


def _street_json(street: StreetHit | None) -> dict[str, Any] | None:
    if street is None:
        return None
    return {
        "full_name": street.full_name,
        "block": street.block,
        "side": street.side,
        "distance_m": round(street.distance_m, 1),
        "in_force_from": _day(street.in_force_from),
    }


def _area_json(hit: AreaHit, kind_name: str) -> dict[str, Any]:
    return {
        "kind": hit.kind,
        "kind_name": kind_name,
        "code": hit.code,
        "name": hit.name,
        "method": hit.method,
        "distance_m": round(hit.distance_m, 1),
        "in_force_from": _day(hit.in_force_from),
    }


def _municipality_json(hit: AreaHit | None) -> dict[str, Any] | None:
    if hit is None:
        return None
    contact = ("contact", "telephone", "url")
    return {"code": hit.code, "name": hit.name, **{key: hit.attributes.get(key) for key in contact}}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
