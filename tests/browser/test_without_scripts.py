"""The same page without JavaScript: a picture to press, lists, links that move the picture."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit

LOT = "/?map=18/36.00080/-119.71550"


def picture(page: Page, css: str) -> str:
    return f".picture-{css} input[type=image]"


def test_the_picture_is_drawn_and_the_empty_map_is_gone(visit: Visit) -> None:
    page = visit("/", scripts=False)
    expect(page.locator(picture(page, "wide"))).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator("#map-tools")).to_be_hidden()
    expect(page.locator("#ask-center")).to_be_hidden()


def test_a_press_in_the_picture_says_what_is_there(visit: Visit) -> None:
    page = visit(LOT, scripts=False)
    page.locator(picture(page, "wide")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("100 Almond Street")
    page.get_by_role("link", name="Back to the map").click()
    expect(page).to_have_url(re.compile(r"map=17/36\.0008"))


def test_a_phone_gets_a_picture_of_its_own_size(visit: Visit) -> None:
    page = visit(LOT, scripts=False, size=PHONE)
    shown = page.locator(picture(page, "narrow"))
    expect(shown).to_be_visible()
    expect(page.locator(picture(page, "wide"))).to_be_hidden()
    box = shown.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    shown.click()
    expect(page.locator(".answer-title")).to_have_text("100 Almond Street")


def test_links_move_the_picture(visit: Visit) -> None:
    page = visit("/?map=16/36.01000/-119.71000", scripts=False)
    page.get_by_role("link", name="Zoom in").click()
    expect(page).to_have_url(re.compile(r"map=17/36\.01000/-119\.71000"))
    page.get_by_role("link", name="East").click()
    expect(page).to_have_url(re.compile(r"map=17/36\.01000/-119\.706"))


def test_areas_are_switched_on_by_the_form(visit: Visit) -> None:
    page = visit("/", scripts=False)
    page.get_by_role("checkbox", name="Police beats").check()
    page.locator("#layers").get_by_role("button", name="Show").click()
    expect(page.get_by_role("checkbox", name="Police beats")).to_be_checked()
    assert "areas=beat" in (page.locator(picture(page, "wide")).get_attribute("src") or "")


def test_lists_are_there_and_lead_to_pictures(visit: Visit) -> None:
    page = visit("/", scripts=False)
    page.locator("details.areas summary", has_text="Police beats").click()
    page.get_by_role("link", name="Beat 12").click()
    expect(page).to_have_url(re.compile(r"areas=beat"))
    expect(page.locator(picture(page, "wide"))).to_be_visible()
