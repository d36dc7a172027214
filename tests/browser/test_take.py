"""The call-taker's form, driven by the keyboard alone; and what it is without scripts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.beside import Beside
from tests.browser.conftest import DESK, LogIn, Visit
from tests.browser.duplicates import ADDRESS
from tests.browser.faults import assert_no_faults
from tests.browser.looks import LOOKS

Form = Callable[..., Page]
NEW = "/console/new/"


@pytest.fixture(scope="module", autouse=True)
def _staff(beside: Beside) -> None:
    """The call-taker, and requests that she finds."""
    beside.do("lives")


@pytest.fixture
def at_the_form(visit: Visit, log_in: LogIn) -> Form:
    """Opens the form with the cursor in its first field, in a session of its own: forms are parked in it."""

    def open_form(language: str = "en", **options: Any) -> Page:
        page = visit(NEW, cookies=log_in("lena", language), **options)
        if options.get("scripts", True):
            page.wait_for_selector("#take[data-ready]")
            expect(page.locator("#say")).to_be_focused()
        return page

    return open_form


def test_a_call_by_the_keyboard_alone(at_the_form: Form) -> None:
    page = at_the_form(size=DESK)
    page.keyboard.type("broken branch")
    expect(page.locator("#say-list [role=option]").first).to_contain_text("Tree problem")
    page.keyboard.press("Enter")
    expect(page.locator("#where")).to_be_focused()
    page.keyboard.type("100 almond")
    expect(page.locator("#where-list [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#place-state")).to_contain_text("100 Almond St")
    expect(page.locator("[data-part=questions] input").first).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("[data-part=lies]")).to_contain_text(re.compile("Public Works|City Hall decides"))
    page.locator("#description").focus()
    page.keyboard.type("It hangs over the sidewalk")
    page.keyboard.press("Tab")
    page.keyboard.type("559 555 0163")
    expect(page.locator("[data-part=caller]")).to_contain_text("Pothole")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Registered. Read out:")).to_be_visible()
    expect(page.locator(".take-code li")).to_have_count(6)
    expect(page.get_by_role("link", name="Next call")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_be_focused()


def test_a_caller_is_one_more_who_reports_what_is_known(at_the_form: Form, beside: Beside) -> None:
    (known,) = beside.do("duplicates", "call")
    page = at_the_form(size=DESK)
    page.keyboard.type("graffiti")
    expect(page.locator("#say-list [role=option]").first).to_contain_text("Graffiti")
    page.keyboard.press("Enter")
    expect(page.locator("#where")).to_be_focused()
    page.keyboard.type(ADDRESS)
    expect(page.locator("#where-list [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    choice = page.locator(f"#same-{known}")
    expect(choice).to_be_visible()
    assert_no_faults(page)
    choice.focus()
    page.keyboard.press("Space")
    with page.expect_response("**/console/new/look/**"):
        page.locator("#description").focus()
        page.keyboard.type("Red letters")
    expect(choice).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Registered. Read out:")).to_be_visible()
    page.get_by_role("link", name="Open the request").click()
    expect(page.locator("#same")).to_contain_text(f"This is one more report of {known}")


def test_a_question_is_logged_by_two_keys(at_the_form: Form) -> None:
    page = at_the_form(size=DESK)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#say-list [aria-selected=true]")).to_contain_text("City Hall hours")
    page.keyboard.press("Enter")
    expect(page.locator(".told")).to_contain_text("Logged as answered: City Hall hours")
    expect(page.locator("#say")).to_be_focused()


def test_forms_are_parked_and_found_again_after_a_reload(at_the_form: Form) -> None:
    page = at_the_form(size=DESK)
    page.keyboard.type("pothole")
    expect(page.locator("#say-list [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".take-chosen")).to_contain_text("Pothole")
    page.locator("#name").fill("Maria")
    page.keyboard.press("F2")
    expect(page.locator(".take-parked a")).to_have_count(1)
    expect(page.locator("#say")).to_have_value("")
    page.wait_for_selector("#take[data-ready]")
    page.keyboard.press("F8")
    expect(page.locator("#name")).to_have_value("Maria")
    page.wait_for_selector("#take[data-ready]")
    page.locator("#description").fill("By the bus stop")
    expect(page.locator("#take-saved")).to_have_text("Kept")
    page.reload()
    expect(page.locator("#description")).to_have_value("By the bus stop")
    expect(page.locator(".take-chosen")).to_contain_text("Pothole")


def test_shortcuts_are_listed_and_can_be_turned_off(at_the_form: Form) -> None:
    page = at_the_form(size=DESK)
    page.keyboard.type("?")
    expect(page.locator("#take-dialog")).to_be_hidden()
    expect(page.locator("#say")).to_have_value("?")
    page.locator("#send").focus()
    page.keyboard.type("?")
    expect(page.locator("#take-dialog")).to_be_visible()
    page.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.locator("#send").focus()
    page.keyboard.type("?")
    expect(page.locator("#take-dialog")).to_be_hidden()


def test_a_stopper_is_read_out(at_the_form: Form) -> None:
    page = at_the_form(size=DESK)
    page.keyboard.type("broken branch")
    expect(page.locator("#say-list [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_label("It touches wires").check()
    page.get_by_label("Sparks or smoke").check()
    expect(page.locator(".take-stopper")).to_contain_text("Stay away and call now.")


def test_it_works_without_scripts(at_the_form: Form) -> None:
    page = at_the_form(scripts=False, size=DESK)
    page.fill("#say", "pothole")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Pothole").click()
    page.fill("#where", "100 almond")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("100 Almond")).first.click()
    expect(page.locator("#place-state")).to_contain_text("100 Almond")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Registered. Read out:")).to_be_visible()


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_axe_finds_nothing(at_the_form: Form, language: str, size: dict[str, int]) -> None:
    page = at_the_form(language, size=size)
    assert_no_faults(page)
    page.keyboard.type("arbol" if language == "es" else "tree problem")
    expect(page.locator("#say-list [role=option]").first).to_be_visible()
    assert_no_faults(page)
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=questions] fieldset").first).to_be_visible()
    page.locator("#phone").fill("559 555 0163")
    expect(page.locator("[data-part=caller] section")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert_no_faults(page)
    page.locator("#send").click()
    expect(page.locator("#take-errors")).to_be_visible()
    assert_no_faults(page)
    page.locator("#take-keys").click()
    assert_no_faults(page)
