"""A request's whole life in a browser: the blocked driveway, from a phone in Spanish to closed, answered, reopened."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.beside import Beside
from tests.browser.conftest import PHONE, Visit
from tests.browser.rules import PASSWORD
from tests.browser.test_report import ON_THE_LOT, photo
from tests.layers.town import at


@pytest.fixture
def rules(beside: Beside) -> Iterator[None]:
    """Encinar's rules are in force while the story is told."""
    beside.do("rules", "begin")
    yield
    beside.do("rules", "end")


def log_in(visit: Visit, name: str) -> Page:
    page = visit("/accounts/login/?lang=en")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/console/"))
    return page


def reported(visit: Visit, tmp_path: Path) -> tuple[str, str]:
    """By nobody, on a phone, in Spanish, where the phone is, with a photo; number and code."""
    page = visit("/report/?lang=es", size=PHONE, geolocation={**ON_THE_LOT, "accuracy": 9}, permissions=["geolocation"])
    page.wait_for_selector("[data-map-state=ready]", state="attached")
    page.locator("#q").fill("un carro tapa mi cochera")
    page.locator("#results").get_by_role("button", name="Entrada bloqueada").click()
    page.get_by_label("Sí, no puedo salir").check()
    page.get_by_role("button", name="Donde estoy").click()
    expect(page.locator("#here-headline")).to_have_text("100 Almond Street")
    page.locator("#photos").set_input_files(photo(tmp_path))
    expect(page.locator("#photo-list img")).to_have_attribute("src", re.compile("/report/photos/"))
    page.get_by_role("button", name="Enviar el reporte").click()
    expect(page.locator("#sent-number")).to_be_visible()
    return page.locator("#sent-number").inner_text(), page.locator("#sent-code").inner_text()


@pytest.mark.slow
def test_the_blocked_driveway(rules: None, visit: Visit, tmp_path: Path) -> None:
    number, code = reported(visit, tmp_path)

    manager = log_in(visit, "mona")
    manager.goto("/console/outbox/")
    for desk in ("Parking control manager", "Dispatch officer"):
        expect(manager.get_by_text(desk).first).to_be_visible()
    manager.get_by_role("link", name=re.compile(number)).first.click()
    expect(manager.locator("main")).to_contain_text(number)

    parker = log_in(visit, "parker")
    parker.goto(f"/console/requests/{number}/")
    expect(parker.locator("main")).to_contain_text("Who cannot leave is helped at once")
    expect(parker.locator("img[src*='/photos/']").first).to_be_visible()
    parker.get_by_role("button", name="Accept", exact=True).click()
    expect(parker.locator(".state-badge")).to_have_text("Accepted")
    parker.locator("#panel-done summary").click()
    parker.locator("#panel-done button").click()
    parker.locator("#panel-close summary").click()
    parker.locator("#panel-close select").select_option("towed")
    parker.locator("#panel-close button").click()
    parker.get_by_role("button", name="Close", exact=True).click()
    expect(parker.locator(".state-badge")).to_have_text("Closed: Towed")

    phone = visit("/requests/?lang=es", size=PHONE)
    phone.fill("#number", number)
    phone.fill("#code", code)
    phone.locator("form.sheet .button").click()
    expect(phone.locator("main")).to_contain_text("La grúa se llevó el carro.")
    phone.goto(f"/requests/{number}/answer/?lang=es")
    phone.locator("input[name=resolved][value=no]").check()
    phone.locator("form.sheet .button").click()
    expect(phone.get_by_role("status")).to_have_text("Gracias. Recibimos su respuesta.")
    phone.get_by_role("link", name="Reabrir el reporte").click()
    phone.fill("#reopen-reason", "El carro regresó.")
    phone.get_by_role("button", name="Reabrir", exact=True).click()
    expect(phone.get_by_role("status")).to_have_text("Su reporte está abierto otra vez.")

    parker.goto(f"/console/requests/{number}/")
    expect(parker.locator(".state-badge")).to_have_text("Assigned")
    expect(parker.locator(".history")).to_contain_text("El carro regresó.")


TREES = (
    # Where on squared paper, what is answered, and whose it is.
    ((3.0, 3.0), "I am not sure", "Parks department"),
    ((6.0, 4.0), "I am not sure", "Forestry department"),
    ((4.5, 0.85), "I am not sure", "Code department"),
    ((6.0, 4.0), "It touches wires", "Utilities department"),
    ((6.0, 4.0), "It has fallen on the street", "Waste department"),
)


@pytest.mark.slow
def test_five_trees_go_to_five_departments(rules: None, visit: Visit) -> None:
    page = visit("/report/", size=PHONE)
    for place, answer, department in TREES:
        lon, lat = at(*place)
        page.goto(f"/report/?service=tree&lon={lon:.6f}&lat={lat:.6f}")
        page.wait_for_selector("[data-map-state=ready]", state="attached")
        page.get_by_label(answer).check()
        if answer == "It touches wires":
            page.get_by_label("Branches rub on them").check()
        page.get_by_role("button", name="Send the report").click()
        expect(page.locator("#sent-number")).to_be_visible()
        number = page.locator("#sent-number").inner_text()
        page.goto(f"/requests/{number}/")
        expect(page.locator("section.now")).to_contain_text(department)
