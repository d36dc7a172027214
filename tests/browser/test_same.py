"""The same problem again: a resident adds herself to it, and a dispatcher merges by the keyboard and undoes it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.beside import Beside
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.duplicates import NEAR
from tests.browser.faults import assert_no_faults
from tests.browser.lives import PASSWORD
from tests.layers.town import at


@pytest.fixture
def graffiti(beside: Beside) -> list[str]:
    """The numbers of two reports of one thing."""
    return list(beside.do("duplicates"))


def test_a_resident_adds_herself_to_what_is_known(visit: Visit, graffiti: list[str]) -> None:
    lon, lat = at(*NEAR)
    page = visit(f"/report/?lang=es&service=graffiti&lon={lon:.7f}&lat={lat:.7f}", size=PHONE)
    page.locator("#description").fill("Letras rojas")
    yes = page.get_by_label(re.compile("Sí, súmenme: Grafiti")).first
    yes.check()
    assert_no_faults(page)
    page.get_by_role("button", name="Enviar el reporte").click()
    expect(page.locator("#sent-number")).to_be_visible()
    mine = page.locator("#sent-number").inner_text()
    assert mine not in graffiti
    page.get_by_role("link", name="Seguir mi reporte").click()
    expect(page.locator(".now-people")).to_contain_text("2 personas")
    expect(page.locator(".words")).to_contain_text("Letras rojas")


def test_a_dispatcher_merges_by_the_keyboard_and_takes_it_apart_again(visit: Visit, graffiti: list[str]) -> None:
    page = visit("/console/same/?lang=en", size=DESK)
    page.fill("[name=login]", "mel")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#map-frame[data-pair-ready]", state="attached")
    assert_no_faults(page)
    pair = page.locator(".pair", has_text=graffiti[1]).first
    pair.focus()
    expect(pair).to_have_class(re.compile("is-in-hand"))
    expect(page.locator(".leaflet-marker-pane .pair-pin")).to_have_count(2)
    numbers = pair.locator(".pair-number .number").all_inner_texts()
    page.keyboard.press("m")
    expect(page.locator(".told-success")).to_contain_text("one more report of")
    kept, other = numbers
    page.goto(re.sub(r"/console/.*", f"/console/requests/{other}/", page.url))
    expect(page.locator("#same")).to_contain_text(f"This is one more report of {kept}")
    assert_no_faults(page)
    page.get_by_role("button", name="Take this one out").click()
    expect(page.locator(".told-success")).to_contain_text("stands by itself again")
