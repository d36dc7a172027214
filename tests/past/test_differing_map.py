"""The map of areas on which the two systems disagree is one file that asks nobody for anything."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from geoserver_app.past.differing_map import write_map
from tests.past.conftest import Bring, row
from tests.route.city import City

pytestmark = pytest.mark.django_db


class Addresses(HTMLParser):
    """What a page names to be loaded or gone to; its scripts and styles, to look into."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: dict[str, str] = {"script": "", "style": ""}
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        self.found += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action", "data"}]

    def handle_data(self, data: str) -> None:
        if self._tag in self.inside:
            self.inside[self._tag] += data


@pytest.fixture
def page(city: City, bring: Bring, tmp_path: Path) -> str:
    bring(
        row("A-1"), row("A-2", Beat="2", Where="1 <b>Bold</b> St"), row("A-3", Beat="02"), row("A-4", Beat="</script>")
    )
    target = tmp_path / "differ.html"
    assert write_map(city.hall.jurisdiction, "notes", target) == 3
    return target.read_text(encoding="utf-8")


def test_each_request_that_differs_stands_on_it_once(page: str) -> None:
    assert re.findall(r'"words": "[^"(]*\((A-\d)\)', page) == ["A-2", "A-3", "A-4"]
    assert "(A-3). beat: 02 in the file, 1 here." in page


def test_it_loads_nothing_from_anywhere(page: str) -> None:
    addresses = Addresses()
    addresses.feed(page)
    assert addresses.found == []
    assert "Leaflet 1." in addresses.inside["script"]
    styles = re.findall(r"url\(([^)]*)\)", addresses.inside["style"])
    assert styles
    assert all(one.startswith("data:image/png;base64,") or one == "#default#VML" for one in styles)
    assert "@import" not in addresses.inside["style"]


def test_words_of_the_file_are_words_on_the_page(page: str) -> None:
    assert "<b>Bold" not in page
    assert page.count("</script>") == page.count("<script")
