"""A place in the grid of Web Mercator tiles: whole steps at zoom 30, and both interleaved (Morton, Z-order)."""

import math
from dataclasses import dataclass

ZOOM = 30
STEPS = 1 << ZOOM
# Where Web Mercator's square ends (EPSG:3857): atan(sinh(pi)).
MAX_LAT = 85.051128779806592


@dataclass(frozen=True)
class GridPosition:
    """Column and row at zoom 30 (row 0 in the north), and their Morton code (x in the even bits)."""

    x: int
    y: int

    @property
    def morton(self) -> int:
        return _spread(self.x) | _spread(self.y) << 1


def grid_position(lon: float, lat: float) -> GridPosition:
    """The grid position of a point in degrees (EPSG:4326); the poles are moved to the edge of the square."""
    lat = max(-MAX_LAT, min(MAX_LAT, lat))
    x = (lon + 180.0) / 360.0
    y = (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0
    return GridPosition(_step(x), _step(y))


def _step(share: float) -> int:
    return max(0, min(STEPS - 1, int(share * STEPS)))


def _spread(value: int) -> int:
    """The bits of a number with a zero between each two (32 bits in, 64 out)."""
    value = (value | value << 16) & 0x0000FFFF0000FFFF
    value = (value | value << 8) & 0x00FF00FF00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F0F0F0F0F
    value = (value | value << 2) & 0x3333333333333333
    return (value | value << 1) & 0x5555555555555555
