"""The fixed table of sensitive matters: read on a desk and on a phone, in both languages, and taken along as a file."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.beside import Beside
from tests.browser.conftest import PHONE, Visit
from tests.browser.faults import assert_no_faults


@pytest.fixture(scope="module")
def quarter(beside: Beside) -> str:
    """The first day of the later of the two quarters that are published."""
    return str(beside.do("sensitive"))


def test_the_table_shows_what_may_be_shown_and_the_file_says_the_same(visit: Visit, quarter: str) -> None:
    page = visit("/requests/sensitive/?lang=en")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    west = rows.filter(has_text="Las Palmas")
    assert sorted(west.locator("td").all_inner_texts()) == ["12", "hidden"]
    assert sorted(rows.filter(has_text="Vista Hermosa").locator("td").all_inner_texts()) == ["9", "hidden"]
    assert sorted(page.locator("tfoot td").all_inner_texts()) == ["14", "21"]
    assert_no_faults(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="As a file").press("Enter")
    lines = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    told = {(line["area_code"], line["incidents"]) for line in lines if line["first_day"] == quarter}
    assert told >= {("W", "12"), ("E", "9"), ("", "21")}
    assert {line["incidents"] for line in lines if line["hidden"] == "yes"} == {""}


@pytest.mark.usefixtures("quarter")
def test_it_is_read_on_a_phone_in_spanish(visit: Visit) -> None:
    page = visit("/requests/sensitive/?lang=es", size=PHONE)
    expect(page.locator("tbody th").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    region = page.get_by_role("region").filter(has=page.locator("table"))
    region.focus()
    expect(region).to_be_focused()
    assert_no_faults(page)
