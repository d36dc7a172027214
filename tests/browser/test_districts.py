"""The districts change, in a browser: draft, report, difference map, held up, confirmed, in force, taken back."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.beside import Beside
from tests.browser.test_console import Enter, Office, enter, numbers, office
from tests.layers.town import feature, square, write

__all__ = ["enter", "numbers", "office"]
Run = Callable[[str], Any]


@pytest.fixture
def run(beside: Beside, numbers: Office) -> Iterator[Run]:
    """Does something in the process beside the server: tests/browser/districts.py says what there is."""
    yield lambda what: beside.do("districts", what)
    beside.do("districts", "end")


def beats(tmp_path: Path) -> Path:
    """Beat 11 is split down the middle of the town into 13 and 14; 12 stays."""
    features = [
        feature(square(0, 0, 10, 8), code="13", name="Beat 13"),
        feature(square(10, 0, 20, 8), code="14", name="Beat 14"),
        feature(square(0, 11, 20, 20), code="12", name="Beat 12"),
    ]
    return write(tmp_path / "beats-next.geojson", features)


def sound(page: Page) -> None:
    assert Axe().run(page).response["violations"] == []


@pytest.mark.timeout(300)
def test_the_change_of_the_beats(run: Run, enter: Enter, tmp_path: Path) -> None:
    potholes = run("begin")
    gus = enter("gus", "/console/gis/files/")
    sound(gus)
    gus.locator("input[name=file]").set_input_files(beats(tmp_path))
    gus.get_by_label("Kind of layer").select_option("beat")
    gus.get_by_label(re.compile("Column with the code")).fill("code")
    gus.get_by_label(re.compile("Column with the name")).fill("name")
    gus.get_by_role("button", name="Load it as a draft").click()
    run("work")
    gus.get_by_role("link", name="To the draft").click()
    draft = gus.url

    # Held up: the rule and the deputy name beat 11, which is gone.
    expect(gus.get_by_text("11 is gone")).to_be_visible()
    expect(gus.locator("main")).to_contain_text("beat_eleven")
    expect(gus.locator("main")).to_contain_text("Dan (Sheriff's deputy)")
    expect(gus.get_by_text("Answer what holds it up first.")).to_be_visible()
    sound(gus)

    # The preview, with the ground that changes hands.
    gus.get_by_label(re.compile("What would move")).fill("30")
    gus.get_by_role("button", name="Work it out").click()
    run("work")
    expect(gus.get_by_text("would lie elsewhere")).to_be_visible()
    gus.wait_for_selector("#map[data-ground='2'][data-requests]")
    expect(gus.locator("main")).to_contain_text("beat:11")
    sound(gus)

    # Confirmed, and put in force as of last month.
    gus.goto(draft)
    for box in gus.locator("input[name^=successor-], input[name=accept]").all():
        box.check()
    gus.get_by_role("button", name="Keep these answers").click()
    expect(gus.get_by_text("Everything is answered")).to_be_visible()
    before = run("sums")
    first = timezone.now().date() - timedelta(days=30)
    gus.get_by_label("First day").fill(first.isoformat())
    gus.get_by_label(re.compile("I have looked")).check()
    gus.get_by_role("button", name="Put in force").click()
    run("work")
    expect(gus.get_by_role("link", name="Take it back")).to_be_visible()
    assert run("sums")["intake_servicerequest"] != before["intake_servicerequest"]

    # Exactly the one that was filed since has moved, with a line; the older one answers the old.
    dora = enter("dora", f"/console/requests/{potholes['since']}/")
    expect(dora.locator(".history")).to_contain_text("Placed and routed again")
    dora.goto(f"/console/requests/{potholes['before']}/")
    expect(dora.locator(".history")).not_to_contain_text("Placed and routed again")

    # Taken back: everything as before.
    gus.reload()
    gus.get_by_role("link", name="Take it back").click()
    sound(gus)
    gus.get_by_role("button", name="Yes, take it back").click()
    run("work")
    after = run("sums")
    assert {table for table in before if before[table] != after[table]} == set()
