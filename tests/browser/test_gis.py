"""The GIS desk in a browser: the report's words beside its map, by keyboard, on a phone, without scripts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.faults import assert_no_faults
from tests.browser.looks import LOOKS
from tests.browser.test_console import Enter, Office, enter, numbers, office

__all__ = ["enter", "numbers", "office"]


def report_path(numbers: Office) -> str:
    return f"/console/gis/editions/{numbers['edition']}/report/"


def findings_drawn(page: Page) -> None:
    page.wait_for_selector("#map[data-findings]", timeout=60_000)


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_report_breaks_no_rule_of_accessibility(
    enter: Enter, numbers: Office, size: dict[str, int], language: str
) -> None:
    page = enter("gus", report_path(numbers), language, size=size)
    findings_drawn(page)
    assert_no_faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_the_desk_breaks_no_rule_of_accessibility(enter: Enter, numbers: Office) -> None:
    page = enter("gus", "/console/gis/")
    assert numbers["edition"] in page.content()
    assert_no_faults(page)
    page.get_by_role("link", name="GIS desk").first.focus()
    expect(page.get_by_role("heading", level=1)).to_have_text("GIS desk")
    page.goto("/console/gis/files/")
    assert_no_faults(page, "files")


def test_a_finding_is_shown_on_the_map(enter: Enter, numbers: Office) -> None:
    page = enter("gus", report_path(numbers))
    findings_drawn(page)
    page.locator("details.gis-class:not([open]) > summary").first.click()
    line = page.locator("details.gis-class[open] .gis-lines li").first
    words = line.locator("span").first.text_content()
    line.locator("[data-shows]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup-content")).to_have_text(words or "?")


def test_without_scripts_there_is_a_picture(enter: Enter, numbers: Office) -> None:
    page = enter("gus", report_path(numbers), scripts=False)
    picture = page.locator(".gis-picture")
    expect(picture).to_be_visible()
    answer = page.request.get(str(picture.get_attribute("src")))
    assert answer.ok
    assert "<circle" in answer.text()
