"""The console as staff use it: from what is to decide to closed, beside the map, by keyboard, without scripts."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.beside import Beside
from tests.browser.conftest import LogIn, Visit
from tests.browser.faults import assert_no_faults
from tests.browser.looks import looks

Office = dict[str, str]
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def office(beside: Beside) -> Callable[[], Office]:
    """Makes a request to decide, one without a place and one that is late; gives their numbers."""

    def make() -> Office:
        made: Office = beside.do("office")
        return made

    return make


@pytest.fixture(scope="module")
def numbers(office: Callable[[], Office]) -> Office:
    """Requests that tests only look at."""
    return office()


@pytest.fixture
def enter(visit: Visit, log_in: LogIn) -> Iterator[Enter]:
    """Opens a page of the console as somebody who has logged in.

    No page is closed while its map is still being drawn.
    """
    opened = []

    def open_page(name: str, path: str = "/console/", language: str = "en", **options: Any) -> Page:
        page = visit(path, cookies=log_in(name, language), **options)
        if options.get("scripts", True) and page.locator("#map").count():
            drawn(page)
        opened.append((page, options.get("scripts", True)))
        return page

    yield open_page
    for page, scripts in opened:
        if scripts and page.locator("#map").count():
            drawn(page)


def request_path(number: str) -> str:
    return f"/console/requests/{number}/"


def drawn(page: Page) -> None:
    """Waits for the map: a page that is left while its scripts still load is none that a person sees."""
    page.wait_for_selector("[data-map-state=ready]", state="attached")


def row(page: Page, number: str) -> Any:
    return page.locator(f".row[data-number='{number}']")


def test_a_dispatcher_takes_a_request_from_review_to_closed(enter: Enter, office: Callable[[], Office]) -> None:
    number = office()["to_decide"]
    page = enter("dora", "/console/?tab=review")
    expect(row(page, number)).to_contain_text("No rules are in force.")
    row(page, number).locator(".row-link").click()
    page.locator(".matter").get_by_role("link", name="Hand on").click()
    page.locator("#panel-hand_on input[name=reason]").fill("A hole in your street")
    page.locator("#panel-hand_on").get_by_role("button", name="Public Works liaison").click()
    expect(page.locator(".told")).to_have_text("Handed on.")
    expect(page.locator(".matters")).to_have_count(0)
    for button, state in (("Accept", "Accepted"), ("Begin", "In progress")):
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".state-badge")).to_have_text(state)
    page.locator("#panel-done summary").click()
    page.locator("#panel-done textarea[name=status_notes]").fill("Filled with asphalt.")
    page.locator("#panel-done button").click()
    expect(page.locator(".state-badge")).to_have_text("Done in the field")
    page.locator("#panel-close summary").click()
    page.locator("#panel-close select").select_option("repaired")
    page.locator("#panel-close button").click()
    expect(page.locator("blockquote")).to_contain_text("The hole has been filled.")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".state-badge")).to_have_text("Closed: Repaired")
    expect(page.locator(".history")).to_contain_text("Filled with asphalt.")


def test_a_liaison_sees_the_own_late_work_and_no_decisions(enter: Enter, numbers: Office) -> None:
    page = enter("luis")
    expect(page.locator(".first-reviews")).to_have_count(0)
    expect(row(page, numbers["late"])).to_contain_text("Overdue by 1 d 2 h")
    expect(row(page, numbers["to_decide"])).to_have_count(0)
    page.goto(request_path(numbers["to_decide"]))
    expect(page.locator(".error-code")).to_have_text("404")


def test_a_planner_lands_on_links(enter: Enter, numbers: Office) -> None:
    page = enter("pia")
    page.get_by_role("link", name="All open requests").click()
    row(page, numbers["late"]).locator(".row-link").click()
    expect(page.locator(".actions")).to_contain_text("You may look at this request; others work on it.")
    expect(page.get_by_text("Rosa Lima")).to_have_count(0)


def test_list_and_map_are_linked(enter: Enter, numbers: Office) -> None:
    page = enter("dora", "/console/?tab=open")
    page.wait_for_selector("[data-pins-ready]")
    row(page, numbers["late"]).hover()
    expect(page.locator(".list-pin.is-lit")).to_have_count(1)
    expect(page.locator(".list-pin.is-lit .sign-overdue")).to_be_visible()
    page.locator(".list-pin.is-lit").click()
    expect(row(page, numbers["late"]).locator(".row-link")).to_be_focused()


def test_what_came_since_is_told_without_moving_the_list(enter: Enter, office: Callable[[], Office]) -> None:
    page = enter("dora", "/console/?tab=new")
    before = page.locator(".row").count()
    office()
    page.locator("#queue").dispatch_event("onemap:look")
    expect(page.locator("#fresh")).to_have_text(re.compile(r"3 new"))
    assert page.locator(".row").count() == before
    page.locator("#fresh").click()
    expect(page.locator(".row")).to_have_count(before + 3)


def test_two_at_once_and_the_second_is_told_who_was_first(enter: Enter, office: Callable[[], Office]) -> None:
    number = office()["late"]
    first, second = enter("luis", request_path(number)), enter("dora", request_path(number))
    first.get_by_role("button", name="Accept", exact=True).click()
    expect(first.locator(".told")).to_have_text("Accepted.")
    second.get_by_role("button", name="Accept", exact=True).click()
    expect(second.locator(".told-error")).to_contain_text("Somebody was quicker: Luis")
    expect(second.locator(".state-badge")).to_have_text("Accepted")


def test_a_pin_is_moved_by_a_press_on_the_map(enter: Enter, office: Callable[[], Office]) -> None:
    number = office()["to_decide"]
    page = enter("dora", f"{request_path(number)}place/")
    before = page.locator("#id_lat").input_value()
    page.locator("#map").click(position={"x": 120, "y": 300})
    expect(page.locator("#id_lat")).not_to_have_value(before)
    page.get_by_role("button", name="Move it there").click()
    expect(page.locator(".history")).to_contain_text("Moved to")


def test_a_lost_place_is_found_by_its_address(enter: Enter, office: Callable[[], Office]) -> None:
    number = office()["lost"]
    page = enter("dora", request_path(number))
    expect(page.locator(".matters")).to_contain_text("The address “by the old mill” was not found.")
    page.locator(".matters").get_by_role("link", name="Correct the place").click()
    drawn(page)
    page.locator("#place-q").fill("100 almond st")
    page.get_by_role("button", name="Find").last.click()
    drawn(page)
    page.locator(".found a").first.click()
    drawn(page)
    page.get_by_role("button", name="Move it there").click()
    expect(page.locator(".matters")).not_to_contain_text("was not found")


def test_the_whole_way_by_the_keyboard(enter: Enter, office: Callable[[], Office]) -> None:
    number = office()["late"]
    page = enter("luis")
    row(page, number).locator(".row-link").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(number)
    page.get_by_role("button", name="Accept", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".state-badge")).to_have_text("Accepted")
    page.locator("#panel-done summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#done-status_notes")).to_be_focused()
    page.keyboard.type("Done by keyboard.")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.locator("#panel-done button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".state-badge")).to_have_text("Done in the field")


def test_everything_works_without_scripts(enter: Enter, office: Callable[[], Office]) -> None:
    number = office()["to_decide"]
    page = enter("dora", request_path(number), scripts=False)
    expect(page.locator(".place-picture")).to_be_visible()
    page.locator("#panel-hand_on summary").click()
    page.locator("#panel-hand_on").get_by_role("button", name="Parking wardens").click()
    expect(page.locator(".who-has")).to_contain_text("Parking, Parking wardens")
    page.goto(f"{request_path(number)}place/")
    page.locator(".picture-form input[type=image]").click(position={"x": 100, "y": 100})
    expect(page.locator("#place-said")).to_contain_text("Nothing is changed until")
    page.get_by_role("button", name="Move it there").click()
    expect(page.locator(".history")).to_contain_text("Moved to")
    page.goto("/console/")
    expect(page.locator(".queue-map")).to_be_hidden()
    expect(page.locator(".row").first).to_be_visible()


def test_the_rules_are_fetched_when_they_are_unfolded(enter: Enter, numbers: Office) -> None:
    page = enter("dora", f"{request_path(numbers['late'])}why/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Why it came here")


def test_a_request_without_a_place_has_its_page_too(enter: Enter, numbers: Office) -> None:
    page = enter("dora", request_path(numbers["lost"]))
    expect(page.locator("#map")).to_have_count(0)
    page.locator(".matters").get_by_role("link", name="Hand on").click()
    expect(page.locator("#panel-hand_on input[name=reason]")).to_be_focused()


def test_words_of_residents_are_text(enter: Enter, numbers: Office) -> None:
    page = enter("dora", request_path(numbers["late"]))
    expect(page.locator(".sheet-what .words").first).to_have_text("A deep hole <b>here</b>")


# Each kind of page in one look every day: lists, a request and its forms, the outbox and a message.
ENGLISH = ["/console/", "/console/outbox/", "REQUEST", "REQUESTwhy/"]
SPANISH = ["/console/?tab=review", "/console/outbox/by-hand/", "REQUESTplace/?q=100+almond",
           "REQUESTservice/?service_code=tree", "MESSAGE"]  # fmt: skip
MORE = ["/console/?tab=open&q=almond", "/console/?tab=mine", "REQUESTservice/?q=tree"]


@looks(ENGLISH, SPANISH, MORE)
def test_axe_finds_nothing(
    enter: Enter, numbers: Office, language: str, size: dict[str, int], pages: list[str]
) -> None:
    page = enter("dora", pages[0], language, size=size)
    for path in pages:
        if path == "MESSAGE":
            page.goto("/console/outbox/")
            page.locator(".row-link").first.click()
        elif path != pages[0]:
            page.goto(path.replace("REQUEST", request_path(numbers["to_decide"])))
        for one in page.locator("details").all():
            one.evaluate("(one) => { one.removeAttribute('name'); one.open = true; }")
        assert_no_faults(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_a_mail_is_read_in_its_frame(enter: Enter, numbers: Office) -> None:
    page = enter("dora", f"/console/outbox/?request={numbers['late']}")
    page.locator(".row-link").first.click()
    expect(page.frame_locator("iframe.mail").locator("body")).to_contain_text(numbers["late"])
