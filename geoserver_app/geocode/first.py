"""The first locator: written addresses by address points, then by ranges along the streets; corners by real crossings.

It knows nothing of places' names, blocks or ZIP codes. One round trip for each way that is tried, none that writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import psycopg
import pyproj
import shapely
from django.db import connection
from psycopg.rows import namedtuple_row

from geoserver_app.geocode.written import Corner, HouseOn, Street, read
from layers.addresses import StreetName, display_name
from layers.models import Jurisdiction
from layers.srid import STORAGE_SRID

# Below this a street's name shares only chance letters with what was asked.
LEAST_SCORE = 0.6
# A house that a range promises but no address point confirms.
RANGE_WORTH = 0.85
# From the middle of the street to about where houses stand, in metres.
SETBACK_M = 15.0
# Crossings of one pair of streets nearer to each other than this are one corner with two carriageways (degrees).
SAME_CORNER = 0.0005
LARGEST_NUMBER = 9_999_999

Method = Literal["address_point", "range", "intersection"]


@dataclass(frozen=True)
class Candidate:
    """A place that a text may mean. ``lon``, ``lat`` in degrees (EPSG:4326); ``score`` from 0 to 1, best is 1."""

    label: str
    lon: float
    lat: float
    score: float
    method: Method


def locate(jurisdiction: Jurisdiction, text: str, *, on: date, limit: int = 5) -> list[Candidate]:
    """Places that a written address or corner may mean by the editions in force on a local day, best first.

    Case, accents, a missing type or direction and small slips do not matter. Empty where nothing fits.
    """
    asked = read(text)
    values = {"jurisdiction": jurisdiction.pk, "on": on, "least": LEAST_SCORE, "limit": limit}
    if isinstance(asked, Corner):
        return _corners(asked, values)[:limit]
    if asked is None or asked.number > LARGEST_NUMBER:
        return []
    points = _address_points(asked, values)
    if points and points[0].score >= 0.95:
        return points
    known = {point.label for point in points}
    ranges = [one for one in _ranges(asked, values) if one.label not in known]
    return sorted(points + ranges, key=lambda one: -one.score)[:limit]


def _address_points(asked: HouseOn, values: dict[str, Any]) -> list[Candidate]:
    rows = _rows("address_points", {**values, **_house(asked)})
    return [
        Candidate(_house_label(row.address_number, row.number_suffix, _name(row)), row.lon, row.lat, row.score,
                  "address_point")
        for row in rows
    ]  # fmt: skip


def _ranges(asked: HouseOn, values: dict[str, Any]) -> list[Candidate]:
    found: dict[str, Candidate] = {}
    for row in _rows("ranges", {**values, **_house(asked)}):
        label = _house_label(asked.number, asked.suffix, _name(row))
        lon, lat = _along(row, asked.number)
        found.setdefault(label, Candidate(label, lon, lat, row.score * RANGE_WORTH, "range"))
    return list(found.values())


def _corners(asked: Corner, values: dict[str, Any]) -> list[Candidate]:
    more = {**_street(asked.one), **_street(asked.other, "other_"), "limit": 40}
    found: list[Candidate] = []
    for row in _rows("corners", {**values, **more}):
        one = StreetName(row.pre_a, row.name_a, row.type_a, row.post_a)
        other = StreetName(row.pre_b, row.name_b, row.type_b, row.post_b)
        label = f"{display_name(one)} & {display_name(other)}"
        if not any(label == had.label and _is_near(had, row) for had in found):
            found.append(Candidate(label, row.lon, row.lat, row.score, "intersection"))
    return found


def _is_near(had: Candidate, row: Any) -> bool:
    return bool(abs(had.lon - row.lon) < SAME_CORNER and abs(had.lat - row.lat) < SAME_CORNER)


def _house(asked: HouseOn) -> dict[str, Any]:
    return {"number": asked.number, "suffix": asked.suffix, **_street(asked.street)}


def _street(street: Street, prefix: str = "") -> dict[str, Any]:
    return {
        f"{prefix}names": list(street.names),
        f"{prefix}type": street.post_type,
        f"{prefix}way": street.directional,
    }


def _name(row: Any) -> StreetName:
    return StreetName(row.pre_directional, row.street_name, row.post_type, row.post_directional)


def _house_label(number: int, suffix: str, street: StreetName) -> str:
    half = f" {suffix}" if "/" in suffix else suffix
    return f"{number}{half} {display_name(street)}"


def _along(row: Any, number: int) -> tuple[float, float]:
    """Where a number stands along a segment's side (in proportion), moved off the street; degrees."""
    line = shapely.get_parts(shapely.from_wkb(row.line))[0]
    share = 0.5 if row.first == row.last else (number - row.first) / (row.last - row.first)
    here = line.interpolate(share, normalized=True)
    near = max(share - 0.01, 0.0), min(share + 0.01, 1.0)
    before, after = (line.interpolate(at, normalized=True) for at in near)
    dx, dy = after.x - before.x, after.y - before.y
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    side = SETBACK_M if row.side == "left" else -SETBACK_M
    lon, lat = _out_of_plane(row.metric_srid).transform(here.x - dy / length * side, here.y + dx / length * side)
    return float(lon), float(lat)


@cache
def _out_of_plane(metric_srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(metric_srid, STORAGE_SRID, always_xy=True)


@cache
def _statement(name: str) -> str:
    folder = Path(__file__).parent
    score = (folder / "street_score.sql").read_text(encoding="utf-8")
    parts = [
        score.format(names=f"%({prefix}names)s::text[]", type=f"%({prefix}type)s::text", way=f"%({prefix}way)s::text")
        for prefix in ("", "other_")
    ]
    text = (folder / f"{name}.sql").read_text(encoding="utf-8")
    return text.format(score=parts[0], other_score=parts[1])


def _rows(name: str, values: dict[str, Any]) -> list[Any]:
    # The parameters are few and typed: a server-side prepared statement is planned once.
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection, row_factory=namedtuple_row) as cursor:
        return cursor.execute(_statement(name), values, prepare=True).fetchall()
