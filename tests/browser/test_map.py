"""The map's page as people use it: with a mouse, with the keyboard alone, with its address, with the back button."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit

WHOLE = "/?map=16/36.01000/-119.71000"
# The lot of 100 Almond Street is at the middle of this view.
LOT = "/?map=18/36.00080/-119.71550"
# Of a time when nobody had reported anything: other tests report where this one presses.
NO_REQUESTS = "&status=all&requested_to=2001-01-01"
WHOLE_PIXELS = """() => { const { left, top, right, bottom } = document.getElementById('map').getBoundingClientRect();
  return [left, top, right, bottom].every(Number.isInteger) && right > left && bottom > top; }"""


def answer(page: Page) -> Any:
    return page.locator("#here-answer .answer")


def test_the_map_says_when_streets_and_land_are_painted(visit_map: Visit) -> None:
    page = visit_map(LOT)
    assert page.evaluate("performance.getEntriesByName('map-ready').length") == 1
    colors = page.evaluate(
        """() => { const seen = new Set();
        for (const tile of document.querySelectorAll('canvas.leaflet-tile')) {
          const { data } = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height);
          for (let at = 0; at < data.length; at += 4 * 7) seen.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
        } return [...seen]; }"""
    )
    assert "251,249,244" in colors  # land
    assert "232,223,208" in colors  # a building
    assert "255,255,255" in colors  # a street


def test_a_press_says_what_is_here(visit_map: Visit) -> None:
    page = visit_map(LOT + NO_REQUESTS)
    page.locator("#map").click()
    expect(answer(page).locator(".answer-title")).to_have_text("100 Almond Street")
    expect(answer(page)).to_contain_text("Parcel 421-100")
    expect(answer(page)).to_contain_text("Beat 11")
    expect(answer(page)).to_contain_text("since Nov. 22, 2024")
    expect(answer(page)).to_contain_text("Las Palmas")
    expect(page.locator(".leaflet-marker-icon")).to_be_visible()
    # The crosshair is for those who have no mouse.
    expect(page.locator(".crosshair")).to_be_hidden()


def test_by_the_keyboard_the_map_is_asked_moved_and_left(visit_map: Visit) -> None:
    page = visit_map(LOT)
    tab_to(page, "#map")
    expect(page.locator(".crosshair")).to_be_visible()
    expect(page.locator("#map-keys")).to_be_visible()
    page.keyboard.press("Enter")
    expect(answer(page).locator(".answer-title")).to_have_text("100 Almond Street")
    expect(page.locator("#map-said")).to_have_text("100 Almond Street")
    # The focus stays, so that the next arrow key moves on.
    assert page.evaluate("document.activeElement.id") == "map"
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"map=18/36\.00080/-119\.71(?!550)"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "map"


def test_on_a_phone_nothing_is_too_wide_and_a_button_asks_about_the_center(visit_map: Visit) -> None:
    page = visit_map(LOT, size=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.locator("#ask-center").click()
    expect(answer(page).locator(".answer-title")).to_have_text("100 Almond Street")


def test_the_map_lies_on_whole_pixels_in_any_window(visit_map: Visit) -> None:
    """Else each step of a drag goes by parts of pixels: Leaflet takes the map for one that is drawn larger."""
    page = visit_map(LOT)
    for width, height in ((1280, 800), (1117, 733), (1280, 801), (403, 857)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(WHOLE_PIXELS)
    assert page.evaluate("document.documentElement.scrollWidth") == 403


def test_tiles_that_come_at_once_are_drawn_one_in_each_turn(visit_map: Visit) -> None:
    page = visit_map("/")
    order = page.evaluate(
        """async () => {
          const { href } = document.querySelector("link[rel=modulepreload][href*='map/turns']");
          const { turnsForAll } = await import(href);
          const tiles = turnsForAll();
          const order = [];
          // What a tile leaves to the end of its turn comes before the next tile.
          const draw = (name) => { order.push(name); queueMicrotask(() => order.push(`${name} done`)); };
          await Promise.all(["a", "b", "c"].map((name) => tiles.then(() => draw(name))));
          await Promise.resolve();
          return order;
        }"""
    )
    assert order == ["a", "a done", "b", "b done", "c", "c done"]


def test_outside_the_city_it_says_whose_place_it_is(visit_map: Visit) -> None:
    page = visit_map("/?map=15/36.01000/-119.69500")
    page.locator("#ask-center").click()
    expect(answer(page)).to_contain_text("City of Nogal")
    expect(answer(page).locator("a[href='tel:+15595550143']")).to_be_visible()


RED = """() => [...document.querySelectorAll('canvas.leaflet-tile')].some((tile) => {
  const { data } = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height);
  for (let at = 0; at < data.length; at += 4) if (data[at] === 181 && data[at + 1] === 9) return true;
  return false; })"""


def test_areas_that_are_switched_on_stand_in_the_address_and_are_shown_from_it(visit_map: Visit) -> None:
    page = visit_map(WHOLE)
    assert not page.evaluate(RED)
    beats = page.get_by_role("checkbox", name="Police beats")
    beats.check()
    expect(page).to_have_url(re.compile(r"areas=beat"))
    page.go_back()
    expect(beats).not_to_be_checked()
    expect(page).not_to_have_url(re.compile(r"areas=beat"))
    page.goto(WHOLE + "&areas=beat")
    page.wait_for_selector("[data-map-state=ready]", state="attached")
    expect(beats).to_be_checked()
    expect(page.get_by_role("checkbox", name="Parks")).not_to_be_checked()
    assert page.evaluate(RED)


def test_the_view_stands_in_the_address_and_is_opened_from_it(visit_map: Visit) -> None:
    page = visit_map("/?map=17/36.00500/-119.71200")
    page.get_by_role("button", name="Zoom out").click()
    expect(page).to_have_url(re.compile(r"map=16/36\.00500/-119\.71200"))


def test_a_place_in_the_address_is_answered_and_back_returns_to_the_one_before(visit_map: Visit) -> None:
    page = visit_map(LOT + "&here=36.00080,-119.71550")
    expect(answer(page).locator(".answer-title")).to_have_text("100 Almond Street")
    page.locator("#map").click(position={"x": 60, "y": 560})
    expect(answer(page).locator(".answer-title")).not_to_have_text("100 Almond Street")
    page.go_back()
    expect(answer(page).locator(".answer-title")).to_have_text("100 Almond Street")


def test_a_name_in_the_list_takes_the_map_there(visit_map: Visit) -> None:
    page = visit_map(WHOLE)
    page.locator("details.areas summary", has_text="Neighborhoods").click()
    page.get_by_role("link", name="Vista Hermosa").click()
    expect(page.get_by_role("checkbox", name="Neighborhoods")).to_be_checked()
    expect(page).to_have_url(re.compile(r"map=1\d/36\.0\d+/-119\.705"))


def test_every_control_is_reached_by_tab_and_shows_its_focus(visit_map: Visit) -> None:
    page = visit_map(WHOLE + NO_REQUESTS)
    page.wait_for_selector("[data-requests]", state="attached")
    reached = walk(page, 90)
    left_out = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, select, summary, #map, [role=button]')]
        .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !('walked' in one.dataset))
        .map((one) => one.outerHTML.slice(0, 90))"""
    )
    assert left_out == []
    assert [row["words"] for row in reached if not row["seen"]] == []


