"""What a rate is of: residents, street, parcels of each square of the city, from the layers in force.

Residents are known for areas alone (the attribute ``population``, of census tracts where there are any, else of
neighborhoods): those of an area are spread evenly over its address points, or over its parcels where there are none. Of
a street each piece of at most 20 m counts in the square of its middle. A parcel counts where its middle lies; stacked
ones count each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.db import connection

from geoserver_app.density.cells import Ints
from geoserver_app.published.clusters import Floats
from layers.errors import OneMapError
from layers.mercator import MAX_LAT
from layers.models import AreaShape

LEVEL = 18  # of the smallest squares (heat.py)
_EARTH_M = 6_371_008.8  # mean radius (IUGG)
_PIECE_M = 20
_TRACTS = ("census_tract", "neighborhood")


class NoGround(OneMapError):
    """A rate of something that is not known here."""


@dataclass(frozen=True)
class Ground:
    """How much there is in each square of LEVEL. A rate is n times ``per`` by the amount, of ``least`` at the least."""

    cells: Ints
    amounts: Floats
    per: float
    least: float

    def of(self, level: int, cells: Ints) -> Floats:
        """The amounts in cells (Morton codes, ascending) of a level that is not finer than LEVEL."""
        codes, which = np.unique(self.cells >> 2 * (LEVEL - level), return_inverse=True)
        sums = np.bincount(which, weights=self.amounts, minlength=codes.size)
        at = np.searchsorted(codes, cells)
        at[at == codes.size] = 0
        found: Floats = np.where(codes[at] == cells, sums[at], 0.0) if codes.size else np.zeros(cells.size)
        return found


def ground(rate: str, jurisdiction_id: int, epoch: int) -> Ground:
    """What a rate of RATES is of, in the editions of an epoch. NoGround for another one, or without those layers."""
    if rate not in RATES:
        raise NoGround(f"rate={rate[:40]} is not possible: one of {', '.join(RATES)}.")
    found = _ground(rate, jurisdiction_id, epoch)
    if not found.cells.size:
        raise NoGround(f"There is no rate by {rate} here: the layer that says how many there are is not loaded.")
    return found


@lru_cache(maxsize=12)
def _ground(rate: str, jurisdiction_id: int, epoch: int) -> Ground:
    # The epoch is part of the key: it grows with every activation and roll back.
    per, least, amounts = RATES[rate]
    lonlat, numbers = amounts(jurisdiction_id)
    return Ground(_codes(lonlat), numbers, per, least)


def _residents(jurisdiction_id: int) -> tuple[Floats, Floats]:
    for kind in _TRACTS:
        ours = AreaShape.objects.filter(kind__jurisdiction_id=jurisdiction_id, kind__code=kind, in_force=True)
        areas = [one for one in ours if isinstance(one.attributes.get("population"), int)]
        if areas:
            break
    else:
        return np.zeros((0, 2)), np.zeros(0)
    homes = _points(_ADDRESSES, jurisdiction_id)
    homes = homes if len(homes) else _parcels(jurisdiction_id)[0]
    tree = shapely.STRtree([shapely.from_wkb(bytes(one.geom.wkb)) for one in areas])
    point, area = tree.query(shapely.points(homes), predicate="covered_by")
    _, first = np.unique(point, return_index=True)  # of two that share a border the first
    point, area = point[first], area[first]
    share = np.array([one.attributes["population"] for one in areas]) / np.maximum(
        np.bincount(area, minlength=len(areas)), 1
    )  # fmt: skip
    return homes[point], share[area]


def _streets(jurisdiction_id: int) -> tuple[Floats, Floats]:
    lines = shapely.from_wkb([bytes(row[0]) for row in _rows(_STREETS, jurisdiction_id)])
    if not len(lines):
        return np.zeros((0, 2)), np.zeros(0)
    degree_m = np.pi * _EARTH_M / 180
    pieces = shapely.segmentize(lines, _PIECE_M / degree_m)
    corners, of = shapely.get_coordinates(pieces, return_index=True)
    inside = of[1:] == of[:-1]
    start, end = corners[:-1][inside], corners[1:][inside]
    middle = (start + end) / 2
    east = (end - start)[:, 0] * np.cos(np.radians(middle[:, 1]))
    return middle, np.hypot(east, (end - start)[:, 1]) * degree_m / 1000


def _parcels(jurisdiction_id: int) -> tuple[Floats, Floats]:
    points = _points(_PARCELS, jurisdiction_id)
    return points, np.ones(len(points))


# By name: what it is multiplied by, the least that a square must have, and how much there is where (degrees).
RATES: dict[str, tuple[float, float, Callable[[int], tuple[Floats, Floats]]]] = {
    "residents": (1000.0, 10.0, _residents),
    "street_km": (1.0, 0.05, _streets),
    "parcels": (1.0, 3.0, _parcels),
}


def _codes(lonlat: Floats) -> Ints:
    """Morton codes at LEVEL of places in degrees (EPSG:4326)."""
    lat = np.radians(np.clip(lonlat[:, 1], -MAX_LAT, MAX_LAT))
    count = 1 << LEVEL
    x = ((lonlat[:, 0] + 180) / 360 * count).astype(np.int64).clip(0, count - 1)
    y = ((1 - np.arcsinh(np.tan(lat)) / np.pi) / 2 * count).astype(np.int64).clip(0, count - 1)
    codes = np.zeros(len(lonlat), dtype=np.int64)
    for bit in range(LEVEL):
        codes |= (x >> bit & 1) << 2 * bit | (y >> bit & 1) << 2 * bit + 1
    return codes


def _points(statement: str, jurisdiction_id: int) -> Floats:
    found = _rows(statement, jurisdiction_id)
    return np.array(found, dtype=float).reshape(-1, 2)


def _rows(statement: str, jurisdiction_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [jurisdiction_id])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


_ADDRESSES = """
select st_x(s.geom), st_y(s.geom) from layers_addresspointshape s join layers_kind k on k.id = s.kind_id
where k.jurisdiction_id = %s and s.in_force
"""
_PARCELS = """
select st_x(p.at), st_y(p.at)
from layers_parcelshape s join layers_kind k on k.id = s.kind_id
cross join lateral (select st_centroid(s.geom) as at) p
where k.jurisdiction_id = %s and s.in_force
"""
_STREETS = """
select st_asbinary(s.geom) from layers_centerlineshape s join layers_kind k on k.id = s.kind_id
where k.jurisdiction_id = %s and s.in_force
"""
