"""Every part of the form by buttons and a drawn map alone."""

import re
from typing import Any

import pytest

from geoserver_app.maps.mercator import Frame
from tests.link.squared import at
from tests.report.conftest import Hall, photo_file, picture

FAR = "14/36.00400/-119.71500"
NEAR = "18/36.00400/-119.71500"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def field(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', text(page))
    assert found is not None, name
    return found[1]


def test_a_press_on_the_picture_sets_the_pin_where_it_was_pressed(hall: Hall) -> None:
    page = hall.post(do=None, lon="", lat="", view=NEAR, **{"pin_middle.x": "320", "pin_middle.y": "220"})
    assert (float(field(page, "lon")), float(field(page, "lat"))) == pytest.approx((-119.715, 36.004), abs=1e-5)
    assert field(page, "view") == NEAR and float(field(page, "accuracy")) == 5.0


def test_a_press_from_far_brings_the_map_nearer_and_is_less_exact(hall: Hall) -> None:
    page = hall.post(do=None, lon="", lat="", view=FAR, **{"pin_narrow.x": "172", "pin_narrow.y": "170"})
    assert field(page, "view").startswith("17/") and float(field(page, "accuracy")) > 40


@pytest.mark.parametrize(("move", "expected"), [("in", "15/36.00400/-119.71500"), ("out", "13/36.00400/-119.71500")])
def test_buttons_zoom(hall: Hall, move: str, expected: str) -> None:
    assert field(hall.post(do=None, move=move, view=FAR), "view") == expected


def test_buttons_move_the_map(hall: Hall) -> None:
    north = field(hall.post(do=None, move="north", view=FAR), "view")
    assert float(north.split("/")[1]) > 36.004


def test_an_address_is_found_and_chosen(hall: Hall) -> None:
    page = hall.post(do="find", lon="", lat="", address="151 Main St")
    choice = re.search(r'name="choose" value="([^"]+)"', text(page))
    assert choice is not None
    chosen = hall.post(do=None, lon="", lat="", address="151 Main St", choose=choice[1])
    west, east = at(100, 500)[0], at(500, 500)[0]
    assert west < float(field(chosen, "lon")) < east
    assert field(chosen, "address") == choice[1].split(",", 3)[3]


def test_an_address_that_is_not_found_may_be_sent_as_it_was_written(hall: Hall) -> None:
    wanted = {"lon": "", "lat": "", "address": "9999 Nowhere Ln"}
    page = hall.post(**wanted)
    assert page.status_code == 422 and "We do not find this address" in text(page)
    assert hall.post(as_written="1", **wanted).status_code == 303
    (stored,) = hall.stored()
    assert (stored.geom, stored.address_text, stored.in_review) == (None, "9999 Nowhere Ln", True)


def test_the_pin_is_taken_away(hall: Hall) -> None:
    page = hall.post(do="unpin", address="Main St")
    assert field(page, "lon") == "" and field(page, "address") == "Main St"


def test_a_service_is_searched_and_picked(hall: Hall) -> None:
    page = hall.post(do="search", service="", q="broken branch", description="kept")
    assert re.search(r'id="results">.*?value="tree"', text(page), re.S)
    picked = hall.post(do=None, pick="tree", q="broken branch", description="kept")
    assert field(picked, "service") == "tree" and "kept" in text(picked)


def test_the_place_of_a_photo_is_offered_and_a_photo_taken_out(hall: Hall) -> None:
    files = [photo_file(content=picture((36, 119)))]
    page = hall.client.post("/report/", {**hall.form(do="refresh"), "photos": files})
    choice = re.search(r'name="choose" value="(-119\.0+,36\.0+,photo,)"', text(page))
    assert choice is not None
    chosen = hall.post(do=None, choose=choice[1], photo=field(page, "photo"))
    assert field(chosen, "method") == "photo" and float(field(chosen, "lon")) == -119.0
    dropped = hall.post(do=None, drop=field(page, "photo"), photo=field(page, "photo"))
    assert 'name="photo" value' not in text(dropped)


def test_a_link_says_beforehand_what_and_where(hall: Hall) -> None:
    lon, lat = at(400, 500)
    page = hall.client.get("/report/", {"service": "tree", "lon": lon, "lat": lat})
    assert field(page, "service") == "tree" and float(field(page, "lon")) == pytest.approx(lon)


def test_the_drawn_map_of_the_page_is_one_that_the_server_draws(hall: Hall) -> None:
    page = hall.client.get("/report/")
    box, size = re.findall(r"map\.svg\?bbox=([^&]+)&amp;size=([0-9x]+)", text(page))[0]
    width, height = size.split("x")
    assert Frame(*map(float, box.split(",")), int(width), int(height)).zoom > 9
