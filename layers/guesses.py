"""In which coordinate system a layer's numbers would fall on its jurisdiction: what to try where a file says none."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from layers.geometry import Geometries
from layers.srid import STORAGE_SRID, TILE_SRID
from layers.transform import Box

_SAMPLE = 50
_MOST = 3
# Systems whose places differ by less are one guess: realizations of NAD83 differ by a metre, zones by kilometres.
_ALIKE_DEGREES = 0.0005
_SHARE = 0.5
# Which of several alike to name: the plain datum is what files are in that do not say.
_PREFERRED = ("WGS 84", "NAD83 /", "NAD27 /", "NAD83(2011)", "NAD83(NSRS2007)", "NAD83(HARN)")


@dataclass(frozen=True)
class Guess:
    """A system by its EPSG code, and where the middle of the layer would lie in it (degrees)."""

    srid: int
    name: str
    lon: float
    lat: float


def told(geometries: Geometries, home: Box, place: str) -> str:
    """The guesses for a layer in its own numbers in a sentence, "" where no system puts it on its jurisdiction."""
    found = likely(geometries, home)
    if not found:
        return ""
    systems = " or ".join(f"--source-srid {guess.srid} ({guess.name})" for guess in found)
    return f"Its numbers would fall on {place} with {systems}: try it, and look at the place."


def likely(geometries: Geometries, home: Box) -> list[Guess]:
    """The systems in which at least half of a layer falls into a jurisdiction's box (degrees), the likeliest first."""
    sample = _middles(geometries)
    if not len(sample):
        return []
    guesses: list[Guess] = []
    for crs in _candidates(home):
        lon, lat = _moved(crs, sample)
        inside = (lon >= home[0]) & (lon <= home[2]) & (lat >= home[1]) & (lat <= home[3])
        if inside.mean() < _SHARE:
            continue
        guess = Guess(int(crs.to_epsg() or 0), crs.name, float(np.median(lon)), float(np.median(lat)))
        if not any(_alike(guess, other) for other in guesses):
            guesses.append(guess)
    return guesses[:_MOST]


def _middles(geometries: Geometries) -> NDArray[np.float64]:
    """Middles of the boxes of some features, as x and y."""
    there = geometries[~(shapely.is_missing(geometries) | shapely.is_empty(geometries))]
    bounds = shapely.bounds(there[:: max(1, len(there) // _SAMPLE)])
    middles: NDArray[np.float64] = (bounds[:, :2] + bounds[:, 2:]) / 2
    return middles[np.isfinite(middles).all(axis=1)]


def _candidates(home: Box) -> Iterator[pyproj.CRS]:
    """Degrees, Web Mercator, then every projected system whose area of use touches a box (degrees)."""
    yield pyproj.CRS.from_epsg(STORAGE_SRID)
    yield pyproj.CRS.from_epsg(TILE_SRID)
    found = query_crs_info("EPSG", PJType.PROJECTED_CRS, AreaOfInterest(*home), contains=False)
    for info in sorted(found, key=lambda one: (_preference(one.name), int(one.code))):
        if not info.deprecated:
            yield pyproj.CRS.from_epsg(int(info.code))


def _preference(name: str) -> int:
    for rank, begins in enumerate(_PREFERRED):
        if name.startswith(begins):
            return rank
    return len(_PREFERRED)


def _moved(crs: pyproj.CRS, xy: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sample in degrees of the system's own datum, which is near enough for a guess; infinite where it has none."""
    if crs.is_geographic:
        return xy[:, 0], xy[:, 1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a PROJ string leaves out of a system
            lon, lat = pyproj.Proj(crs)(xy[:, 0], xy[:, 1], inverse=True)
    except pyproj.exceptions.ProjError:
        nowhere = np.full(len(xy), np.inf)
        return nowhere, nowhere
    return lon, lat


def _alike(one: Guess, other: Guess) -> bool:
    return abs(one.lon - other.lon) < _ALIKE_DEGREES and abs(one.lat - other.lat) < _ALIKE_DEGREES
