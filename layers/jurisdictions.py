"""Making a jurisdiction out of an outline file: its box, its metre plane, its time zone."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pyproj
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info

from layers import files, geometry
from layers.crosswalk import Crosswalk
from layers.errors import BadFile, Conflict, NotFound
from layers.models import Jurisdiction
from layers.source import read
from layers.srid import STORAGE_SRID
from layers.transform import stated_crs, transformation

CRACK_M = 10.0


@dataclass(frozen=True)
class OutlineFile:
    """Where a jurisdiction's outline is to be read from; all features that ``where`` leaves are one outline."""

    path: Path
    layer: str | None = None
    where: str | None = None
    source_srid: int | None = None


def read_outline(outline: OutlineFile) -> shapely.MultiPolygon:
    """The outline of a file, dissolved, in degrees. BadFile where it has no polygons or they are broken."""
    with files.opened(outline.path, layer=outline.layer) as source:
        table = read(source, where=outline.where)
        crs = stated_crs(table.crs, table.stated, outline.source_srid)
        moved = transformation(crs)(geometry.of_table(table, Crosswalk())[0])
    polygons = moved[shapely.get_dimensions(moved) == 2]
    if not len(polygons):
        raise BadFile(f"{source.shown} has no polygons: an outline is one polygon or several.")
    bounds = shapely.total_bounds(polygons)
    if not (np.isfinite(bounds).all() and abs(bounds[[0, 2]]).max() <= 180 and abs(bounds[[1, 3]]).max() <= 90):
        raise BadFile(f"{source.shown} lies at {bounds.tolist()}, which are no degrees: say --source-srid.")
    broken = polygons[~shapely.is_valid(polygons)]
    if len(broken):
        raise BadFile(f"{source.shown} has a broken outline: {shapely.is_valid_reason(broken[0])}. Correct it.")
    whole = shapely.union_all(polygons)
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    return shapely.multipolygons([_without_cracks(part) for part in parts])


def _without_cracks(part: shapely.Polygon) -> shapely.Polygon:
    """A polygon (degrees) without holes thinner than CRACK_M: those that neighbors leave that do not quite meet."""
    scale = geometry.metres_per_degree(part.bounds[1])
    holes = [ring for ring in part.interiors if 2 * shapely.Polygon(ring).area / ring.length * scale >= CRACK_M]
    return shapely.Polygon(part.exterior, holes)


def metric_srid_of(outline: shapely.Geometry) -> int:
    """The EPSG code of the UTM zone on WGS 84 that the middle of an outline (degrees) lies in.

    UTM on WGS 84 rather than State Plane, because nothing then depends on a datum grid: the plane and the stored
    degrees have one datum. Its scale is off by at most 1 in 2,500 inside a zone, 4 cm in 100 m.
    """
    middle = shapely.centroid(outline)
    found = query_utm_crs_info("WGS 84", AreaOfInterest(middle.x, middle.y, middle.x, middle.y))
    if not found:
        raise BadFile(f"There is no metre plane for a place at {middle.x:.3f}, {middle.y:.3f} (beyond 80 S or 84 N).")
    return int(found[0].code)


def checked_time_zone(name: str) -> str:
    """The name of a time zone, as given. NotFound with similar names where there is none of it."""
    if name in available_timezones():
        return str(ZoneInfo(name))
    city = name.rpartition("/")[2].lower()[:4]
    alike = sorted(zone for zone in available_timezones() if city and city in zone.lower())[:5]
    hint = f" Did you mean {', '.join(alike)}?" if alike else ""
    raise NotFound(f"There is no time zone {name!r}; write it as America/Los_Angeles.{hint}")


def add_jurisdiction(
    code: str, *, name: str, time_zone: str, outline: OutlineFile, names: dict[str, str] | None = None
) -> Jurisdiction:
    """Stores a jurisdiction and returns it. Conflict where its code is taken; BadFile for an unusable outline."""
    if Jurisdiction.objects.filter(code=code).exists():
        raise Conflict(f"There is a jurisdiction {code!r} already; choose another code.")
    zone = checked_time_zone(time_zone)
    shape = read_outline(outline)
    return Jurisdiction.objects.create(
        code=code,
        name=name,
        names=names or {},
        time_zone=zone,
        metric_srid=metric_srid_of(shape),
        outline=_stored(shape),
    )


def _stored(shape: shapely.MultiPolygon) -> MultiPolygon:
    made = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=STORAGE_SRID)
    assert isinstance(made, MultiPolygon)  # noqa: S101  read_outline makes nothing else
    return made


def plane_name(srid: int) -> str:
    """The name of a metre plane for people: "WGS 84 / UTM zone 11N"."""
    return str(pyproj.CRS.from_epsg(srid).name)
