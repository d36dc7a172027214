"""Places of the register in words and outlines: what they are called, what happened there, how they are drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, PointOnSurface
from django.contrib.gis.geos import Point
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geoserver_app.analyse.models import Lot
from geoserver_app.analyse.repeat import PlaceKey, PlaceKind, RepeatPlace, services_of
from geoserver_app.catalog.models import Service
from geoserver_app.intake.queries import ServiceRequestQuerySet
from geoserver_app.maps.words import land_use, owner, readable
from layers.models import AssetShape, CenterlineShape, ParcelShape

_DIGITS = 6  # of a degree, in outlines
# The ground of a condominium stands under the address of its first unit.
_UNIT = re.compile(r"\s+(unit|apt|apartment|ste|suite|no|#)[.\s]*\S+$", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """What a place is called, what is said beside it, its number, a point of it (degrees) and its outline."""

    title: str
    detail: str
    code: str
    point: Point | None = None
    outline: Any = None
    units: int = 1


@dataclass(frozen=True)
class ShownPlace:
    """A place of the register; ``services`` are names with their incidents, the most frequent first."""

    place: RepeatPlace
    named: Named
    services: tuple[tuple[str, int], ...]

    @property
    def kind(self) -> PlaceKind:
        return self.place.key.kind

    @property
    def more(self) -> int:
        """How many services there are beyond the first three."""
        return max(0, len(self.services) - 3)


def shown(
    places: Sequence[RepeatPlace], requests: ServiceRequestQuerySet, language: str, *, outlines: bool = True
) -> list[ShownPlace]:
    """The places with their names and services; some five queries whatever their number."""
    keys = [one.key for one in places]
    names = named(keys, language, outlines=outlines)
    counted = services_of(requests, keys)
    services = Service.objects.in_bulk({pk for rows in counted.values() for pk, _number in rows})
    return [
        ShownPlace(
            one, names[one.key], tuple((services[pk].name_in(language), number) for pk, number in counted[one.key])
        )
        for one in places
    ]


def named(keys: Iterable[PlaceKey], language: str, *, outlines: bool = True) -> dict[PlaceKey, Named]:
    """What places are called. A parcel that is gone is called as it was last."""
    ids: dict[PlaceKind, list[int]] = {kind: [] for kind in PlaceKind}
    for key in keys:
        ids[key.kind].append(key.pk)
    found = {
        PlaceKind.PARCEL: _parcels(ids[PlaceKind.PARCEL], outlines),
        PlaceKind.SEGMENT: _segments(ids[PlaceKind.SEGMENT], outlines),
        PlaceKind.ASSET: _assets(ids[PlaceKind.ASSET], language, outlines),
    }
    return {
        PlaceKey(kind, pk): found[kind].get(pk, Named(_("A place that is no longer drawn"), "", str(pk)))
        for kind, wanted in ids.items()
        for pk in wanted
    }


def _shapes(shapes: QuerySet[Any], parent: str, ids: Sequence[int], outlines: bool) -> Mapping[int, Any]:
    """The shape in force of each feature, else its last one."""
    if not ids:
        return {}
    rows = shapes.filter(**{f"{parent}__in": ids}).select_related(parent).defer("geom")
    rows = rows.annotate(middle=PointOnSurface("geom"))
    if outlines:
        rows = rows.annotate(outline=AsGeoJSON("geom", precision=_DIGITS))
    ordered = rows.order_by(F("in_force").asc(nulls_first=True), "pk")
    return {getattr(row, f"{parent}_id"): row for row in ordered}


def _named(row: Any, title: str, detail: str, code: str, units: int = 1) -> Named:
    """With the middle, and the outline if any, that _shapes() put to a shape."""
    outline = json.loads(row.outline) if getattr(row, "outline", None) else None
    return Named(title, detail, code, row.middle, outline, units)


def _parcels(ids: Sequence[int], outlines: bool) -> dict[int, Named]:
    rows = _shapes(ParcelShape.objects.all(), "parcel", ids, outlines)
    units = dict(Lot.objects.filter(ground__in=ids, parcel=F("ground")).values_list("parcel", "units"))
    return {pk: _parcel(row, units.get(pk, 1)) for pk, row in rows.items()}


def _parcel(row: ParcelShape, units: int) -> Named:
    number = row.parcel.parcel_number
    words = [
        _("Parcel %s") % number,
        ngettext("%s unit on this ground", "%s units on this ground", units) % units if units > 1 else "",
        land_use(row.land_use) if row.land_use else "",
        owner(row.owner_class) if row.owner_class not in {"", "private"} else "",
    ]
    address = _UNIT.sub("", row.situs_address) if units > 1 else row.situs_address
    title = readable(address) or words[0]
    detail = " · ".join(word for word in words if word and word != title)
    return _named(row, title, detail, number, units)


def _segments(ids: Sequence[int], outlines: bool) -> dict[int, Named]:
    rows = _shapes(CenterlineShape.objects.defer("plane"), "centerline", ids, outlines)
    return {pk: _segment(row) for pk, row in rows.items()}


def _segment(row: CenterlineShape) -> Named:
    sides = (row.from_address_left, row.to_address_left, row.from_address_right, row.to_address_right)
    numbers = [number for number in sides if number]
    street = readable(row.full_name) or _("Street without a name")
    block = _("%(street)s, %(first)s to %(last)s") % {
        "street": street, "first": min(numbers), "last": max(numbers),
    } if numbers else street  # fmt: skip
    code = row.centerline.segment_id
    return _named(row, block, _("Block of a street"), code)


def _assets(ids: Sequence[int], language: str, outlines: bool) -> dict[int, Named]:
    rows = _shapes(AssetShape.objects.select_related("kind"), "asset", ids, outlines)
    return {pk: _asset(row, language) for pk, row in rows.items()}


def _asset(row: AssetShape, language: str) -> Named:
    code = row.asset.asset_id
    kind = row.kind.name_in(language)
    said = [word for word in (kind if row.name else "", owner(row.owner_class)) if word]
    title = row.name or f"{kind} {code}"
    return _named(row, title, " · ".join(said), code)


def drawn(places: Iterable[ShownPlace], address: Any) -> list[dict[str, Any]]:
    """The places for the page's map: point and outline as GeoJSON, how many incidents, where a press leads."""
    return [
        {
            "id": f"{one.kind.value}-{one.place.key.pk}",
            "kind": one.kind.value,
            "incidents": one.place.incidents,
            "title": one.named.title,
            "lat": round(one.named.point.y, _DIGITS),
            "lon": round(one.named.point.x, _DIGITS),
            "outline": one.named.outline,
            "address": address(one),
        }
        for one in places
        if one.named.point is not None
    ]
