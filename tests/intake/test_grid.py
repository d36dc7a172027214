"""Where a place lies in the grid of tiles: the numbers that tiles and clusters are cut by."""

import math

from hypothesis import given
from hypothesis import strategies as st

from layers.mercator import STEPS, ZOOM, grid_position

lons = st.floats(-180, 180, exclude_max=True)
lats = st.floats(-85, 85)


@given(lons, lats, st.integers(0, 22))
def test_the_first_bits_are_the_tile(lon: float, lat: float, zoom: int) -> None:
    at = grid_position(lon, lat)
    x = (lon + 180) / 360 * 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom
    assert abs((at.x >> (ZOOM - zoom)) - int(x)) <= (x % 1 < 1e-6 or x % 1 > 1 - 1e-6)
    assert abs((at.y >> (ZOOM - zoom)) - int(y)) <= (y % 1 < 1e-6 or y % 1 > 1 - 1e-6)


@given(lons, lats)
def test_the_morton_code_holds_both(lon: float, lat: float) -> None:
    at = grid_position(lon, lat)
    bits = f"{at.morton:064b}"
    assert (int(bits[1::2], 2), int(bits[0::2], 2)) == (at.x, at.y)


def test_poles_and_the_date_line_stay_in_the_square() -> None:
    for lon, lat in ((180.0, 0.0), (-180.0, 90.0), (0.0, -90.0)):
        at = grid_position(lon, lat)
        assert 0 <= at.x < STEPS
        assert 0 <= at.y < STEPS
