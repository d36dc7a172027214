"""Reporting as residents do it: on a phone in Spanish, at a desk, with the keyboard alone, without scripts."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.faults import assert_no_faults
from tests.browser.looks import LOOKS

# On the lot of 100 Almond Street, and on Birch Street beside a street light.
ON_THE_LOT = {"longitude": -119.7155, "latitude": 36.0008}
THE_LOT = "/report/?lon=-119.7155&lat=36.0008"
NEXT_DOOR = "lon=-119.6990&lat=36.0100"


@pytest.fixture
def visit_form(visit: Visit) -> Visit:
    """Opens the report's page and waits until its map is drawn."""

    def open_form(path: str = "/report/", **options: Any) -> Page:
        page = visit(path, **options)
        page.wait_for_selector("[data-map-state=ready]", state="attached")
        return page

    return open_form


def choose(page: Page, words: str, name: str) -> None:
    page.locator("#q").fill(words)
    page.locator("#results").get_by_role("button", name=name).click()
    expect(page.locator("#chosen-name")).to_have_text(name)


def number_of(page: Page) -> str:
    expect(page.locator("#sent-number")).to_be_visible()
    return page.locator("#sent-number").inner_text()


def photo(folder: Path) -> Path:
    path = folder / "carro.jpg"
    image = Image.new("RGB", (800, 600), (90, 110, 140))
    exif = image.getexif()
    exif.get_ifd(0x8825).update({1: "N", 2: (36.0, 0.0, 3.0), 3: "W", 4: (119.0, 42.0, 56.0)})
    image.save(path, exif=exif)
    return path


def test_a_blocked_driveway_from_a_phone_in_spanish_with_a_photo_by_nobody(visit_form: Visit, tmp_path: Path) -> None:
    page = visit_form("/report/?lang=es", size=PHONE, geolocation={**ON_THE_LOT, "accuracy": 9},
                      permissions=["geolocation"])  # fmt: skip
    choose(page, "un carro tapa mi cochera", "Entrada bloqueada")
    page.get_by_label("Sí, no puedo salir").check()
    page.get_by_role("button", name="Donde estoy").click()
    expect(page.locator("#here-headline")).to_have_text("100 Almond Street")
    expect(page.locator("#here-said")).to_contain_text("30 pies")
    page.locator("#photos").set_input_files(photo(tmp_path))
    expect(page.locator("#photo-list img")).to_have_attribute("src", re.compile("/report/photos/"))
    page.get_by_label("¿Qué debemos saber?").fill("Es un carro rojo.")
    page.get_by_role("button", name="Enviar el reporte").click()
    assert re.fullmatch(r"\d\d-\d{6}-\d", number_of(page))
    expect(page.get_by_role("heading", level=1)).to_have_text("Gracias. Ya tenemos su reporte.")
    assert re.fullmatch(r"[A-Z0-9]{6}", page.locator("#sent-code").inner_text())


def test_a_double_tap_is_one_report(visit_form: Visit) -> None:
    page = visit_form(f"{THE_LOT}&service=pothole", size=PHONE)
    page.locator("#send").dblclick()
    first = running(number_of(page))
    page.goto(f"{THE_LOT}&service=pothole")
    page.locator("#send").click()
    assert running(number_of(page)) == first + 1


def running(number: str) -> int:
    return int(number.split("-")[1])


def test_a_press_on_the_map_sets_the_pin_and_dragging_moves_it(visit_form: Visit) -> None:
    page = visit_form(THE_LOT)
    before = page.locator("#lon").input_value()
    box = page.locator(".here-pin").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=5)
    page.mouse.up()
    expect(page.locator("#lon")).not_to_have_value(before)
    dragged = page.locator("#lon").input_value()
    page.locator("#map").click(position={"x": 250, "y": 300})
    expect(page.locator("#lon")).not_to_have_value(dragged)


def test_an_address_is_suggested_and_taken(visit_form: Visit) -> None:
    page = visit_form()
    page.get_by_label("Address or corner").fill("birch and secon")
    page.get_by_role("button", name="Birch St & Second Ave").click()
    expect(page.locator("#method")).to_have_value("address")
    expect(page.locator("#here-headline")).not_to_be_empty()
    expect(page.locator("#address")).to_have_value("Birch St & Second Ave")


