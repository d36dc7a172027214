"""Geometry of a whole layer at once: from WKB or columns, flattened, of the type that its kind is drawn in."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from layers import pairs
from layers.crosswalk import Crosswalk
from layers.errors import BadFile
from layers.mapping import text_of
from layers.models import Kind
from layers.source import SourceTable
from layers.tangles import is_tangled
from layers.wkb import parsed

Geometries = NDArray[Any]
_LON_NAMES = ("lon", "lng", "long", "longitude", "x", "point_x")
_LAT_NAMES = ("lat", "latitude", "y", "point_y")
_DIMENSION = {Kind.Geometry.POINT: 0, Kind.Geometry.LINE: 1, Kind.Geometry.POLYGON: 2}
_MULTI = {
    GeometryType.MULTIPOINT,
    GeometryType.MULTILINESTRING,
    GeometryType.MULTIPOLYGON,
    GeometryType.GEOMETRYCOLLECTION,
}


def metres_per_degree(latitudes: Any) -> Any:
    """Metres in a degree at latitudes, between those of latitude and of longitude: for the size of slivers only."""
    return 111_320.0 * np.sqrt(np.cos(np.radians(latitudes)))


def of_table(table: SourceTable, crosswalk: Crosswalk) -> tuple[Geometries, int]:
    """The geometries of a layer (None where there is none), in its own system, x and y only; how many had more.

    A table without geometry takes them from the columns the crosswalk names (lon and lat, or wkt), else from columns
    that are called so.
    """
    if crosswalk.wkt or crosswalk.lon or crosswalk.lat or not any(wkb is not None for wkb in table.wkb):
        found = _of_columns(table, crosswalk)
        if found is not None:
            return _flat(found)
        if not table.spatial:
            raise BadFile(
                "The table has no geometry, and no columns that are longitude and latitude, a pair of them, or WKT: "
                f"name them in a crosswalk (lon, lat, wkt). The columns are: {', '.join(table.columns) or 'none'}."
            )
    geometries, surfaces = parsed(table.wkb)
    if surfaces:
        table.notices.append(f"{surfaces} surfaces of patches (TIN, multipatch) became the ground that they cover.")
    return _flat(geometries)


def _flat(geometries: Any) -> tuple[Geometries, int]:
    """Geometries without heights and measures, and how many had some."""
    read = np.atleast_1d(np.asarray(geometries, dtype=object))
    more = int(np.sum(shapely.has_z(read) | shapely.has_m(read)))
    return (np.atleast_1d(np.asarray(shapely.force_2d(read), dtype=object)) if more else read), more


def _of_columns(table: SourceTable, crosswalk: Crosswalk) -> Geometries | None:
    wkt = _column(table, crosswalk.wkt, ("wkt", "geometry", "the_geom"))
    if wkt is not None and not crosswalk.lon:
        texts = np.array([text_of(value) or None for value in wkt], dtype=object)
        return np.asarray(shapely.from_wkt(texts, on_invalid="ignore"), dtype=object)
    lon, lat = _column(table, crosswalk.lon, _LON_NAMES), _column(table, crosswalk.lat, _LAT_NAMES)
    if lon is None or lat is None:
        return pairs.of_columns(table.columns)
    xy = np.array([[_degrees(x), _degrees(y)] for x, y in zip(lon, lat, strict=True)], dtype=float).reshape(-1, 2)
    known = np.isfinite(xy).all(axis=1)
    points = np.full(len(xy), None, dtype=object)
    points[known] = shapely.points(xy[known])
    return points


def _column(table: SourceTable, named: str | None, usual: tuple[str, ...]) -> list[Any] | None:
    wanted = (named.lower(),) if named else usual
    for name, values in table.columns.items():
        if name.lower() in wanted:
            return values
    if named:
        raise BadFile(f"There is no column {named!r}. The columns are: {', '.join(table.columns)}.")
    return None


def _degrees(value: Any) -> float:
    text = text_of(value)
    try:
        return float(text.replace(",", ".") if "." not in text else text)  # 34,05 where commas are decimal
    except ValueError:
        return float("nan")


def conform(geometries: Geometries, geometry: str) -> tuple[Geometries, NDArray[np.bool_]]:
    """Geometries in the form their kind is stored in, and which do not fit it (left as they were).

    Polygons become multipolygons; a multipoint, a multiline or a collection of one part becomes that part.
    """
    types = shapely.get_type_id(geometries)
    single = np.isin(types, list(_MULTI)) & (shapely.get_num_geometries(geometries) == 1)
    keep_multi = geometry == Kind.Geometry.POLYGON
    formed = geometries.copy()
    if not keep_multi:
        formed[single & (types != GeometryType.MULTIPOLYGON)] = shapely.get_geometry(
            geometries[single & (types != GeometryType.MULTIPOLYGON)], 0
        )
    formed = _promoted(formed)
    return formed, ~_fits(formed, geometry)


def _promoted(geometries: Geometries) -> Geometries:
    types = shapely.get_type_id(geometries)
    formed = geometries.copy()
    polygons = np.flatnonzero(types == GeometryType.POLYGON)
    if len(polygons):
        formed[polygons] = shapely.multipolygons(geometries[polygons], indices=np.arange(len(polygons)))
    rings = np.flatnonzero(types == GeometryType.LINEARRING)
    for row in rings:
        formed[row] = shapely.linestrings(shapely.get_coordinates(geometries[row]))
    return formed


def _fits(geometries: Geometries, geometry: str) -> NDArray[np.bool_]:
    """None counts as fitting: it is another fault."""
    types = shapely.get_type_id(geometries)
    missing = types == GeometryType.MISSING
    if geometry == Kind.Geometry.ANY:
        return np.asarray(missing | (types != GeometryType.GEOMETRYCOLLECTION))
    allowed = {
        Kind.Geometry.POINT: [GeometryType.POINT],
        Kind.Geometry.LINE: [GeometryType.LINESTRING, GeometryType.MULTILINESTRING],
        Kind.Geometry.POLYGON: [GeometryType.MULTIPOLYGON],
    }[Kind.Geometry(geometry)]
    return np.asarray(missing | np.isin(types, allowed))


def repaired(one: shapely.Geometry, geometry: str) -> shapely.Geometry | None:
    """A valid geometry of the kind's type that covers the same ground, or None where that cannot be had.

    Follows shapely's "structure" method: rings are made sound first, then holes taken out of shells.
    """
    if is_tangled(one):
        return None
    whole = shapely.make_valid(one, method="structure", keep_collapsed=False)
    dimension = _DIMENSION.get(Kind.Geometry(geometry))
    parts = [part for part in _leaves(whole) if dimension is None or shapely.get_dimensions(part) == dimension]
    if not parts:
        return None
    made = _gathered(parts)
    if made.is_empty:
        return None
    formed, unfit = conform(np.array([made], dtype=object), geometry)
    return None if unfit[0] or not formed[0].is_valid else formed[0]


def _gathered(parts: list[Any]) -> Any:
    """One geometry out of parts of one type."""
    gather = {0: shapely.multipoints, 1: shapely.multilinestrings, 2: shapely.multipolygons}
    return gather[int(shapely.get_dimensions(parts[0]))](parts)


def _leaves(one: shapely.Geometry) -> list[shapely.Geometry]:
    if shapely.get_type_id(one) not in _MULTI:
        return [one]
    return [leaf for part in shapely.get_parts(one) for leaf in _leaves(part)]


def canonical(geometries: Geometries) -> Geometries:
    """Polygons with rings in one order and direction; lines and points as they are, because their direction counts."""
    polygonal = shapely.get_dimensions(geometries) == 2
    formed = geometries.copy()
    with np.errstate(invalid="ignore"):  # of a vertex that is no number
        formed[polygonal] = shapely.normalize(geometries[polygonal])
    return formed
