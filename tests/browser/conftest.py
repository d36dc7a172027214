"""A real browser on the product's own server. Whatever a page does, it asks no other host and breaks no policy."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from geoserver_app.published import reader
from tests.browser.beside import Beside
from tests.browser.server import Served, running

HERE = Path(__file__).parent
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# Two browsers and two servers share two cores: what comes at all may come late.
PATIENCE_MS = 20_000
# Language and window of pages that are looked at as a whole: each of both every day, all four in ./run test-all.
LOOKS = [
    pytest.param("en", DESK, id="en-desk"),
    pytest.param("es", PHONE, id="es-phone"),
    pytest.param("en", PHONE, id="en-phone", marks=pytest.mark.slow),
    pytest.param("es", DESK, id="es-desk", marks=pytest.mark.slow),
]
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
WATCH_POLICY = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


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
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme in {"http", "https", "ws", "wss"} and urlsplit(request.url).netloc != self.host:
            self.elsewhere.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        # A page that is meant to be missing, or to refuse, is reported as "Failed to load resource" too.
        meant = any(f"status of {status}" in message.text for status in (400, 404, 409, 422))
        if message.type == "error" and not meant:
            self.errors.append(message.text)


Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def log_ins() -> dict[tuple[str, str], Any]:
    """The cookies of who has logged in before, by name and language."""
    return {}


@pytest.fixture
def visit(site: str, browser: Browser) -> Iterator[Visit]:
    """Opens a path of the site in a fresh window; at the end nothing may have gone wrong in any of them."""
    with visits(site, browser) as open_page:
        yield open_page


@contextmanager
def visits(site: str, browser: Browser) -> Iterator[Visit]:
    """The same for any site."""
    opened: list[tuple[Page, Watched, bool]] = []

    def open_page(path: str, *, size: dict[str, int] | None = None, scripts: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            viewport=size or DESK, java_script_enabled=scripts, base_url=site, locale="en-US", **options
        )
        context.add_init_script(WATCH_POLICY)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watched = Watched(urlsplit(site).netloc)
        watched.follow(page)
        opened.append((page, watched, scripts))
        page.goto(path)
        return page

    yield open_page
    for page, watched, scripts in opened:
        violations = page.evaluate("window.__violations") if scripts else []
        page.context.close()
        assert (watched.elsewhere, watched.errors, violations) == ([], [], [])


@pytest.fixture
def visit_map(visit: Visit) -> Visit:
    """Opens a map page and waits until it is drawn."""

    def open_map(path: str = "/", **options: Any) -> Page:
        page = visit(path, **options)
        page.wait_for_selector("[data-map-state=ready]", state="attached")
        return page

    return open_map
