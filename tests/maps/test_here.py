"""What is here, through its address: as a page, as a part of one, as JSON."""

import random

import pytest
from django.test import Client

from geoserver_app.maps.mercator import frame_at
from layers.models import Jurisdiction
from tests import factories
from tests.layers.town import at

LON, LAT = at(4.5, 4.4)


def test_the_parcel_is_named_by_its_address(client: Client, town: Jurisdiction) -> None:
    page = client.get("/here", {"lat": LAT, "lon": LON}).content.decode()
    assert "120 Almond Street" in page
    assert "Parcel 421-1" in page
    assert "Single-family home, privately owned" in page
    assert "first edition" not in page  # no kind of area covers the place


def test_beside_the_parcels_the_block_of_the_street_names_the_place(client: Client, town: Jurisdiction) -> None:
    lon, lat = at(6, 4.99)
    page = client.get("/here", {"lat": lat, "lon": lon}).content.decode()
    assert "100 block of Almond Street" in page
    assert "Not on a parcel" in page


def test_a_random_point_keeps_its_axes_through_every_door(client: Client, town: Jurisdiction) -> None:
    # Trap 4: longitude and latitude swapped somewhere would not come back as they went in.
    chance = random.Random(4)
    for _ in range(20):
        lon, lat = round(chance.uniform(-119.72, -119.71), 6), round(chance.uniform(36.0, 36.01), 6)
        told = client.get("/here.json", {"lat": lat, "lon": lon}).json()
        assert (told["lon"], told["lat"]) == (lon, lat)
        asked = client.get("/here", {"lat": lat, "lon": lon}, headers={"Accept": "application/json"}).json()
        assert (asked["lon"], asked["lat"]) == (lon, lat)
        page = client.get("/here", {"lat": lat, "lon": lon, "part": 1}).content.decode()
        assert f"{lat:.5f}, {lon:.5f}" in page


def test_a_pixel_of_the_picture_is_the_place_it_shows(client: Client, town: Jurisdiction) -> None:
    frame = frame_at(LON, LAT, 17, 640, 480)
    box = ",".join(map(str, frame.bbox))
    told = client.get("/here?at.x=320&at.y=240", {"bbox": box, "size": "640x480", "at.x": 320, "at.y": 240},
                      headers={"Accept": "application/json"}).json()  # fmt: skip
    assert (told["lon"], told["lat"]) == pytest.approx((LON, LAT), abs=1e-7)
    assert told["parcel"]["parcel_number"] == "421-1"


@pytest.mark.parametrize(
    "query",
    ["", "lat=36", "lat=north&lon=1", "lat=nan&lon=1", "lat=inf&lon=1", "lat=1e5&lon=1", "lat=-119.7&lon=36",
     "lat=36&lon=181", "at.x=1&at.y=1", "at.x=1&at.y=1&bbox=1,2,3&size=640x480",
     "at.x=1&at.y=1&bbox=1,2,3,4&size=9x9", "at.x=a&at.y=1&bbox=1,2,3,4&size=640x480"],
)  # fmt: skip
def test_bad_numbers_are_refused_in_words(client: Client, town: Jurisdiction, query: str) -> None:
    refused = client.get(f"/here.json?{query}", headers={"Accept": "application/json"})
    assert refused.status_code == 400
    message = refused.json()["error"]["message"]
    assert any(word in message for word in ("degrees", "Earth", "size"))
    assert client.get(f"/here?{query}").status_code == 400


def test_outside_it_says_whose_place_it_is(client: Client, town: Jurisdiction) -> None:
    page = client.get("/here", {"lat": 36.2, "lon": -119.7}).content.decode()
    assert "Outside the city limits" in page
    assert "We do not know whose this place is." in page
    assert "tel:+15595550142" in page  # never a dead end


def test_the_part_is_no_whole_page(client: Client, town: Jurisdiction) -> None:
    part = client.get("/here", {"lat": LAT, "lon": LON, "part": 1}).content.decode()
    assert part.lstrip().startswith('<div class="answer"')
    assert "<html" not in part


def test_names_from_data_are_text_and_no_markup(client: Client, town: Jurisdiction) -> None:
    kind = factories.kind(town, "building")
    factories.area(kind, "B", factories.box(*at(1, 1), *at(2, 2)), name="<script>alert(1)</script>")
    lon, lat = at(1.5, 1.5)
    assert "<script>alert" not in client.get("/here", {"lat": lat, "lon": lon}).content.decode()
