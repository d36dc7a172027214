"""A known problem from the dispatcher's form to the resident's telephone; and places where things happen again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.faults import assert_no_faults
from tests.browser.test_console import Enter, Office, enter, numbers, office

__all__ = ["enter", "numbers", "office"]
# At the northern end of the town, where no other test reports anything.
ON_FIG_STREET = "/report/?lon=-119.71&lat=36.0198"


@pytest.mark.usefixtures("numbers")  # which makes the staff
def test_a_notice_stops_a_report_and_lets_another_one_through(enter: Enter, visit: Visit) -> None:
    desk = enter("dora", "/console/notices/new/", size=DESK)
    desk.locator("summary", has_text="Streets").click()
    desk.get_by_label("Pothole", exact=True).check()
    desk.get_by_role("button", name="Draw an outline").click()
    for x, y in ((200, 200), (300, 200), (250, 300)):
        desk.locator("#map").click(position={"x": x, "y": y})
    expect(desk.locator("#draw-said")).to_have_text("3 corners")
    desk.get_by_label("Around an address or a corner").check()
    desk.locator("#id_address").fill("150 Fig Street")
    desk.locator("#id_text_en").fill("Storm: Fig Street is full of holes, we know.")
    desk.locator("#id_text_es").fill("Tormenta: la calle Fig está llena de baches, ya sabemos.")
    assert_no_faults(desk)
    desk.get_by_role("button", name="Place it").click()
    expect(desk.locator(".state-badge")).to_have_text("Holds now")
    try:
        _stopped(visit)
        _went_on(visit)
        desk.reload()
        expect(desk.locator(".notice-effect dd")).to_have_text(["1", "0", "1"])
        expect(desk.locator(".plain-list")).to_contain_text("it has become worse, or is dangerous")
        assert_no_faults(desk)
    finally:
        desk.get_by_role("button", name="Lift it now").click()
    expect(desk.locator(".state-badge")).to_have_text("Lifted")
    desk.wait_for_selector("[data-map-state=ready]", state="attached")


def _stopped(visit: Visit) -> None:
    """A resident in Spanish, on a telephone: the form waits until the notice is answered."""
    page = visit(f"{ON_FIG_STREET}&lang=es", size=PHONE)
    page.wait_for_selector("[data-map-state=ready]", state="attached")
    page.locator("#q").fill("hoyo en la calle")
    page.locator("#results").get_by_role("button", name="Bache").click()
    expect(page.locator(".known-text")).to_have_text("Tormenta: la calle Fig está llena de baches, ya sabemos.")
    expect(page.locator("#details")).to_be_hidden()
    assert_no_faults(page)
    page.get_by_role("button", name="Sí, no hace falta nada más").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gracias. No hace falta nada más.")


def _went_on(visit: Visit) -> None:
    """Another one goes on, by the keyboard and without leaving the page."""
    page = visit(f"{ON_FIG_STREET}&service=pothole", size=DESK)
    page.wait_for_selector("[data-map-state=ready]", state="attached")
    page.get_by_label("No, I want to report it anyway:").select_option("worse")
    page.get_by_role("button", name="Report it anyway").press("Enter")
    expect(page.locator("#known-answered")).to_have_text("Good. Tell us below what is different, and send it.")
    expect(page.locator("#description")).to_be_focused()
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("#sent-number")).to_be_visible()


def test_the_register_leads_from_a_place_to_its_incidents(enter: Enter, office: Callable[[], Office]) -> None:
    taken = [office()["to_decide"] for _time in range(2)]
    page = enter("dora", "/console/repeat/?incidents=2&place=parcel", size=DESK)
    page.wait_for_selector("[data-pins-ready]")
    first = page.locator(".row").first
    first.hover()
    expect(page.locator(".repeat-pin.is-lit")).to_have_count(1)
    assert_no_faults(page)
    first.locator(".row-link").click()
    for number in taken:
        expect(page.locator(f".row[data-number='{number}']")).to_be_visible()
    page.set_viewport_size(PHONE)
    page.wait_for_selector("[data-pins-ready]")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_no_faults(page)
