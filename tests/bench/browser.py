"""The public map in a real browser: when it is ready, what it loads, how it moves; medians of five fresh windows.

Ready is the moment, counted from the beginning of the navigation, at which both the ground and the requests of the view
are drawn. The first window of a kind is opened once before, so that the server is as warm as it is in the middle of a
day; the browser's own cache is empty each time. Nothing is said of a network: server and browser share the machine.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench import map_sizes
from tests.bench.report import ROOT, Report

ROUNDS = 5
SIZES = (1_000_000,)
FULL_SIZES = (1_000_000, 10_000_000)
PAN_S = 3
ALONE_MS = 2_500  # in which nobody asks the page anything, times as much as its processor is slowed down
# What is asked for each view: counts, squares and the list, not the page, its scripts and the ground.
DATA = ("/map/summary", "/map/heat", "/map/list")
WATCH = """
window.__long = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.__long.push(one.duration);
}).observe({ type: 'longtask', buffered: true });
"""
MARKS = """() => ['map-ready', 'requests-drawn'].map((name) => performance.getEntriesByName(name)[0].startTime)"""
# Drags the map in loops, a step a frame, and gives the lengths of the frames in ms.
PAN = """async (seconds) => {
  const map = document.getElementById('map');
  const box = map.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const send = (type, target, turn) => target.dispatchEvent(new MouseEvent(type, {
    bubbles: true, cancelable: true, view: window, button: 0, buttons: 1,
    clientX: x + 150 * Math.sin(turn), clientY: y + 110 * Math.sin(2 * turn) }));
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const frames = [];
  let last = await frame();
  const begun = last;
  send('mousedown', document.elementFromPoint(x, y), 0);
  while (last - begun < seconds * 1000) {
    send('mousemove', document, (last - begun) / 400);
    const now = await frame();
    frames.push(now - last);
    last = now;
  }
  send('mouseup', document, (last - begun) / 400);
  return frames;
}"""


@dataclass(frozen=True)
class Window:
    """A kind of window: its size in pixels, and by how much its processor is slowed down."""

    name: str
    width: int
    height: int
    slower: int


@dataclass(frozen=True)
class Look:
    """One window: milliseconds, bytes of the data of the view, bytes of everything, frames while the map is moved.

    ``worked`` is the processor time of the page's own thread until it is ready, which says more on a busy machine.
    """

    ready: float
    ground: float
    worked: float
    data: int
    everything: int
    longest: float
    frames: list[float]

    @property
    def a_second(self) -> float:
        return 1000 * len(self.frames) / sum(self.frames)


WINDOWS = (Window("1280x800", 1280, 800, 1), Window("390x844, processor 4 times slower", 390, 844, 4))


def run(report: Report, *, full: bool = False) -> None:
    """`./run bench browser`; ONEMAP_BENCH_MAP_SIZES names other sizes."""
    given = os.environ.get("ONEMAP_BENCH_MAP_SIZES")
    sizes = map_sizes.sizes(full=full) if given else FULL_SIZES if full else SIZES
    for size in sizes:
        map_sizes.prepare(report, size)
        with map_sizes.using(size):
            _ready_to_serve()
            middle = _middle()
        with _served(size) as site, _chromium() as browser:
            for name, path in _views(middle).items():
                for window in WINDOWS:
                    _look(browser, site, path, window)
                    looks = [_look(browser, site, path, window) for _ in range(ROUNDS)]
                    _told(report, f"{size:,}: {name}, {window.name}", looks)


def _views(middle: str) -> dict[str, str]:
    return {
        "as it opens": "/",
        "all years": "/?status=all",
        "all years at z15": f"/?status=all&map=15/{middle}",
        "all years at z18": f"/?status=all&map=18/{middle}",
        "heat of all years": "/?status=all&draw=heat",
    }


def _told(report: Report, name: str, looks: list[Look]) -> None:
    """Medians, with the least and the most of what waits."""
    ready = sorted(one.ready for one in looks)
    ground = statistics.median(one.ground for one in looks)
    report.line(
        f"{name}: ready ({ready[0]:.0f} to {ready[-1]:.0f} ms; the ground alone {ground:.0f} ms)",
        statistics.median(ready),
        "ms",
        n=len(looks),
        size=int(statistics.median(o.everything for o in looks)),
    )
    worked = statistics.median(one.worked for one in looks)
    report.line(f"{name}: processor time of the page until it is ready", worked, "ms", n=len(looks))
    report.line(f"{name}: data of the view", statistics.median(one.data for one in looks) / 1e3, "KB", n=len(looks))
    fps = statistics.median(one.a_second for one in looks)
    worst = max(frame for one in looks for frame in one.frames)
    report.line(f"{name}: moved (longest frame {worst:.0f} ms)", fps, "frames/s", n=sum(len(o.frames) for o in looks))
    longest = [one.longest for one in looks]
    report.line(f"{name}: longest task, opened and moved (at most {max(longest):.0f} ms)",
                statistics.median(longest), "ms", n=len(looks))  # fmt: skip


def _look(browser: Any, site: str, path: str, window: Window) -> Look:
    """One fresh window, opened, then moved."""
    context = browser.new_context(viewport={"width": window.width, "height": window.height}, base_url=site)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(60_000)
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    if window.slower > 1:
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": window.slower})
    done: list[Any] = []
    page.on("requestfinished", lambda request: done.append(request))  # noqa: PLW0108  Playwright marks what it is given
    page.goto(path, wait_until="commit")
    page.wait_for_timeout(ALONE_MS * window.slower)
    for wanted in ("[data-map-state=ready]", "[data-requests]"):
        page.wait_for_selector(wanted, state="attached")
    ground, requests = page.evaluate(MARKS)
    metrics = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    loaded = {request.url: request.sizes()["responseBodySize"] for request in done}
    frames = page.evaluate(PAN, PAN_S)
    page.wait_for_load_state("networkidle")
    longest = max(page.evaluate("window.__long"), default=0.0)
    context.close()
    data = sum(size for url, size in loaded.items() if urlsplit(url).path in DATA)
    worked = metrics["TaskDuration"] * 1e3
    return Look(max(ground, requests), ground, worked, data, sum(loaded.values()), longest, frames)


# --- served -----------------------------------------------------------------------------------------------------------


def _ready_to_serve() -> None:
    """Counts and kept tiles, as the worker has them ready."""
    from geoserver_app.density.models import Audience, Cube
    from geoserver_app.density.rebuild import rebuild
    from geoserver_app.published import basemap

    place = _place()
    if not Cube.objects.filter(jurisdiction=place, audience=Audience.PUBLIC, is_current=True).exists():
        rebuild(place)
    basemap.bring_up_to_date(place.pk)


def _middle() -> str:
    """LATITUDE/LONGITUDE of the middle of the city."""
    point = _place().outline.centroid
    return f"{point.y:.5f}/{point.x:.5f}"


def _place() -> Any:
    from geoserver_app.commands import demo_city
    from layers.models import Jurisdiction

    return Jurisdiction.objects.get(code=demo_city.ALMENDRA.code)


@contextmanager
def _served(size: int) -> Iterator[str]:
    """The product's server on the database of a size, with its static files collected and compressed; its address."""
    from geoserver_app.commands import demo_city
    from tests.browser import server

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = server.environment(folder, map_sizes.name_of(size)) | {"DEFAULT_JURISDICTION": demo_city.ALMENDRA.code}
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(collect, cwd=ROOT, env=env, check=True)
        with server.serving(env, folder, workers=2) as site:
            yield site


@contextmanager
def _chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import QUIET

    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        sys.exit("This benchmark needs Chromium: install Debian's package chromium, or name one in CHROMIUM.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()
