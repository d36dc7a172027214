"""The pages of those who manage and plan, and the staff's map: each one's main task, by keyboard, seen whole."""

import csv
import io
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.beside import Beside
from tests.browser.faults import assert_no_faults
from tests.browser.looks import looks
from tests.browser.test_console import Enter, Office, enter, numbers, office
from tests.browser.test_map import tab_to

__all__ = ["enter", "numbers", "office"]

# 100 Almond Street, where the office's requests are.
STAFF_MAP = "/console/map/?map=17/36.00080/-119.71550"


@pytest.fixture
def counted(numbers: Office, beside: Beside) -> dict[str, Any]:
    """What plain Python counts just now."""
    found: dict[str, Any] = beside.do("measured")
    assert found["reports"] >= len(numbers) - 1
    return found


def choose_days(page: Page, counted: dict[str, Any]) -> None:
    """Two days by the keyboard, and Enter."""
    for name in ("requested_from", "requested_to"):
        tab_to(page, f"[name={name}]")
        page.locator(f"[name={name}]").fill(counted["first" if name.endswith("from") else "last"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"requested_from={counted['first']}"))


def rows_of(page: Page, link: str) -> list[list[str]]:
    """The file that a link leads to."""
    answer = page.request.get(page.locator(f"a[href*='{link}']").get_attribute("href") or "")
    assert answer.ok
    return list(csv.reader(io.StringIO(answer.text())))


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_a_manager_counts_two_months_and_takes_the_table_along(enter: Enter, counted: dict[str, Any]) -> None:
    page = enter("mila")
    page.locator(".bar-more summary").press("Enter")
    page.locator(".bar-more a", has_text="Performance").press("Enter")
    expect(page.get_by_role("heading", level=1).first).to_have_text("Year to date requests")
    choose_days(page, counted)
    table = page.locator(".figures-table").first
    assert number(table.locator("tfoot td").first.inner_text()) == counted["reports"]
    sheet = rows_of(page, "requests.csv")
    assert sum(int(row[sheet[0].index("in_range")]) for row in sheet[1:]) == counted["reports"]
    years = page.locator(".figures-table").nth(1).locator("tbody tr")
    assert len(rows_of(page, "contacts.csv")) - 1 == years.count() == len(counted["channels"])
    for row in rows_of(page, "contacts.csv")[1:]:
        assert int(row[-1]) == counted["channels"][row[0]]


def test_a_planner_ranks_the_neighborhoods_and_the_files_say_the_same(enter: Enter, counted: dict[str, Any]) -> None:
    page = enter("pia", "/plan/")
    page.locator("[name=kind]").select_option("neighborhood")
    choose_days(page, counted)
    rows = page.locator(".figures-table tbody tr")
    shown = {row.locator("th").inner_text(): number(row.locator("td").nth(1).inner_text()) for row in rows.all()}
    assert shown == {"Las Palmas": 0, "Vista Hermosa": 0} | counted["sides"]
    assert [row[3] for row in rows_of(page, "areas.csv")[1:]] == [str(count) for count in shown.values()]
    shapes = json.loads(page.request.get(page.locator("a[href*=geojson]").get_attribute("href") or "").text())
    assert {one["properties"]["name"]: one["properties"]["incidents"] for one in shapes["features"]} == shown
    picture = page.locator(".side-picture img")
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 300
    # Who is sent the address sees the same.
    again = enter("pia", page.url.removeprefix(page.evaluate("location.origin")))
    expect(again.locator(".figures-table tbody")).to_have_text(rows.first.locator("xpath=..").text_content() or "none")


def test_a_dispatcher_goes_from_a_place_on_the_map_to_the_request(enter: Enter, numbers: Office) -> None:
    page = enter("dora", STAFF_MAP)
    page.wait_for_selector("[data-requests]", state="attached")
    everybody = number(page.locator(".list-count strong").inner_text())
    tab_to(page, "#filter-department", 90)
    page.locator("#filter-department").select_option(label="Public Works")
    expect(page).to_have_url(re.compile("department=public-works"))
    expect(page.locator("#chips a")).to_have_count(1)
    page.locator("#chips a").press("Enter")
    expect(page).not_to_have_url(re.compile("department="))
    expect(page.locator(".list-count strong")).to_have_text(f"{everybody:,}")
    # Whoever took a filter away goes on among the filters.
    expect(page.locator("#filter-status")).to_be_focused()

    unit = page.locator(".unit-icon[tabindex='0']")
    unit.focus()
    cell = unit.get_attribute("data-unit") or "none"
    several = unit.inner_text()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"cells={re.escape(cell)}"))
    if several:  # one alone opens at once
        expect(page.locator("#cells-back")).to_be_visible()
        expect(page.locator(".list-count strong")).to_have_text(several)
        page.locator(".requests a").first.press("Enter")
    expect(page.locator("#card h3")).to_be_focused()
    shown = page.locator("#card .number").inner_text()
    page.locator("#card a.button").press("Enter")
    expect(page).to_have_url(re.compile(f"/console/requests/{shown}/"))


@looks(["/performance/", STAFF_MAP], ["/plan/"])
def test_each_is_read_without_faults(
    enter: Enter, counted: dict[str, Any], language: str, size: dict[str, int], pages: list[str]
) -> None:
    days = f"?requested_from={counted['first']}&requested_to={counted['last']}"
    for path in pages:
        if path == STAFF_MAP:
            page = enter("dora", path, language, size=size)
            page.wait_for_selector("[data-requests]", state="attached")
        else:
            page = enter("mila" if path == "/performance/" else "pia", path + days, language, size=size)
        assert_no_faults(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
