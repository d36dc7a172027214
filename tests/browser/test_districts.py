"""The districts change, in a browser: draft, report, difference map, held up, confirmed, in force, taken back."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from geoserver_app.published import reader
from tests.browser.beside import Beside
from tests.browser.conftest import visits
from tests.browser.faults import assert_no_faults
from tests.browser.server import Served, running
from tests.browser.test_console import Enter, Office, enter, numbers, office
from tests.browser.windows import Windows
from tests.layers.town import feature, square, write

__all__ = ["enter", "numbers", "office"]
Run = Callable[..., Any]
DAYS = 30


@dataclass(frozen=True)
class Change:
    """What a change of the beats is called on the pages."""

    file: Path
    columns: tuple[str, str]  # of the code and of the name
    gone: tuple[str, ...]
    named_by: tuple[str, ...]
    pieces: int  # of ground that changes hands


@pytest.fixture
def run(beside: Beside, numbers: Office) -> Iterator[Run]:
    """Does something in the process beside the server: tests/browser/districts.py says what there is."""
    yield lambda *words: beside.do("districts", *words)
    beside.do("districts", "end")


@pytest.fixture(scope="session")
def almendra(chromium: str, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of the invented city, with a history of some thousand requests."""
    # A database is only copied while nobody is connected to it; for that the whole session's fixtures come first.
    reader.close()
    connections.close_all()
    fill = [["manage.py", "load_demo_city"], ["manage.py", "seed_demo", "--requests", "3000"]]
    own = {"DEMO": "1", "ONEMAP_PRIVATE_DATABASE": "1", "DEFAULT_JURISDICTION": "almendra"}
    folder = tmp_path_factory.mktemp("almendra")
    with running(folder, name="almendra", fill=fill, **own) as there:
        yield there


def beats(tmp_path: Path) -> Path:
    """Beat 11 is split down the middle of the town into 13 and 14; 12 stays."""
    features = [
        feature(square(0, 0, 10, 8), code="13", name="Beat 13"),
        feature(square(10, 0, 20, 8), code="14", name="Beat 14"),
        feature(square(0, 11, 20, 20), code="12", name="Beat 12"),
    ]
    return write(tmp_path / "beats-next.geojson", features)


def drafted(page: Page, change: Change, run: Run) -> None:
    """Loaded as a draft; held up by who names what is gone."""
    page.goto("/console/gis/files/")
    assert_no_faults(page)
    page.locator("input[name=file]").set_input_files(change.file)
    page.get_by_label("Kind of layer").select_option("beat")
    page.get_by_label(re.compile("Column with the code")).fill(change.columns[0])
    page.get_by_label(re.compile("Column with the name")).fill(change.columns[1])
    page.get_by_role("button", name="Load it as a draft").click()
    run("work")
    page.get_by_role("link", name="To the draft").click()
    for code in change.gone:
        expect(page.get_by_text(f"{code} is gone")).to_be_visible()
    for name in change.named_by:
        expect(page.locator("main")).to_contain_text(name)
    expect(page.get_by_text("Answer what holds it up first.")).to_be_visible()
    assert_no_faults(page)


def looked_at(page: Page, change: Change, run: Run) -> None:
    """The report; and the preview, with the ground that changes hands."""
    draft = page.url
    page.get_by_role("navigation").get_by_role("link", name="Quality report").click()
    page.wait_for_selector("[data-map-state=ready]", state="attached")
    expect(page.locator("main")).to_contain_text(f"{change.gone[0]} →")
    page.goto(draft)
    page.get_by_label(re.compile("What would move")).fill(str(DAYS))
    page.get_by_role("button", name="Work it out").click()
    run("work")
    expect(page.get_by_text("would lie elsewhere")).to_be_visible()
    page.wait_for_selector(f"#map[data-ground='{change.pieces}'][data-requests]")
    expect(page.locator("main")).to_contain_text(f"beat:{change.gone[0]}")
    assert_no_faults(page)
    page.goto(draft)


def put_in_force(page: Page, run: Run) -> str:
    """Confirmed, and put in force as of last month; its first day."""
    for box in page.locator("input[name^=successor-], input[name=accept]").all():
        box.check()
    page.get_by_role("button", name="Keep these answers").click()
    expect(page.get_by_text("Everything is answered")).to_be_visible()
    first = (timezone.now().date() - timedelta(days=DAYS)).isoformat()
    page.get_by_label("First day").fill(first)
    page.get_by_label(re.compile("I have looked")).check()
    # The requests that are concerned are listed in the answer: seconds, more on a machine with much else to do.
    page.get_by_role("button", name="Put in force").click(timeout=180_000)
    run("work")
    expect(page.get_by_role("link", name="Take it back")).to_be_visible()
    return first


def taken_back(page: Page, run: Run) -> None:
    page.reload()
    page.get_by_role("link", name="Take it back").click()
    assert_no_faults(page)
    page.get_by_role("button", name="Yes, take it back").click(timeout=180_000)
    run("work")


def assert_same(before: dict[str, str], after: dict[str, str]) -> None:
    assert {table for table in before if before[table] != after[table]} == set()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_change_of_the_beats(run: Run, enter: Enter, tmp_path: Path) -> None:
    potholes = run("begin")
    gus = enter("gus")
    change = Change(beats(tmp_path), ("code", "name"), ("11",), ("beat_eleven", "Dan"), 2)
    drafted(gus, change, run)
    looked_at(gus, change, run)
    before = run("sums")
    put_in_force(gus, run)
    assert run("sums")["intake_servicerequest"] != before["intake_servicerequest"]
    # Exactly the one that was filed since has moved, with a line; the older one answers the old.
    dora = enter("dora", f"/console/requests/{potholes['since']}/")
    expect(dora.locator(".history")).to_contain_text("Boundaries changed. Police beats: 11 became 14")
    dora.goto(f"/console/requests/{potholes['before']}/")
    expect(dora.locator(".history")).not_to_contain_text("Boundaries changed")
    taken_back(gus, run)
    assert_same(before, run("sums"))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_change_of_the_beats_of_the_invented_city(almendra: Served, browser: Browser, tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        return almendra.beside.do("next_districts", *words)

    file = tmp_path / "beats-next.geojson"
    potholes = run("file", str(file))
    change = Change(file, ("BEAT", "BEAT_NAME"), ("21", "42"), ("south_side_patrol", "Dana Whitlock"), 4)
    with closing(Windows(browser, almendra.address)) as windows, visits(windows) as visit:
        gil = visit("/accounts/login/?lang=en")
        gil.locator("input[name=login]").fill("gis")
        gil.locator("input[name=password]").fill("gis-demo")
        gil.locator("main form button[type=submit]").first.click()
        gil.wait_for_url(re.compile("/console/"))
        drafted(gil, change, run)
        looked_at(gil, change, run)
        before = run("sums")
        moved = run("moved", put_in_force(gil, run))
        assert potholes["since"] in moved["told"] == moved["expected"]
        assert potholes["before"] not in moved["told"]
        taken_back(gil, run)
        assert_same(before, run("sums"))
