"""The only place that turns metres into SQL.

Geometry is stored in degrees (EPSG:4326), where a metre has no fixed length, so everything that is measured lies a
second time in the metre plane of its jurisdiction (``Jurisdiction.metric_srid``, stored with SRID 0). The point that
is asked about is moved into that plane once per query; columns are never transformed, so their indexes serve.
"""

from functools import cache
from typing import Any

import numpy as np
import pyproj
import shapely
from django.contrib.gis.geos import Point
from django.db.models import BooleanField, F, FloatField, Func, Value
from django.db.models.expressions import Combinable
from numpy.typing import NDArray

from layers.srid import PLANE_SRID, STORAGE_SRID

# Whether a longitude can be moved into the plane of a jurisdiction. That is a UTM zone (jurisdictions.metric_srid_of):
# the equator a quarter of the world away from its meridian has no place in it, and PROJ raises for that.
IN_REACH = "cosd({lon} - (mod({srid}, 100) * 6 - 183)) >= 0.5"
# A point given as lon, lat (degrees) in the plane of a jurisdiction; for .sql files, filled with str.format. What is
# out of reach (60 degrees) is put where nothing else is; no place stays none.
PLANE_POINT = (
    f"ST_SetSRID(case when not {IN_REACH} then ST_MakePoint(1e8, 1e8)"
    f" else ST_Transform(ST_SetSRID(ST_MakePoint({{lon}}, {{lat}}), {STORAGE_SRID}), {{srid}}) end, {PLANE_SRID})"
)


def plane_point_sql(lon: str, lat: str, srid: str) -> str:
    """SQL for a point in the metre plane; the arguments are SQL too (parameters or columns), never values."""
    return PLANE_POINT.format(lon=lon, lat=lat, srid=srid)


def in_reach_sql(lon: str, srid: str) -> str:
    """SQL for whether a point can be moved into the metre plane; the arguments are SQL too."""
    return IN_REACH.format(lon=lon, srid=srid)


def plane_point(lon: float, lat: float, metric_srid: int) -> shapely.Point:
    """A point (degrees) in the metre plane, in Python: the same place as plane_point_sql gives."""
    return shapely.Point(_into_plane(metric_srid).transform(lon, lat))


def into_plane(geometries: NDArray[Any], metric_srid: int) -> NDArray[Any]:
    """Geometries (degrees) moved into the metre plane, in Python: the same places as ST_Transform gives."""
    transformer = _into_plane(metric_srid)
    return np.asarray(
        shapely.transform(geometries, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))),
        dtype=object,
    )


def out_of_plane(geometries: Any, metric_srid: int) -> Any:
    """Geometries (one or an array) of the metre plane as degrees."""
    transformer = _into_plane(metric_srid)
    return shapely.transform(
        geometries, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))
    )


@cache
def _into_plane(metric_srid: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(STORAGE_SRID, metric_srid, always_xy=True)


class PlanePoint(Func):
    """A lon, lat point (degrees) moved into the plane with an EPSG number of metres."""

    template = PLANE_POINT.format(lon="%(lon)s", lat="%(lat)s", srid="%(srid)s")

    def __init__(self, point: Point, metric_srid: int) -> None:
        super().__init__(lon=f"{point.x:.10f}", lat=f"{point.y:.10f}", srid=int(metric_srid))


class WithinM(Func):
    """True where a plane column lies at most a number of metres from a point; uses the column's GiST index."""

    function = "ST_DWithin"
    output_field = BooleanField()


class DistanceM(Func):
    """Metres between a plane column and a point, along the plane (0.04 % of scale at most inside a UTM zone)."""

    function = "ST_Distance"
    output_field = FloatField()


def within_m(column: str, point: Point, radius_m: float, *, metric_srid: int) -> WithinM:
    """A filter: ``CenterlineShape.objects.filter(within_m("plane", pin, 30, metric_srid=32611))``."""
    return WithinM(_column(column), PlanePoint(point, metric_srid), Value(float(radius_m)))


def distance_m(column: str, point: Point, *, metric_srid: int) -> DistanceM:
    """An annotation in metres. Filter with within_m first: a distance alone reads every row."""
    return DistanceM(_column(column), PlanePoint(point, metric_srid))


def _column(name: str) -> Combinable | Any:
    return F(name)
