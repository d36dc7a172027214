"""Where a row says that a request is: two columns, or one text that holds both, in degrees or in another system."""

from __future__ import annotations

import re
from collections.abc import Mapping as Values
from dataclasses import dataclass, field
from math import isfinite

import pyproj
import shapely

from geoserver_app.past.mapping import Mapping
from geoserver_app.past.rule import Pick, Row
from layers.errors import BadFile
from layers.models import Jurisdiction
from layers.srid import STORAGE_SRID
from layers.transform import NEARBY_DEGREES, transformation

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
# What lies farther from the city than this is no place of a request in it.
FAR_DEGREES = NEARBY_DEGREES


@dataclass
class Places:
    """Reads places for one city, and counts what they look like: axes that are swapped show only over many rows."""

    mapping: Mapping
    place: Jurisdiction
    located: int = 0
    swapped: int = 0
    _box: tuple[float, float, float, float] = field(init=False)
    _transformer: pyproj.Transformer | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        west, south, east, north = self.place.outline.extent
        self._box = (west - FAR_DEGREES, south - FAR_DEGREES, east + FAR_DEGREES, north + FAR_DEGREES)
        if self.mapping.srid != STORAGE_SRID:
            try:
                system = pyproj.CRS.from_epsg(self.mapping.srid)
            except pyproj.exceptions.CRSError as error:
                raise BadFile(f"place.srid {self.mapping.srid} is no EPSG code of a coordinate system.") from error
            self._transformer = transformation(system, (west, south, east, north)).transformer

    def read(self, picks: Values[str, Pick], row: Row) -> tuple[float | None, float | None, tuple[str, str] | None]:
        """Longitude and latitude, or none; and why a place that was given is none, with its words."""
        given = self._numbers(picks, row)
        if isinstance(given, str):
            return None, None, ("unreadable_place", given[:120]) if given else None
        x, y = given
        if x == 0 and y == 0:
            return None, None, ("place_zero", "0, 0")
        lon, lat = (x, y) if self._transformer is None else self._transformer.transform(x, y)
        self.located += 1
        if self._is_near(lon, lat):
            return round(lon, 9), round(lat, 9), None
        self.swapped += self._is_near(lat, lon)
        return None, None, ("place_far_away", f"{x:g}, {y:g}")

    def accuracy(self, picks: Values[str, Pick], row: Row) -> float | None:
        """How exactly the place is known, in metres; None where it is not told."""
        read = picks.get("accuracy_m")
        found = _NUMBER.fullmatch(read(row)) if read else None
        return abs(float(found.group())) if found else None

    def check(self) -> None:
        """BadFile where most places would lie in the city with their axes the other way round."""
        if self.located >= 10 and self.swapped > self.located / 2:
            raise BadFile(
                f"{self.swapped} of {self.located} places lie in {self.place} only if longitude and latitude are"
                " swapped: exchange them in the mapping."
            )

    def _numbers(self, picks: Values[str, Pick], row: Row) -> tuple[float, float] | str:
        """x and y; or the text that holds none, which is empty where nothing was given."""
        if "lon" in picks and "lat" in picks:
            x, y = picks["lon"](row), picks["lat"](row)
            if x and y:
                return _pair(x, y, f"{x}, {y}")
        text = picks["text"](row) if "text" in picks else ""
        return _in_text(text) if text else ""

    def _is_near(self, lon: float, lat: float) -> bool:
        west, south, east, north = self._box
        return west <= lon <= east and south <= lat <= north


def _pair(x: str, y: str, words: str) -> tuple[float, float] | str:
    try:
        pair = float(x), float(y)
    except ValueError:
        return words
    return pair if all(isfinite(one) for one in pair) else words


def _in_text(text: str) -> tuple[float, float] | str:
    """Of "POINT (lon lat)" as WKT has it; of "(lat, lon)" and every other pair as people write it."""
    if "POINT" in text.upper():
        try:
            point = shapely.from_wkt(text)
        except shapely.errors.GEOSException:
            return text
        return (point.x, point.y) if isinstance(point, shapely.Point) and not point.is_empty else text
    numbers = _NUMBER.findall(text)
    return _pair(numbers[1], numbers[0], text) if len(numbers) == 2 else text
