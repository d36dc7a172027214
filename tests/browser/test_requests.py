"""Requests on the public map as people use it: filter, press, read, send the address to somebody else."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.beside import Beside
from tests.browser.conftest import PHONE, Visit
from tests.browser.faults import assert_no_faults

# The corner of the town in which many.py puts its requests.
VIEW = "/?map=16/36.01550/-119.70330"


@pytest.fixture(scope="module")
def _many(beside: Beside) -> int:
    return int(beside.do("many"))


@pytest.fixture
def look(_many: int, visit: Visit) -> Visit:
    """Opens the map where there are many requests and waits until they are drawn."""

    def open_map(path: str = VIEW, **options: object) -> Page:
        page = visit(path, **options)
        page.wait_for_selector("[data-map-state=ready]", state="attached")
        page.wait_for_selector("[data-requests]", state="attached")
        return page

    return open_map


def listed(page: Page) -> int:
    return int(page.locator(".list-count strong").inner_text().replace(",", ""))


def expect_in_step(page: Page, drawn: str) -> int:
    """List and map count the same; how many."""
    expect(page.locator("#map")).to_have_attribute("data-requests", re.compile(rf"^{drawn} \d+$"))
    words = page.locator("#map").get_attribute("data-requests") or ""
    count = int(words.split()[1])
    expect(page.locator(".list-count strong")).to_have_text(f"{count:,}")
    return count


def test_from_a_filter_to_a_card_and_back_from_the_address(look: Visit) -> None:
    page = look()
    before = expect_in_step(page, "clusters")
    assert before >= 190

    page.locator("summary", has_text="Kinds of problem").click()
    page.locator("input[name=group]").first.check()
    expect(page).to_have_url(re.compile(r"group="))
    expect(page.locator("#chips a")).to_have_count(1)
    page.locator("#chips a").click()
    expect(page).not_to_have_url(re.compile(r"group="))
    assert expect_in_step(page, "clusters") == before

    unit = page.locator(".unit-icon").filter(has_text=re.compile(r"^\d+$")).first
    count = int(unit.inner_text())
    unit.click()
    expect(page).to_have_url(re.compile(r"cells=\d+\.\d+\.\d+"))
    expect(page.locator(".list-count strong")).to_have_text(str(count))
    expect(page.locator(".requests > li")).to_have_count(min(count, 20))

    row = page.locator(".requests a").first
    number = row.get_attribute("data-number") or ""
    row.click()
    expect(page.locator("#card .number")).to_have_text(number)
    expect(page.locator("#card h3")).to_be_focused()

    again = look(page.url.removeprefix(page.evaluate("location.origin")))
    expect(again.locator("#card .number")).to_have_text(number)
    again.get_by_role("button", name="Back to the list").click()
    expect(again.locator(".list-count strong")).to_have_text(str(count))
    assert_no_faults(again)


def test_arrow_keys_go_from_one_to_the_next_and_enter_opens(look: Visit) -> None:
    page = look()
    expect_in_step(page, "clusters")
    assert page.locator(".unit-icon[tabindex='0']").count() == 1
    page.locator(".unit-icon[tabindex='0']").focus()
    first = page.evaluate("document.activeElement.dataset.unit")
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.dataset.unit") != first:
            break
    second = page.evaluate("document.activeElement.dataset.unit")
    assert second not in (first, None)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"cells={re.escape(second)}"))
    # The map was not moved by the arrows, and what was pressed has the focus still.
    expect(page.locator(f"[data-unit='{second}']")).to_be_focused()


def test_who_stands_in_the_list_stays_in_it_while_it_changes(look: Visit) -> None:
    page = look()
    everybody = expect_in_step(page, "clusters")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"[?&]cells="), hold)
    unit = page.locator(".unit-icon:has(.is-cluster)").first
    unit.click()
    expect(page).to_have_url(re.compile(r"cells=\d+\.\d+\.\d+"))
    link = page.locator(".requests a").last
    link.focus()
    number = link.get_attribute("data-number")
    while not held:
        page.wait_for_timeout(20)
    for route in held:
        route.continue_()
    expect(page.locator("#cells-back")).to_be_visible()
    assert listed(page) < everybody
    stays = page.locator(f".requests a[data-number='{number}']")
    expect(stays if stays.count() else page.locator(".list-count")).to_be_focused()


def test_the_heat_map_and_its_comparison_stand_in_the_address(look: Visit) -> None:
    page = look(f"{VIEW}&lang=es", size=PHONE)
    page.get_by_role("button", name="Mapa de calor").click()
    expect_in_step(page, "heat")
    expect(page.locator("#legend-title")).to_have_text("Solicitudes en un cuadro")
    square = page.locator(".square-icon")
    square.focus()
    first = square.get_attribute("data-square") or "none"
    assert re.fullmatch(r"\d+ solicitud(es)? en este cuadro", square.get_attribute("aria-label") or "")
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        if square.get_attribute("data-square") != first:
            break
    second = square.get_attribute("data-square") or "none"
    assert second != first
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"cells={re.escape(second)}"))
    expect(square).to_be_focused()
    expect(page.locator(".list-count strong")).to_have_text((square.get_attribute("aria-label") or "?").split()[0])
    page.locator("[data-all-cells]").click()
    page.locator("#heat-against").select_option("year")
    expect(page).to_have_url(re.compile(r"against_from=\d{4}-"))
    expect_in_step(page, "changes")
    page.locator("#heat-beside").select_option("1")
    expect(page.locator("#map-before canvas").first).to_be_attached()
    before, now = (page.locator(one).bounding_box() for one in ("#map-before", "#map"))
    assert before and now
    assert before["x"] + before["width"] == now["x"]
    assert {before["width"], now["width"]} <= {int(before["width"]), int(before["width"]) + 1}
    assert_no_faults(page)


def test_without_scripts_the_picture_and_the_list_say_the_same(look: Visit, visit: Visit) -> None:
    page = visit(VIEW, scripts=False)
    assert listed(page) >= 190
    assert "requests=1" in (page.locator("input[type=image]").first.get_attribute("src") or "")


@pytest.mark.slow
def test_every_part_of_the_map_passes_axe(look: Visit) -> None:
    for query in ("lang=en", "lang=es&status=all", "lang=en&draw=heat&rate=parcels", "lang=es&status=open"):
        for options in ({}, {"size": PHONE}):
            page = look(f"{VIEW}&{query}", **options)
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert_no_faults(page, query)
