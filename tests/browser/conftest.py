"""A real browser on the product's own server. Whatever a page does, it asks no other host and breaks no policy."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, expect, sync_playwright

from geoserver_app.published import reader
from tests.browser.beside import Beside
from tests.browser.server import Served, running
from tests.browser.windows import Windows

HERE = Path(__file__).parent
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# Two browsers and two servers share two cores: what comes at all may come late.
PATIENCE_MS = 20_000
# What Chromium would do on its own account: look for updates, send reports, fetch lists.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--metrics-recording-only",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is marked as driving a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # The test database is only made where a test says that it wants one; the site is a copy of it.
            item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program: CHROMIUM, else the one on the path."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path:
        return path
    message = "no Chromium here: install Debian's package chromium, or name one in CHROMIUM"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def served(chromium: str, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running server whose database holds the town of Encinar, and a process beside it."""
    # A database is only copied while nobody is connected to it.
    reader.close()
    connections.close_all()
    with running(tmp_path_factory.mktemp("site")) as there:
        yield there


@pytest.fixture(scope="session")
def site(served: Served) -> str:
    """The address of the server."""
    return served.address


@pytest.fixture(scope="session")
def beside(served: Served) -> Beside:
    """Does in the server's database what somebody else does there: an office, a worker."""
    return served.beside


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    # Playwright keeps an event loop running in this process until the session ends; Django takes that for an
    # asynchronous caller and would refuse the database to every test that runs here afterwards.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@dataclass
class Watched:
    """What a page did that it must not do."""

    host: str
    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", self._error)

    def let_go(self, page: Page) -> None:
        page.remove_listener("request", self._request)
        page.remove_listener("console", self._console)
        page.remove_listener("pageerror", self._error)

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme in {"http", "https", "ws", "wss"} and urlsplit(request.url).netloc != self.host:
            self.elsewhere.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        # A page that is meant to be missing, or to refuse, is reported as "Failed to load resource" too.
        meant = any(f"status of {status}" in message.text for status in (400, 404, 409, 422))
        if message.type == "error" and not meant:
            self.errors.append(message.text)

    def _error(self, error: Error) -> None:
        self.errors.append(str(error))


Visit = Callable[..., Page]
LogIn = Callable[..., list[Any]]


@pytest.fixture(scope="session")
def log_in(site: str, beside: Beside) -> LogIn:
    """The cookies of somebody who has just logged in and chosen a language."""

    def cookies(name: str, language: str = "en") -> list[Any]:
        made: dict[str, str] = beside.do("log_in", name, language)
        return [{"name": cookie, "value": value, "url": site} for cookie, value in made.items()]

    return cookies


@pytest.fixture(scope="session")
def windows(site: str, browser: Browser) -> Iterator[Windows]:
    """Windows on the site, used again by one test after the other."""
    with closing(Windows(browser, site)) as there:
        yield there


@pytest.fixture
def visit(windows: Windows) -> Iterator[Visit]:
    """Opens a path of the site in a window of its own; at the end nothing may have gone wrong in any of them."""
    with visits(windows) as open_page:
        yield open_page


@contextmanager
def visits(windows: Windows) -> Iterator[Visit]:
    """The same for any site."""
    opened: list[tuple[Page, Watched, bool]] = []

    def open_page(
        path: str,
        *,
        size: dict[str, int] | None = None,
        scripts: bool = True,
        cookies: Sequence[Any] = (),
        **options: Any,
    ) -> Page:
        page = windows.take(size or DESK, scripts=scripts, **options)
        page.context.add_cookies(cookies)
        page.set_default_timeout(PATIENCE_MS)
        watched = Watched(urlsplit(windows.site).netloc)
        watched.follow(page)
        opened.append((page, watched, scripts))
        page.goto(path)
        return page

    yield open_page
    done = []
    for page, watched, scripts in opened:
        violations = page.evaluate("window.__violations") if scripts else []
        watched.let_go(page)
        windows.give_back(page)
        done.append((watched.elsewhere, watched.errors, violations))
    assert done == [([], [], [])] * len(opened)


@pytest.fixture
def visit_map(visit: Visit) -> Visit:
    """Opens a map page and waits until it is drawn."""

    def open_map(path: str = "/", **options: Any) -> Page:
        page = visit(path, **options)
        page.wait_for_selector("[data-map-state=ready]", state="attached")
        return page

    return open_map
