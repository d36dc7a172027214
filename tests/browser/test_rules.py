"""A dispatcher changes the rules: why it came here, an exception, tried on the map and on the past, in force, back."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.beside import Beside
from tests.browser.conftest import PHONE
from tests.browser.faults import assert_no_faults
from tests.browser.looks import LOOKS
from tests.browser.test_console import Enter, drawn, enter
from tests.browser.test_map import tab_to

__all__ = ["enter"]
Run = Callable[[str], Any]


@pytest.fixture
def run(beside: Beside) -> Iterator[Run]:
    """Does something in the process beside the server: tests/browser/ruling.py says what there is."""
    yield lambda what: beside.do("ruling", what)
    beside.do("ruling", "end")


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_rules_in_force_are_read_without_faults(
    run: Run, enter: Enter, language: str, size: dict[str, int]
) -> None:
    run("begin")
    page = enter("kim", "/console/rules/", language, size=size)
    version = page.locator("tbody tr").first.get_by_role("link").first
    tab_to(page, "tbody tr a", 60)
    expect(version).to_be_focused()
    assert_no_faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.keyboard.press("Enter")
    expect(page.locator(".exceptions li")).to_have_count(6)
    assert_no_faults(page)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_exception_is_drafted_tried_put_in_force_and_taken_back(run: Run, enter: Enter) -> None:
    potholes = run("begin")
    request = f"/console/requests/{potholes['south']}/"
    kim = enter("kim", request)
    expect(kim.locator("main")).to_contain_text("the table of defaults decides")
    kim.goto(f"{request}why/")
    expect(kim.locator(".rules-table")).to_contain_text("does not match")
    draft = drafted(kim)
    tried_on_the_map(kim)
    tried_on_the_past(kim, run)

    # In force, and what waits has followed.
    kim.goto(draft)
    kim.get_by_label("I have tried it").check()
    kim.get_by_role("button", name="Put in force").click()
    run("work")
    kim.goto(request)
    expect(kim.locator(".history")).to_contain_text("Routed again by version")
    expect(kim.locator("main")).to_contain_text("Parking control manager")
    gone_back(kim, run)
    kim.goto(request)
    expect(kim.locator("main")).to_contain_text("Public Works")
    expect(kim.locator("main")).to_contain_text("the table of defaults decides")
    kim.set_viewport_size(PHONE)
    for path in ("/console/rules/", draft, f"{draft}coverage/"):
        kim.goto(path)
        assert kim.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def drafted(kim: Page) -> str:
    """An exception for the potholes of the south, in a draft of its own; the draft's address."""
    kim.goto("/console/rules/")
    assert_no_faults(kim)
    kim.get_by_role("button", name="Copy into a draft").first.click()
    draft = kim.url
    kim.get_by_role("link", name="Write an exception").click()
    kim.get_by_label("The rule as a person says it (English)").fill("Potholes of beat 11 go to parking control.")
    kim.get_by_label("The rule as a person says it (Spanish)").fill("Los baches del sector 11: estacionamiento.")
    kim.get_by_label("Short name").fill("south-potholes")
    kim.get_by_label("Place in the order").fill("1")
    kim.locator("#id_services").select_option("pothole")
    kim.locator("#id_areas").select_option("beat:11")
    kim.locator("#id_desk").select_option(label="Parking control manager")
    assert_no_faults(kim)
    kim.get_by_role("button", name="Write it into the draft").click()
    expect(kim.locator(".exceptions li").first).to_contain_text("Potholes of beat 11 go to parking control.")
    assert_no_faults(kim)
    return draft


def tried_on_the_map(kim: Page) -> None:
    """The south of the town is beat 11: somebody else would get a pothole there."""
    kim.get_by_role("link", name="Try a place").click()
    drawn(kim)
    kim.get_by_label("Service", exact=True).select_option("pothole")
    kim.wait_for_url("**/try/?service=pothole*")
    drawn(kim)
    box = kim.locator("#map").bounding_box()
    assert box
    kim.mouse.click(box["x"] + box["width"] * 0.52, box["y"] + box["height"] * 0.6)
    expect(kim.get_by_role("heading", name="Somebody else would get it")).to_be_visible()
    drawn(kim)
    expect(kim.locator(".tried-version.is-this")).to_contain_text("Parking control manager")
    assert_no_faults(kim)


def tried_on_the_past(kim: Page, run: Run) -> None:
    """Of the last 90 days two would have gone to parking control."""
    kim.get_by_role("link", name="Try the past").click()
    kim.get_by_label("Who would have had").fill("90")
    kim.get_by_role("button", name="Work it out").click()
    run("work")
    more = kim.locator(".rules-held tr", has_text="Parking control manager").locator("td").last
    # Two of its own, and whatever other tests reported in this town before.
    expect(more).to_have_text(re.compile(r"^\+([2-9]|[1-9][0-9]+)$"), timeout=30_000)
    kim.wait_for_selector("#map[data-areas='1'][data-requests]")
    drawn(kim)
    assert_no_faults(kim)


def gone_back(kim: Page, run: Run) -> None:
    """The version before comes in again."""
    kim.goto("/console/rules/")
    row = kim.locator("tbody tr", has_text="Retired").first
    expect(row).to_contain_text("Retired")
    row.get_by_role("link").first.click()
    kim.get_by_role("link", name="Go back to this version").click()
    assert_no_faults(kim)
    kim.get_by_role("button", name="Yes, go back").click()
    run("work")
