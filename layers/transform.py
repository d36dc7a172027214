"""From a file's coordinate system to longitude and latitude, by the best known operation or not at all."""

import warnings
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.transformer import AreaOfInterest, TransformerGroup

from layers.errors import BadFile
from layers.srid import STORAGE_SRID

# NAD83 to WGS 84 is known to 4 m in general and that is what every city's files rest on; NAD27 without its grids is
# off by 7 to 10 m, which is another house.
MAX_ACCURACY_M = 5.0
# How far outside the jurisdiction's own box a layer may reach: counties and their districts do, wrong systems land
# hundreds of kilometres away.
NEARBY_DEGREES = 1.0

Box = tuple[float, float, float, float]


class NoSystem(BadFile):
    """A file does not say its coordinate system, and nobody else has."""


@dataclass(frozen=True)
class Transformation:
    """How coordinates become longitude and latitude. ``accuracy_m`` is EPSG's figure for it, 0 where nothing moves.

    ``missing`` says in words which better operation lacks its grid on this machine, or is empty.
    """

    source: pyproj.CRS
    description: str
    accuracy_m: float
    missing: str
    transformer: pyproj.Transformer | None

    @property
    def source_name(self) -> str:
        """The source system as an authority's code with its name where it has one."""
        code = self.source.to_authority()
        return f"{':'.join(code)} {self.source.name}" if code else self.source.name

    def __call__(self, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        """The same geometries (x, y; None stays None) in longitude, latitude."""
        if self.transformer is None:
            return geometries
        return np.asarray(shapely.transform(geometries, self._move), dtype=object)

    def _move(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        assert self.transformer is not None  # noqa: S101  called only by __call__
        lon, lat = self.transformer.transform(xy[:, 0], xy[:, 1])
        return np.column_stack((lon, lat))


def transformation(
    source: pyproj.CRS, near: Box | None = None, *, max_accuracy_m: float = MAX_ACCURACY_M
) -> Transformation:
    """The best operation from a system to WGS 84 for a place (west, south, east, north; None: anywhere).

    BadFile where only a ballpark operation is there, or the best one lacks its datum grid and the next is worse than
    ``max_accuracy_m``.
    """
    if source.equals(pyproj.CRS.from_epsg(STORAGE_SRID), ignore_axis_order=True):
        return Transformation(source, "none", 0.0, "", None)
    if not (source.is_projected or source.is_geographic or source.is_bound):
        raise BadFile(f"{source.name} is no system of places on Earth. State another one with --source-srid.")
    group = _operations(source, near)
    missing = _missing(group)
    if not group.transformers:
        raise BadFile(f"There is no exact way from {source.name} to WGS 84 here. {missing}".strip())
    best = group.transformers[0]
    if best.accuracy < 0 or best.accuracy > max_accuracy_m:
        known = f"only to {best.accuracy:g} m" if best.accuracy >= 0 else "to an unknown accuracy"
        raise BadFile(
            f"{source.name} can be brought to WGS 84 {known} on this machine; {max_accuracy_m:g} m is asked for. "
            f"{missing} Convert the file to WGS 84 where the grid is, or accept it with --max-accuracy."
        )
    return Transformation(source, best.description, best.accuracy, missing, best)


def _operations(source: pyproj.CRS, near: Box | None) -> TransformerGroup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # says that a grid is missing; it is said in our own words
        return TransformerGroup(
            source,
            STORAGE_SRID,
            always_xy=True,
            area_of_interest=AreaOfInterest(*near) if near else None,
            allow_ballpark=False,
        )


def _missing(group: TransformerGroup) -> str:
    """Which better operation lacks its grid, in a sentence; "" where the best one is available."""
    if group.best_available or not group.unavailable_operations:
        return ""
    better = group.unavailable_operations[0]
    grids = ", ".join(grid.short_name for grid in better.grids if not grid.available)
    return f"A better one ({better.name}, {better.accuracy:g} m) needs the grid {grids}, which is not installed."


def stated_crs(crs: pyproj.CRS | None, stated: bool, source_srid: int | None) -> pyproj.CRS:
    """The system to read a file in: what it states, or ``source_srid`` where it states none.

    NoSystem where neither is there, BadFile where both are and differ. GeoJSON without a crs member may be overruled.
    """
    if source_srid is None:
        if crs is None:
            raise NoSystem(
                "The file does not say its coordinate system (a Shapefile: it has no .prj). Ask who made it, then say "
                "--source-srid with its EPSG code."
            )
        return crs
    try:
        wanted = pyproj.CRS.from_epsg(source_srid)
    except pyproj.exceptions.CRSError as error:
        raise BadFile(f"--source-srid {source_srid} is no EPSG code of a coordinate system.") from error
    if crs is not None and stated and not crs.equals(wanted, ignore_axis_order=True):
        same = crs.to_epsg(min_confidence=25) == source_srid
        if not same:
            raise BadFile(f"The file states {crs.name}, not EPSG:{source_srid}. Leave --source-srid out.")
    return wanted


def check_extent(bounds: Box, home: Box, place: str) -> None:
    """BadFile where a layer (bounds in degrees) does not lie at or near a jurisdiction (its box in degrees).

    Says which mistake it looks like: axes swapped, or coordinates of a projected system taken for degrees.
    """
    if _near(bounds, home):
        return
    west, south, east, north = bounds
    told = f"The layer lies at {west:.4f}, {south:.4f} to {east:.4f}, {north:.4f}, not at {place}."
    if _near((south, west, north, east), home):
        raise BadFile(f"{told} Its axes look swapped: longitude must come first.")
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raise BadFile(f"{told} These are no degrees: say the system they are in with --source-srid.")
    raise BadFile(f"{told} Wrong file, or wrong coordinate system (--source-srid)?")


def _near(bounds: Box, home: Box) -> bool:
    touches = bounds[0] <= home[2] and bounds[2] >= home[0] and bounds[1] <= home[3] and bounds[3] >= home[1]
    around = (
        home[0] - NEARBY_DEGREES,
        home[1] - NEARBY_DEGREES,
        home[2] + NEARBY_DEGREES,
        home[3] + NEARBY_DEGREES,
    )
    inside = bounds[0] >= around[0] and bounds[1] >= around[1] and bounds[2] <= around[2] and bounds[3] <= around[3]
    return touches and inside
