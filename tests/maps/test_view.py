import pytest

from geoserver_app.maps import style
from geoserver_app.maps.area_style import styles
from geoserver_app.maps.contents import natural
from geoserver_app.maps.view import NotAView, View, around, parse
from geoserver_app.maps.words import readable


def test_a_view_is_written_as_it_is_read() -> None:
    assert str(parse("15/36.00120/-119.72010")) == "15/36.00120/-119.72010"


@pytest.mark.parametrize("text", ["", "15", "15/36", "9/36/-119", "20/36/-119", "15/91/0", "15/0/181", "15/nan/0"])
def test_what_is_no_view_is_refused_with_the_form_it_should_have(text: str) -> None:
    with pytest.raises(NotAView, match="ZOOM/LATITUDE/LONGITUDE"):
        parse(text)


def test_zooming_stops_at_the_nearest_and_the_farthest() -> None:
    assert View(19, 36, -119).zoomed(1).zoom == 19
    assert View(10, 36, -119).zoomed(-1).zoom == 10


def test_moving_right_is_moving_east() -> None:
    assert View(15, 36, -119).moved(100, 0).lon > -119
    assert View(15, 36, -119).moved(0, 100).lat < 36


def test_a_box_decides_zoom_and_center() -> None:
    view = around((-119.75, 35.98, -119.68, 36.02), 640, 480)
    assert view.zoom == 13
    assert view.lon == pytest.approx(-119.715)


def test_areas_are_sorted_as_people_count() -> None:
    assert sorted(["Beat 10", "Beat 2", "beat 1"], key=natural) == ["beat 1", "Beat 2", "Beat 10"]


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("442 MULBERRY STREET", "442 Mulberry Street"),
        ("12 W 2ND AVENUE", "12 W 2nd Avenue"),
        ("9 Olive St", "9 Olive St"),
        ("", ""),
    ],
)
def test_addresses_in_capitals_are_shown_as_people_write_them(kept: str, read: str) -> None:
    assert readable(kept) == read


def test_kinds_of_a_citys_own_get_styles_that_differ() -> None:
    found = styles(["beat", "leaf_pickup", "sweeping"])
    assert len({(one.color, one.hatching) for one in found.values()}) == 3


def test_widths_grow_between_their_stops_and_stay_outside_of_them() -> None:
    stops = [[12, 1], [14, 5], [16, 9]]
    assert [style.width_at(stops, zoom) for zoom in (10, 12, 14, 16, 18)] == [1, 1, 5, 9, 9]
    assert 1 < style.width_at(stops, 13) < 3  # slower at first: exponential


def test_street_names_are_asked_for_from_the_zoom_where_their_streets_are_drawn() -> None:
    for street in style.STREETS:
        assert not street["label"] or street["label"]["from"] >= street["from"]
