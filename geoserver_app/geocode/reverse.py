"""What a point is called: the nearest address, its block, the streets that it lies between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import psycopg
import shapely
from django.db import connection
from psycopg.rows import namedtuple_row

from geoserver_app.geocode.by_house import house_label
from geoserver_app.geocode.statements import statement
from layers.addresses import StreetName, display_name
from layers.lookup import check_position, place
from layers.metric import plane_point_sql
from layers.models import Jurisdiction

# How far an address may be from the point that it names, and a street, in metres; where cross streets are looked for.
HOUSE_M, STREET_M, CROSS_M = 60.0, 150.0, 500.0
# A point this near to a crossing is at the corner.
CORNER_M = 20.0


@dataclass(frozen=True)
class Called:
    """Names of a point today, each empty where there is none. Distances in metres.

    ``address`` is the nearest address point's within 60 m, or the situs of the parcel that the point lies in; ``block``
    "400 block of Olive Ave"; ``cross_streets`` those before and behind it on ``street``; ``corner`` if it lies at one.
    """

    lon: float
    lat: float
    address: str = ""
    address_m: float | None = None
    parcel_number: str = ""
    street: str = ""
    street_m: float | None = None
    block: str = ""
    block_number: int | None = None
    corner: str = ""
    cross_streets: tuple[str, ...] = ()


def reverse_geocode(jurisdiction: Jurisdiction, lon: float, lat: float, *, on: date) -> Called:
    """What a point (degrees, EPSG:4326) is called. NotAPlace for numbers that are no position on Earth.

    ``on`` is the local day: parcels and blocks are by its editions; addresses and corners are today's.
    """
    check_position(lon, lat)
    lies = place(jurisdiction, lon, lat, on)
    rows = _rows(jurisdiction, lon, lat)
    house = next((row for row in rows if row.part == "house"), None)
    street = next((row for row in rows if row.part == "street"), None)
    crossings = [row for row in rows if row.part == "crossing"]
    block = lies.street.block if lies.street else None
    name = street.label if street else ""
    situs = lies.parcel.situs_address if lies.parcel else ""
    return Called(
        lon, lat,
        address=_address(house) if house else situs,
        address_m=round(house.metres, 1) if house else 0.0 if situs else None,
        parcel_number=lies.parcel.parcel_number if lies.parcel else "",
        street=name,
        street_m=round(street.metres, 1) if street else None,
        block=f"{block} block of {name}" if block is not None and name else "",
        block_number=block,
        corner=_corner(street, crossings),
        cross_streets=_beside(street, crossings),
    )  # fmt: skip


def _address(house: Any) -> str:
    name = StreetName(house.pre_directional, house.street_name, house.post_type, house.post_directional)
    return house_label(house.number, house.suffix, display_name(name))


def _corner(street: Any, crossings: list[Any]) -> str:
    near = min(crossings, key=lambda row: (row.metres, row.label), default=None)
    return f"{street.label} & {near.label}" if near is not None and near.metres <= CORNER_M else ""


def _beside(street: Any, crossings: list[Any]) -> tuple[str, ...]:
    """The nearest crossing on either side along the street's own direction at the point."""
    if street is None:
        return ()
    here = shapely.Point(street.x, street.y)
    line = min(shapely.get_parts(shapely.from_wkb(street.line)), key=here.distance)
    along = line.project(here)
    before, after = line.interpolate(max(along - 5, 0)), line.interpolate(min(along + 5, line.length))
    dx, dy = after.x - before.x, after.y - before.y
    found: dict[bool, tuple[float, str]] = {}
    for row in crossings:
        ahead = (row.x - street.x) * dx + (row.y - street.y) * dy
        one = (row.metres, row.label)
        if (ahead > 0) not in found or one < found[ahead > 0]:
            found[ahead > 0] = one
    names = [found[side][1] for side in (False, True) if side in found]
    return tuple(dict.fromkeys(names))


@cache
def _statement() -> str:
    point = plane_point_sql("%(lon)s::float8", "%(lat)s::float8", "j.metric_srid")
    return statement("reverse").replace("{plane_point}", point)


def _rows(jurisdiction: Jurisdiction, lon: float, lat: float) -> list[Any]:
    values = {"jurisdiction": jurisdiction.pk, "lon": lon, "lat": lat, "house_m": HOUSE_M, "street_m": STREET_M,
              "cross_m": CROSS_M}  # fmt: skip
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection, row_factory=namedtuple_row) as cursor:
        return cursor.execute(_statement(), values, prepare=True).fetchall()
