"""The part of the map that an address names: ``map=ZOOM/LAT/LON``, as the page writes it while it is moved."""

import re
from dataclasses import dataclass

from geoserver_app.maps import style
from geoserver_app.maps.mercator import Frame, frame_at, to_degrees, to_pixels, whole_zoom
from layers.errors import OneMapError
from layers.models import Jurisdiction

_VIEW = re.compile(r"(\d{1,2})/(-?\d{1,2}(?:\.\d+)?)/(-?\d{1,3}(?:\.\d+)?)")


class NotAView(OneMapError):
    """A ``map`` parameter that is no view."""


@dataclass(frozen=True)
class View:
    """A whole zoom and a center in degrees."""

    zoom: int
    lat: float
    lon: float

    def __str__(self) -> str:
        return f"{self.zoom}/{self.lat:.5f}/{self.lon:.5f}"

    def frame(self, width: int, height: int) -> Frame:
        return frame_at(self.lon, self.lat, self.zoom, width, height)

    def zoomed(self, by: int) -> "View":
        """The same place, nearer or farther, within the zooms there are."""
        low, high = style.DISPLAY_ZOOMS
        return View(max(low, min(high, self.zoom + by)), self.lat, self.lon)

    def moved(self, right_px: float, down_px: float) -> "View":
        x, y = to_pixels(self.lon, self.lat, self.zoom)
        lon, lat = to_degrees(x + right_px, y + down_px, self.zoom)
        return View(self.zoom, lat, lon)


def parse(text: str) -> View:
    """The view of a ``map`` parameter; NotAView with the form it should have."""
    match = _VIEW.fullmatch(text)
    low, high = style.DISPLAY_ZOOMS
    if not match or not low <= int(match[1]) <= high or abs(float(match[2])) > 85 or abs(float(match[3])) > 180:
        raise NotAView(
            f"map={text[:60]} is no part of the map: write ZOOM/LATITUDE/LONGITUDE with a zoom of {low} to {high}, "
            "for example map=15/36.0012/-119.7201."
        )
    return View(int(match[1]), float(match[2]), float(match[3]))


def whole_city(jurisdiction: Jurisdiction, width: int, height: int) -> View:
    """The view that shows the whole jurisdiction in a picture of a size (pixels)."""
    return around(jurisdiction.outline.extent, width, height)


def around(bbox: tuple[float, float, float, float], width: int, height: int) -> View:
    """The view at the largest whole zoom that shows a box (degrees) in a size (pixels)."""
    low, high = style.DISPLAY_ZOOMS
    zoom = max(low, min(high, whole_zoom(bbox, width, height)))
    lon, lat = to_degrees(*_middle(bbox), 0)
    return View(zoom, lat, lon)


def _middle(bbox: tuple[float, float, float, float]) -> tuple[float, float]:
    left, top = to_pixels(bbox[0], bbox[3], 0)
    right, bottom = to_pixels(bbox[2], bbox[1], 0)
    return (left + right) / 2, (top + bottom) / 2