def test_with_the_keyboard_alone(visit_form: Visit) -> None:
    page = visit_form()
    page.locator("#q").focus()
    page.keyboard.type("broken branch")
    expect(page.locator("#results button").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#chosen-name")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Between sidewalk and street")).to_be_checked()
    tab_to(page, "#map")
    page.keyboard.press("+")
    page.keyboard.press("Enter")
    expect(page.locator("#where")).to_have_class(re.compile("is-done"))
    expect(page.locator("#pin-said")).to_contain_text("The pin is set:")
    tab_to(page, "#send")
    page.keyboard.press("Enter")
    number_of(page)


def tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


def test_enter_in_a_line_sends_nothing(visit_form: Visit) -> None:
    page = visit_form(f"{THE_LOT}&service=pothole")
    page.locator("#contact summary").click()
    page.get_by_label("Name").press("Enter")
    expect(page.locator("#send")).to_be_visible()
    assert "/sent/" not in page.url


def test_a_live_wire_is_a_call_at_once(visit_form: Visit) -> None:
    page = visit_form(f"{THE_LOT}&service=tree", size=PHONE)
    page.get_by_label("It touches wires").check()
    page.get_by_label("Sparks or smoke").check()
    call = page.get_by_role("link", name="Call 911")
    expect(call).to_be_visible()
    assert call.get_attribute("href") == "tel:911"
    page.locator("#send").click()
    expect(call).to_be_focused()
    assert "/sent/" not in page.url
    page.get_by_label("Branches rub on them").check()
    expect(call).to_be_hidden()
    page.locator("#send").click()
    number_of(page)


def test_a_change_of_mind_loses_nothing(visit_form: Visit) -> None:
    page = visit_form(f"{THE_LOT}&service=tree")
    page.get_by_label("Behind the fence").check()
    page.get_by_label("What should we know?").fill("It leans.")
    page.get_by_text("Choose something else").click()
    choose(page, "hole in the street", "Pothole")
    page.get_by_text("Choose something else").click()
    choose(page, "broken branch", "Tree problem")
    expect(page.get_by_label("Behind the fence")).to_be_checked()
    expect(page.get_by_label("What should we know?")).to_have_value("It leans.")
    assert page.locator("#lon").input_value().startswith("-119.7155")


def test_outside_of_the_city_says_at_once_whose_it_is(visit_form: Visit) -> None:
    page = visit_form(f"/report/?{NEXT_DOOR}&service=pothole", size=PHONE)
    expect(page.locator("#outside")).to_contain_text("City of Nogal")
    expect(page.locator("#outside-telephone")).to_have_attribute("href", "tel:+15595550143")
    page.locator("#send").click()
    number_of(page)


def test_beside_a_property_line_the_question_says_why(visit_form: Visit) -> None:
    page = visit_form("/report/?lon=-119.7155&lat=36.00031&service=tree")
    expect(page.locator("[data-beside-line]").first).to_be_visible()
    page.get_by_label("Between sidewalk and street").check()
    expect(page.locator("[data-beside-line]").first).to_be_hidden()


def test_a_street_light_is_meant_by_a_pin_beside_it(visit_form: Visit) -> None:
    page = visit_form("/report/?lon=-119.71405&lat=36.0041&service=street_light")
    expect(page.locator("#here-thing")).to_have_text("This one: SL-2")
    page.get_by_role("button", name="No, another one").click()
    expect(page.locator("#here-thing")).to_be_empty()
    expect(page.locator("#asset")).to_have_value("none")


def test_what_needs_no_place_does_not_ask_for_one(visit_form: Visit) -> None:
    page = visit_form()
    page.get_by_role("button", name="City Hall hours").click()
    expect(page.get_by_text("This needs no place.")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    page.get_by_label("What should we know?").fill("Are you open on Friday?")
    page.locator("#send").click()
    number_of(page)


def test_what_is_missing_has_the_focus(visit_form: Visit) -> None:
    page = visit_form(size=PHONE)
    page.get_by_label("What should we know?").fill("Kept")
    with page.expect_response(lambda answer: answer.status == 422):
        page.locator("#send").click()
    expect(page.locator("#problems")).to_contain_text("Choose what the problem is.")
    expect(page.locator("#q")).to_be_focused()
    expect(page.get_by_label("What should we know?")).to_have_value("Kept")
    page.wait_for_selector("[data-map-state=ready]", state="attached")
    assert_no_faults(page)


def test_a_file_that_is_no_photo_is_said_to_be_none(visit_form: Visit, tmp_path: Path) -> None:
    page = visit_form()
    with page.expect_response(lambda answer: answer.status == 422):
        page.locator("#photos").set_input_files({"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"hello"})
    expect(page.locator("#photo-trouble")).to_contain_text("notes.jpg")
    expect(page.locator("#photo-list li")).to_have_count(0)


def test_the_place_of_a_photo_is_offered_and_is_not_in_what_is_sent(visit_form: Visit, tmp_path: Path) -> None:
    page = visit_form()
    page.locator("#photos").set_input_files(photo(tmp_path))
    shown = page.locator("#photo-list img")
    expect(shown).to_have_attribute("src", re.compile("/report/photos/"))
    answer = page.request.get(shown.get_attribute("src") or "")
    assert not Image.open(io.BytesIO(answer.body())).getexif()
    page.get_by_role("button", name="Set the pin where this photo was taken").click()
    expect(page.locator("#method")).to_have_value("photo")
    expect(page.locator("#here-headline")).to_have_text("100 Almond Street")


def test_without_scripts(visit: Visit, tmp_path: Path) -> None:
    page = visit("/report/", scripts=False, size=PHONE)
    page.locator("#q").fill("broken branch")
    page.get_by_role("button", name="Search").click()
    page.locator("#results").get_by_role("button", name="Tree problem").click()
    page.get_by_label("It touches wires").check()
    page.get_by_role("button", name="Show the questions that follow").click()
    page.get_by_label("Branches rub on them").check()
    page.locator("input[type=image]:visible").click()
    page.locator("input[type=image]:visible").click()
    page.locator("#photos").set_input_files(photo(tmp_path))
    page.get_by_role("button", name="Send the photos now").click()
    expect(page.locator("#photo-list img")).to_be_visible()
    expect(page.get_by_label("Branches rub on them")).to_be_checked()
    page.get_by_role("button", name="Send the report").click()
    number_of(page)


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_nothing_on_it_is_in_anybody_s_way(visit_form: Visit, size: dict[str, int], language: str) -> None:
    page = visit_form(f"/report/?lang={language}", size=size)
    assert_no_faults(page)
    page.goto(f"{THE_LOT}&service=tree&lang={language}")
    page.wait_for_selector("[data-map-state=ready]", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    page.locator("[data-question=where] input[value=wires]").check()
    page.locator("[data-question=sparks] input[value=sparks]").check()
    page.locator("#contact summary").click()
    assert_no_faults(page)
    page.locator("[data-question=where] input[value=yard]").check()
    page.locator("#send").click()
    number_of(page)
    assert_no_faults(page)


def test_every_page_leads_to_it(visit_form: Visit, visit: Visit) -> None:
    page = visit("/")
    page.get_by_role("navigation").get_by_role("link", name="Report a problem").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Report a problem")
