"""Rows of reference geography for tests, straight into the tables: each call makes one thing that is in force."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from psycopg.types.multirange import Int4Multirange
from psycopg.types.range import DateRange, Int4Range

from layers.models import (
    AddressPoint,
    AddressPointShape,
    Area,
    AreaShape,
    Asset,
    AssetShape,
    Centerline,
    CenterlineShape,
    Edition,
    Jurisdiction,
    Kind,
    Landmark,
    LandmarkShape,
    Parcel,
    ParcelShape,
)

METRIC_SRID = 32611  # UTM zone 11 north, where the invented city lies
LOADED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def box(west: float, south: float, east: float, north: float) -> Polygon:
    """A rectangle in degrees, SRID 4326."""
    polygon = Polygon.from_bbox((west, south, east, north))
    polygon.srid = 4326
    return polygon


def jurisdiction(code: str = "almendra", outline: Polygon | None = None, **fields: Any) -> Jurisdiction:
    """A jurisdiction; its outline is a box of about 9 x 11 km unless given."""
    outline = outline or box(-119.77, 35.95, -119.67, 36.05)
    given = {"name": code.title(), "time_zone": "America/Los_Angeles", "metric_srid": METRIC_SRID, **fields}
    return Jurisdiction.objects.create(code=code, outline=MultiPolygon(outline, srid=4326), **given)


def kind(place: Jurisdiction, code: str, feature_class: str = "area", geometry: str = "polygon", **fields: Any) -> Kind:
    """A kind with an edition that is in force since ever."""
    made = Kind.objects.create(
        jurisdiction=place, code=code, feature_class=feature_class, geometry=geometry,
        **{"name": code.title(), **fields},
    )  # fmt: skip
    edition(made)
    return made


def edition(of: Kind, *, current: bool = True) -> Edition:
    """The next edition of a kind; the current one takes the place of the one before, which ends as a draft."""
    if current:
        Edition.objects.filter(kind=of).update(is_current=False, state=Edition.State.WITHDRAWN, in_force=None)
    return Edition.objects.create(
        kind=of, seq=of.editions.count() + 1, source="drawn by hand", source_sha256="0" * 64, source_crs="EPSG:4326",
        loaded_at=LOADED_AT, is_current=current, state=Edition.State.ACTIVE if current else Edition.State.DRAFT,
        in_force=DateRange(None, None) if current else None,
    )  # fmt: skip


def area(of: Kind, code: str, geom: GEOSGeometry, name: str | None = None, **fields: Any) -> AreaShape:
    """An area and its shape."""
    thing, _ = Area.objects.get_or_create(
        kind=of, code=code, defaults={"jurisdiction": of.jurisdiction, "slug": code.lower()}
    )
    return AreaShape.objects.create(area=thing, name=code if name is None else name, **_shape(of, geom, fields))


def parcel(of: Kind, number: str, geom: Polygon, **fields: Any) -> ParcelShape:
    """A parcel and its shape."""
    thing, _ = Parcel.objects.get_or_create(kind=of, parcel_number=number, defaults={"jurisdiction": of.jurisdiction})
    return ParcelShape.objects.create(parcel=thing, **_shape(of, MultiPolygon(geom, srid=4326), fields))


def street(of: Kind, segment: str, geom: GEOSGeometry, name: str, **fields: Any) -> CenterlineShape:
    """A street segment and its shape; ``road_class`` is local unless given."""
    thing, _ = Centerline.objects.get_or_create(kind=of, segment_id=segment, defaults={"jurisdiction": of.jurisdiction})
    plane = geom.transform(of.jurisdiction.metric_srid, clone=True)
    plane.srid = 0
    return CenterlineShape.objects.create(centerline=thing, full_name=name, plane=plane, **_shape(of, geom, fields))


def address(of: Kind, number: int, point: Point, **fields: Any) -> AddressPointShape:
    """An address point with a house number."""
    thing = AddressPoint.objects.create(
        kind=of, address_id=str(AddressPoint.objects.count()), jurisdiction=of.jurisdiction
    )
    return AddressPointShape.objects.create(
        address_point=thing, address_number=number, full_address=f"{number} Main St", **_shape(of, point, fields)
    )


def asset(of: Kind, asset_id: str, point: Point, **fields: Any) -> AssetShape:
    """An asset on a point."""
    thing = Asset.objects.create(kind=of, asset_id=asset_id, jurisdiction=of.jurisdiction)
    return AssetShape.objects.create(asset=thing, **_shape(of, point, fields))


def landmark(of: Kind, code: str, geom: GEOSGeometry, **fields: Any) -> LandmarkShape:
    """A landmark by name."""
    thing = Landmark.objects.create(kind=of, code=code, jurisdiction=of.jurisdiction)
    return LandmarkShape.objects.create(landmark=thing, **{"name": code, **_shape(of, geom, fields)})


def _shape(of: Kind, geom: GEOSGeometry, fields: dict[str, Any]) -> dict[str, Any]:
    content = hashlib.blake2b(bytes(geom.ewkb) + repr(sorted(fields.items())).encode(), digest_size=16).digest()
    since = of.editions.filter(is_current=True).values_list("seq", flat=True).first() or 1
    return {
        "kind": of,
        "geom": geom,
        "in_force": True,
        "content_hash": content,
        "editions": Int4Multirange([Int4Range(since, None)]),
        **fields,
    }