def test_skip_links_come_first_and_work(visit_map: Visit) -> None:
    page = visit_map(WHOLE)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    over = page.get_by_role("link", name="Skip the map, go to the lists")
    expect(over).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#panel .report-here a")).to_be_focused()


def test_who_wants_less_motion_gets_none(visit_map: Visit) -> None:
    page = visit_map(WHOLE, reduced_motion="reduce")
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator(".leaflet-zoom-anim").count() == 0
    expect(page).to_have_url(re.compile(r"map=17/"))


def tab_to(page: Page, selector: str, most: int = 30) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def walk(page: Page, most: int) -> list[dict[str, Any]]:
    """Every element that Tab reaches until it comes round, and whether one sees that it has the focus."""
    seen: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        row = page.evaluate(
            # The map marks its focus from a timer, so this asks from a later one.
            """async () => { await new Promise((later) => setTimeout(later, 20));
            const at = document.activeElement; if (at === document.body) return null;
            const style = getComputedStyle(at);
            const frame = getComputedStyle(document.getElementById('map-frame'), '::after');
            const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
            at.dataset.walked ??= document.querySelectorAll('[data-walked]').length;
            return { place: at.dataset.walked, words: at.outerHTML.slice(0, 90),
                     seen: outlined || (at.id === 'map' && parseFloat(frame.borderTopWidth) >= 2) }; }"""
        )
        if row is None or (seen and row["place"] == seen[0]["place"]):
            break
        seen.append(row)
    return seen
