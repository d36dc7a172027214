"""A resident follows the own request on a phone, in Spanish: by number and code, answers, has it opened again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.beside import Beside
from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.faults import assert_no_faults
from tests.browser.looks import looks

# What sticks out of the page on the right, but for the map's own tiles.
TOO_WIDE = """[...document.querySelectorAll('body *')].filter((one) => !one.closest('.leaflet-container') &&
  one.getBoundingClientRect().right > innerWidth + 0.5).map((one) => one.outerHTML.slice(0, 80))"""
Lives = dict[str, tuple[str, str]]


@pytest.fixture
def lives(beside: Beside) -> Lives:
    """Number and code of an open, a closed and a hidden request, made for this test."""
    made: Lives = beside.do("lives")
    return made


def opened(
    visit: Visit, life: tuple[str, str], language: str = "es", size: dict[str, int] = PHONE, **more: object
) -> Page:
    """The own request, by number and code."""
    page = visit(f"/requests/?lang={language}", size=size, **more)
    page.fill("#number", life[0].replace("-", " "))
    page.fill("#code", life[1].lower())
    page.locator("form.sheet .button").click()
    expect(page.locator(".request-head")).to_be_visible()
    return page


def test_by_number_and_code_on_a_phone_in_spanish(visit: Visit, lives: Lives) -> None:
    page = opened(visit, lives["open"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Bache")
    expect(page.locator(".eyebrow")).to_contain_text(lives["open"][0])
    expect(page.locator("li[aria-current=step]")).to_be_visible()
    expect(page.get_by_text("Un hoyo hondo")).to_be_visible()
    page.wait_for_selector("[data-map-state=ready]", state="attached")
    assert page.evaluate(TOO_WIDE) == []
    assert "key" not in page.url and lives["open"][1] not in page.url


def test_a_stranger_sees_less(visit: Visit, lives: Lives) -> None:
    page = visit(f"/requests/{lives['open'][0]}/?lang=es", size=PHONE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bache")
    expect(page.get_by_text("Un hoyo hondo")).to_have_count(0)
    expect(page.get_by_role("heading", name="¿Es suyo este reporte?")).to_be_visible()


def test_words_and_a_photo_are_added(visit: Visit, lives: Lives, tmp_path: Path) -> None:
    from PIL import Image

    photo = tmp_path / "hole.jpg"
    Image.new("RGB", (800, 600), "gray").save(photo)
    page = opened(visit, lives["open"])
    page.fill("#add-text", "Ya es más grande")
    page.set_input_files("#add-photos", str(photo))
    page.get_by_role("button", name="Enviar").dblclick()
    expect(page.get_by_role("status")).to_have_text("Gracias. Ya lo agregamos.")
    expect(page.locator(".photos img")).to_have_count(1)
    assert page.locator(".photos img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    expect(page.get_by_text("Ya es más grande")).to_have_count(1)


def test_it_is_answered_and_opened_again(visit: Visit, lives: Lives) -> None:
    page = opened(visit, lives["closed"])
    expect(page.locator(".now-sentence")).to_have_text("El bache quedó tapado.")
    page.get_by_role("link", name="Responder dos preguntas").click()
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_role("radio", name="Amable").check()
    page.get_by_role("button", name="Enviar mi respuesta").click()
    expect(page.get_by_role("status")).to_have_text("Gracias. Recibimos su respuesta.")
    expect(page.get_by_role("radio", name="No", exact=True)).to_be_checked()
    page.get_by_role("link", name="Reabrir el reporte").click()
    page.fill("#reopen-reason", "El hoyo sigue ahí")
    page.get_by_role("button", name="Reabrir", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Su reporte está abierto otra vez.")
    expect(page.locator("section.now")).to_have_class(re.compile("is-open"))


def test_everything_works_without_scripts(visit: Visit, lives: Lives) -> None:
    page = opened(visit, lives["open"], "en", scripts=False)
    picture = page.locator(".spot-picture")
    expect(picture).to_be_visible()
    assert page.request.get(f"/requests/{lives['open'][0]}/map.svg?size=small").status == 200
    page.fill("#add-text", "More")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_have_text("Thank you. We have added it.")
    page.get_by_text("Withdraw the request").click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator(".now-sentence")).to_have_text("It was withdrawn by the person who reported it.")


def test_everything_works_by_the_keyboard(visit: Visit, lives: Lives) -> None:
    number, code = lives["open"]
    page = visit("/requests/", size=DESK)
    page.focus("#number")
    page.keyboard.type(number)
    page.keyboard.press("Tab")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator(".request-head")).to_be_visible()
    page.focus("#add-text")
    page.keyboard.type("By the keyboard")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()


def test_a_hidden_request_and_a_wrong_code_are_told_alike(visit: Visit, lives: Lives) -> None:
    page = visit(f"/requests/{lives['hidden'][0]}/", size=PHONE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is shown to everybody under this number")
    page.fill("#code", "WRONGX")
    page.get_by_role("button", name="Open my request").click()
    expect(page.locator("#code-problem")).to_be_visible()
    expect(page.locator("#code")).to_have_attribute("aria-invalid", "true")


@looks(["closed", "closed/answer/", ""], ["open", "closed/stop/", "hidden"])
def test_axe_finds_nothing(visit: Visit, lives: Lives, language: str, size: dict[str, int], pages: list[str]) -> None:
    page = opened(visit, lives["closed"], language, size)
    for which in pages:
        life, _, rest = which.partition("/")
        page.goto(f"/requests/{lives[life][0]}/{rest}" if life else "/requests/")
        if page.locator("#map").count():
            page.wait_for_selector("[data-map-state=ready]", state="attached")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert_no_faults(page, which)
