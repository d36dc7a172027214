"""What lies at a point on a day: areas of every kind, the ground parcel, the nearest street with its block."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import psycopg
import shapely
from django.db import connection
from psycopg.rows import namedtuple_row

from layers.addresses import block_number
from layers.errors import OneMapError
from layers.metric import plane_point, plane_point_sql
from layers.models import Jurisdiction

STREET_M = 150.0


class NotAPlace(OneMapError):
    """Numbers that are no longitude and latitude."""


@dataclass(frozen=True)
class AreaHit:
    """An area that a point counts to. ``method`` is "covers", or "bridged" where a gap of ``distance_m`` was crossed.

    ``in_force_from`` is the first day of the edition (None: since ever), ``in_force_to`` the day after its last.
    """

    kind: str
    edition: int
    in_force_from: date | None
    in_force_to: date | None
    area_id: int
    code: str
    slug: str
    name: str
    attributes: dict[str, Any]
    method: Literal["covers", "bridged"]
    distance_m: float


@dataclass(frozen=True)
class ParcelHit:
    """The ground parcel: of ``stacked`` ones that cover the point (condominiums), the one with the lowest number."""

    edition: int
    in_force_from: date | None
    parcel_id: int
    parcel_number: str
    situs_address: str
    land_use: str
    owner_class: str
    stacked: int


@dataclass(frozen=True)
class StreetHit:
    """The nearest named street, the side of it the point lies on (as its line runs) and that side's hundred block."""

    edition: int
    in_force_from: date | None
    centerline_id: int
    segment_id: str
    full_name: str
    road_class: str
    side: Literal["left", "right"]
    block: int | None
    distance_m: float


@dataclass(frozen=True)
class Place:
    """Everything the reference geography knows about a point on a day."""

    lon: float
    lat: float
    on: date
    areas: tuple[AreaHit, ...]
    parcel: ParcelHit | None
    street: StreetHit | None

    def area(self, kind: str) -> AreaHit | None:
        """The first area of a kind, or None: a gap is never filled in silence."""
        return next((hit for hit in self.areas if hit.kind == kind), None)


def place(jurisdiction: Jurisdiction, lon: float, lat: float, on: date) -> Place:
    """What lies at lon, lat (degrees, EPSG:4326) by the editions in force on a local day.

    One round trip where those are the current ones, two for days past.

    Borders belong to the area (``ST_Covers``); where areas of a kind overlap, the kind's policy decides. NotAPlace
    for numbers that are no position on Earth.
    """
    check_position(lon, lat)
    rows = _rows(
        {"jurisdiction": jurisdiction.pk, "lon": lon, "lat": lat, "on": on, "street_m": STREET_M},
    )
    found = {part: [row for row in rows if row.part == part] for part in ("parcel", "street")}
    return Place(
        lon=lon,
        lat=lat,
        on=on,
        areas=tuple(_area(row) for row in rows if row.part in {"area", "bridged"}),
        parcel=_parcel(found["parcel"][0]) if found["parcel"] else None,
        street=_street(found["street"][0], jurisdiction, lon, lat) if found["street"] else None,
    )


def check_position(lon: float, lat: float) -> None:
    """NotAPlace where lon, lat are not degrees on Earth; says so when they look swapped."""
    if -180 <= lon <= 180 and -90 <= lat <= 90:
        return
    swapped = " They look swapped: longitude comes first." if -180 <= lat <= 180 and -90 <= lon <= 90 else ""
    raise NotAPlace(f"Longitude {lon}, latitude {lat} is no place: use degrees, -180 to 180 and -90 to 90.{swapped}")


def inside(jurisdiction: Jurisdiction, lon: float, lat: float) -> bool:
    """True where a point (degrees) lies in the jurisdiction's outline or on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select ST_Covers(outline, ST_SetSRID(ST_MakePoint(%s, %s), 4326)) from layers_jurisdiction where id = %s",
            [lon, lat, jurisdiction.pk],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


@cache
def statement(name: str = "lookup") -> str:
    """The SQL of the look-up ("lookup") or of the one for days past ("lookup_past"), with the metre plane filled in."""
    text = Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
    return text.format(plane_point=plane_point_sql("%(lon)s::float8", "%(lat)s::float8", "j.metric_srid"))


def _rows(parameters: dict[str, Any]) -> list[Any]:
    # Django's own cursors paste values in, so that the plan is made anew each time (1 to 3 ms); a server-side
    # prepared statement on the same connection is planned once.
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection, row_factory=namedtuple_row) as cursor:
        rows: list[Any] = cursor.execute(statement(), parameters, prepare=True, binary=True).fetchall()
        if any(row.part == "past" for row in rows):
            return cursor.execute(statement("lookup_past"), parameters, prepare=True, binary=True).fetchall()
    return rows


def _area(row: Any) -> AreaHit:
    return AreaHit(
        kind=row.kind,
        edition=row.edition_id,
        in_force_from=row.in_force_from,
        in_force_to=row.in_force_to,
        area_id=row.feature_id,
        code=row.code,
        slug=row.slug,
        name=row.name,
        attributes=row.attributes,
        method="covers" if row.part == "area" else "bridged",
        distance_m=row.metres,
    )


def _parcel(row: Any) -> ParcelHit:
    return ParcelHit(
        edition=row.edition_id,
        in_force_from=row.in_force_from,
        parcel_id=row.feature_id,
        parcel_number=row.code,
        situs_address=row.name,
        land_use=row.attributes["land_use"],
        owner_class=row.attributes["owner_class"],
        stacked=row.stacked,
    )


def _street(row: Any, jurisdiction: Jurisdiction, lon: float, lat: float) -> StreetHit:
    side = side_of(shapely.from_wkb(row.line), plane_point(lon, lat, jurisdiction.metric_srid))
    return StreetHit(
        edition=row.edition_id,
        in_force_from=row.in_force_from,
        centerline_id=row.feature_id,
        segment_id=row.code,
        full_name=row.name,
        road_class=row.attributes["class"],
        side=side,
        block=_block(row.attributes, side),
        distance_m=row.metres,
    )


def _block(attributes: dict[str, Any], side: str) -> int | None:
    """The hundred block of the point's side; the other side's where this one has no numbers."""
    other = "left" if side == "right" else "right"
    own = block_number(*attributes[side])
    return own if own is not None else block_number(*attributes[other])


def side_of(line: shapely.Geometry, point: shapely.Point) -> Literal["left", "right"]:
    """On which side of a line (any plane) a point lies, as the line runs; a point on it counts as right."""
    part = min(shapely.get_parts(line), key=point.distance)
    along = part.project(point)
    # A short stretch around the nearest place stands for the line's direction there.
    before, after = part.interpolate(max(along - 1.0, 0.0)), part.interpolate(min(along + 1.0, part.length))
    cross = (after.x - before.x) * (point.y - before.y) - (after.y - before.y) * (point.x - before.x)
    return "left" if cross > 0 else "right"
