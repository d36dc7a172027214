import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoserver_app.maps.mercator import Frame, frame_around, frame_at, to_degrees, to_pixels, whole_zoom

LON = st.floats(-179.9, 179.9)
LAT = st.floats(-84, 84)


@given(LON, LAT, st.floats(0, 20))
def test_degrees_go_to_pixels_and_back(lon: float, lat: float, zoom: float) -> None:
    back = to_degrees(*to_pixels(lon, lat, zoom), zoom)
    assert back == pytest.approx((lon, lat), abs=1e-9)


def test_the_world_is_256_pixels_wide_at_zoom_0() -> None:
    assert to_pixels(0, 0, 0) == pytest.approx((128, 128))
    assert to_pixels(-180, 85.0511, 0) == pytest.approx((0, 0), abs=1e-3)


@given(LON.filter(lambda lon: abs(lon) < 170), st.floats(-75, 75), st.floats(10, 19))
def test_a_picture_has_its_center_in_its_middle(lon: float, lat: float, zoom: float) -> None:
    frame = frame_at(lon, lat, zoom, 640, 480)
    assert frame.zoom == pytest.approx(zoom)
    assert frame.pixel(lon, lat) == pytest.approx((320, 240), abs=1e-3)
    assert frame.position(320, 240) == pytest.approx((lon, lat), abs=1e-8)


def test_north_is_up_and_east_is_right() -> None:
    frame = frame_at(-119.72, 36.0, 15, 640, 480)
    x, y = frame.pixel(-119.71, 36.01)
    assert x > 320
    assert y < 240


def test_a_box_is_shown_whole_with_its_margin() -> None:
    frame = frame_around((-119.75, 35.98, -119.68, 36.02), 800, 600, margin=0.1)
    left, top = frame.pixel(-119.75, 36.02)
    right, bottom = frame.pixel(-119.68, 35.98)
    assert left >= 80 - 1e-6 and right <= 720 + 1e-6
    assert top >= 60 - 1e-6 and bottom <= 540 + 1e-6
    assert left == pytest.approx(80) or top == pytest.approx(60)


def test_a_whole_zoom_is_the_largest_that_fits() -> None:
    box = (-119.75, 35.98, -119.68, 36.02)
    zoom = whole_zoom(box, 800, 600)
    assert zoom <= frame_around(box, 800, 600, margin=0.02).zoom < zoom + 1


def test_a_pixel_is_60_cm_wide_at_zoom_18_on_the_equator() -> None:
    frame = frame_at(0, 0, 18, 256, 256)
    assert frame.metres_per_pixel == pytest.approx(0.597, abs=0.001)
    assert Frame(-1, -1, 1, 1, 256, 256).metres_per_pixel == pytest.approx(2 * 111_319.49 / 256)
