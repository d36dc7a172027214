"""Web Mercator as slippy maps use it: pixels of a world that is 256 * 2^zoom of them wide."""

import math
from dataclasses import dataclass

TILE = 256
LIMIT = 85.0511


def to_pixels(lon: float, lat: float, zoom: float) -> tuple[float, float]:
    """World pixels, from the left and from the top, of a position in degrees."""
    size = TILE * 2**zoom
    sine = math.sin(math.radians(max(-LIMIT, min(LIMIT, lat))))
    return (lon + 180) / 360 * size, (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * size


def to_degrees(x: float, y: float, zoom: float) -> tuple[float, float]:
    """lon, lat of a place in world pixels."""
    size = TILE * 2**zoom
    return x / size * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / size))))


@dataclass(frozen=True)
class Frame:
    """A picture's ground: its box in degrees and its size in pixels, both in one proportion."""

    west: float
    south: float
    east: float
    north: float
    width: int
    height: int

    @property
    def zoom(self) -> float:
        """The display zoom at which a pixel of the picture is a pixel of the map."""
        return math.log2(self.width * 360 / (TILE * (self.east - self.west)))

    @property
    def bbox(self) -> tuple[float, float, float, float]:
        return self.west, self.south, self.east, self.north

    def pixel(self, lon: float, lat: float) -> tuple[float, float]:
        """The picture's pixel of a position in degrees; may lie outside."""
        left, top = to_pixels(self.west, self.north, self.zoom)
        x, y = to_pixels(lon, lat, self.zoom)
        return x - left, y - top

    def position(self, x: float, y: float) -> tuple[float, float]:
        """lon, lat of a pixel of the picture."""
        left, top = to_pixels(self.west, self.north, self.zoom)
        return to_degrees(left + x, top + y, self.zoom)

    @property
    def metres_per_pixel(self) -> float:
        """Ground metres of a pixel in the middle of the picture, on a sphere of 6378137 m."""
        middle = math.radians((self.south + self.north) / 2)
        return 2 * math.pi * 6378137 * math.cos(middle) / (TILE * 2**self.zoom)


def frame_at(lon: float, lat: float, zoom: float, width: int, height: int) -> Frame:
    """The frame of a size around a position at a zoom."""
    x, y = to_pixels(lon, lat, zoom)
    west, north = to_degrees(x - width / 2, y - height / 2, zoom)
    east, south = to_degrees(x + width / 2, y + height / 2, zoom)
    return Frame(west, south, east, north, width, height)


def frame_around(bbox: tuple[float, float, float, float], width: int, height: int, margin: float = 0.04) -> Frame:
    """The frame of a size that shows a whole box (degrees) with a margin around it, as large as it fits."""
    west, south, east, north = bbox
    left, top = to_pixels(west, north, 0)
    right, bottom = to_pixels(east, south, 0)
    room = 1 - 2 * margin
    scale = min(width * room / max(right - left, 1e-9), height * room / max(bottom - top, 1e-9))
    lon, lat = to_degrees((left + right) / 2, (top + bottom) / 2, 0)
    return frame_at(lon, lat, math.log2(scale), width, height)


def whole_zoom(bbox: tuple[float, float, float, float], width: int, height: int) -> int:
    """The largest whole zoom at which a box fits into a size."""
    return math.floor(frame_around(bbox, width, height, margin=0.02).zoom + 1e-9)
