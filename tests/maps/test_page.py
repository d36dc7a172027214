"""The map's page and its neighbors without a browser: whose map, in which language, as which lists."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from geoserver_app.org.models import CityHall, OfficeHours
from layers.models import Jurisdiction
from tests.layers.town import at
from tests.maps.conftest import city


def data(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="map-data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    handed: dict[str, Any] = json.loads(found[1])
    return handed


def test_the_page_hands_the_browser_versioned_tiles(client: Client, town: Jurisdiction) -> None:
    handed = data(client.get("/").content.decode())
    assert re.fullmatch(
        r"/tiles/basemap/\{z\}/\{x\}/\{y\}\.mvt\?v=\d+\.[0-9a-f]+&jurisdiction=encinar", str(handed["basemap"])
    )
    assert [kind["code"] for kind in handed["kinds"]] == ["park"]


def test_an_activation_changes_the_address_of_the_tiles(client: Client, town: Jurisdiction) -> None:
    before = data(client.get("/").content.decode())["basemap"]
    Jurisdiction.objects.filter(pk=town.pk).update(epoch=town.epoch + 1)
    assert data(client.get("/").content.decode())["basemap"] != before


def test_areas_stand_in_lists_that_lead_to_the_map(client: Client, town: Jurisdiction) -> None:
    page = client.get("/").content.decode()
    assert "Parque &amp; Sol" in page
    assert re.search(r'href="/\?map=1\d/36\.00\d+/-119\.71\d+&amp;areas=park"', page)


def test_the_age_of_the_data_is_told(client: Client, town: Jurisdiction) -> None:
    page = client.get("/").content.decode()
    assert "The newest data were loaded on" in page
    assert "editions as of" in page


def test_several_cities_and_none_named_is_a_choice(client: Client, hall: CityHall) -> None:
    city("nogal", "City of Nogal")
    page = client.get("/")
    assert page.status_code == 200
    assert 'href="/?jurisdiction=encinar"' in page.content.decode()
    assert 'href="/?jurisdiction=nogal"' in page.content.decode()


def test_a_city_named_in_the_address_stays_named_in_links(client: Client, hall: CityHall) -> None:
    city("nogal", "City of Nogal")
    page = client.get("/?jurisdiction=nogal").content.decode()
    assert "City of Nogal" in page
    assert 'href="/neighborhoods/?jurisdiction=nogal"' in page


def test_an_unknown_city_is_not_found_with_the_list_of_those_there_are(client: Client, hall: CityHall) -> None:
    page = client.get("/?jurisdiction=atlantis")
    assert page.status_code == 404
    assert "encinar" in page.content.decode()


def test_an_empty_installation_says_what_to_do(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "No city yet" in page
    assert "./run manage add_jurisdiction --help" in page


def test_a_view_that_makes_no_sense_is_refused(client: Client, town: Jurisdiction) -> None:
    assert client.get("/?map=99/0/0").status_code == 400


def test_the_language_of_the_address_wins_and_is_remembered(client: Client, town: Jurisdiction) -> None:
    assert "Mapa de la ciudad" in client.get("/?lang=es").content.decode()
    assert "Ciudad de Encinar" in client.get("/").content.decode()
    assert "City map" in client.get("/?lang=en").content.decode()


def test_pages_allow_nothing_from_elsewhere_and_no_inline_script(client: Client, town: Jurisdiction) -> None:
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    page = answer.content.decode()
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)([^>]*)>", page)
    assert all(f'nonce="{nonce[1]}"' in attributes for attributes in inline)
    assert " style=" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_the_header_tells_when_the_office_opens(client: Client, hall: CityHall) -> None:
    for day in range(7):
        OfficeHours.objects.create(city_hall=hall, weekday=day, opens="00:00", closes="23:59:59")
    page = client.get("/").content.decode()
    assert "Open now until 11:59 p.m." in page
    assert "Monday to Sunday: 12:00 a.m. – 11:59 p.m." in page


def test_neighborhoods_are_listed_and_an_unknown_one_is_not_found(client: Client, town: Jurisdiction) -> None:
    assert "No neighborhoods are loaded yet." in client.get("/neighborhoods/").content.decode()
    assert client.get("/neighborhoods/atlantis/").status_code == 404


def test_missing_pages_answer_programs_in_json(client: Client, town: Jurisdiction) -> None:
    refused = client.get("/nothing", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["error"]["status"]) == (404, 404)


@pytest.mark.parametrize("path", ["/robots.txt", "/site.webmanifest", "/favicon.ico"])
def test_small_files_are_there(client: Client, hall: CityHall, path: str) -> None:
    assert client.get(path).status_code in {200, 301}


def test_a_part_of_the_map_asked_for_is_the_part_handed_on(client: Client, town: Jurisdiction) -> None:
    lon, lat = at(5, 5)
    page = client.get(f"/?map=16/{lat:.5f}/{lon:.5f}").content.decode()
    assert f"map=17/{lat:.5f}/{lon:.5f}" in page  # the link that zooms in
