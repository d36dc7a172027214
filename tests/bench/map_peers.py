"""The same tiles by other software, on the same points, in the same run; a request is cut after a minute."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

from tests.bench.map_over_http import Spots
from tests.bench.over_http import Bench, environment, free_port, server, started
from tests.bench.report import Report

ZOOMS, CUT_S = range(10, 18), 60
_FEW = 13  # below this zoom one tile is enough, asked for once: it holds a good part of the city
_HERE = Path(__file__).with_name("peers")
_POINTS = """
drop schema if exists bench_peers cascade;
create schema bench_peers;
create table bench_peers.point as
select r.id, r.service_request_id as number, s.code as service_code, r.is_open, r.geom::postgis.geometry(Point, 4326)
from published.counted r join published.service s on s.id = r.service_id
where r.leads and r.geom is not null order by r.morton;
alter table bench_peers.point add primary key (id);
create index on bench_peers.point using gist (geom postgis.gist_geometry_ops_2d);
create index on bench_peers.point (service_code);
analyze bench_peers.point;
"""


@dataclass(frozen=True)
class Peer:
    """Somebody who makes tiles; ``address`` has places for zoom, column, row and the query of a filter."""

    name: str
    url: str
    address: str


def measure(report: Report, bench: Bench, size: int, spots: Spots) -> None:
    """Everybody's answers one after the other, ours among them; then supercluster in a browser."""
    folder = _installed()
    if folder is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(_POINTS)
    try:
        _served(report, bench, size, spots, folder)
        _in_browser(report, bench, size, spots, folder)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop schema bench_peers cascade")


# --- installed --------------------------------------------------------------------------------------------------------


def _installed() -> Path | None:
    """Where the peers are, put there where they are not; None, with the reason printed, where they cannot be."""
    from django.conf import settings

    folder = Path(settings.DATA_DIR) / "bench-peers"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_HERE / name, folder / name)
    steps = [
        ([sys.executable, "-m", "venv", "venv"], folder / "venv"),
        (["venv/bin/python", "-m", "pip", "install", "-q", "-r", str(_HERE / "requirements.txt")], folder / "pip.done"),
        (["npm", "ci", "--no-audit", "--no-fund"], folder / "node_modules"),
    ]
    for command, result in steps:
        if not result.exists() and not _done(command, folder):
            return None
        result.touch()
    return folder


def _done(command: list[str], folder: Path) -> bool:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-8:])
        print(f"peers are not measured: {' '.join(command)} ended with {done.returncode}:\n{last}", flush=True)
    return not done.returncode


# --- served -----------------------------------------------------------------------------------------------------------


def _served(report: Report, bench: Bench, size: int, spots: Spots, folder: Path) -> None:
    tile = (16, *spots.tiles[16][0])
    with ExitStack() as stack:
        ours = stack.enter_context(server(bench, "product", "/map/tiles/{}/{}/{}.mvt".format(*tile)))
        peers = [Peer("ours", ours, "/map/tiles/{}/{}/{}.mvt?{}")]
        peers += [stack.enter_context(one(bench, folder, tile)) for one in (_tipg, _vectortiles)]
        for name, query in (("no filter", ""), ("one service", f"service_code={spots.services[0]}")):
            for z in ZOOMS:
                tiles = [(z, x, y) for x, y in spots.tiles[z]][: 1 if z < _FEW else 4]
                turns = 1 if z < _FEW else 3
                _compared(report, f"{size:,}: tile of z{z}, {name}", peers, tiles * turns, query)


@contextmanager
def _tipg(bench: Bench, folder: Path, tile: tuple[int, int, int]) -> Iterator[Peer]:
    port, address = free_port(), "/collections/bench_peers.point/tiles/WebMercatorQuad/{}/{}/{}?{}"
    more = {
        "TIPG_DB_SCHEMAS": '["bench_peers"]', "TIPG_MAX_FEATURES_PER_TILE": "100000000",
        "DATABASE_URL": _as_tipg_reads(connection.get_connection_params()),
    }  # fmt: skip
    command = [str(folder / "venv/bin/python"), "-m", "uvicorn", "tipg.main:app", "--port", str(port),
               "--workers", "2", "--log-level", "warning"]  # fmt: skip
    path = address.format(*tile, "")
    with started(bench, "tipg", command, port, path, {**environment(), **more}, folder) as url:
        yield Peer("tipg", url, address)


def _as_tipg_reads(parameters: dict[str, Any]) -> str:
    """An address with its host in front, a folder of sockets included: that one with its slashes written as %2F."""
    host = quote(str(parameters.get("host") or "127.0.0.1"), safe="")
    secret, name = quote(str(parameters.get("password", "")), safe=""), connection.settings_dict["NAME"]
    return f"postgresql://{parameters['user']}:{secret}@{host}:{parameters.get('port') or 5432}/{name}"


@contextmanager
def _vectortiles(bench: Bench, folder: Path, tile: tuple[int, int, int]) -> Iterator[Peer]:
    port, address = free_port(), "/tiles/{}/{}/{}?{}"
    parameters = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    more = {f"PEER_{name.upper()}": str(parameters[name]) for name in names if name in parameters}
    more |= {"PEER_DBNAME": connection.settings_dict["NAME"], "PYTHONPATH": str(_HERE)}
    command = [str(folder / "venv/bin/python"), "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
               "--port", str(port), "--workers", "2", "--no-access-log", "vectortiles_site:application"]  # fmt: skip
    path = address.format(*tile, "")
    with started(bench, "vectortiles", command, port, path, {**environment(), **more}, folder) as url:
        yield Peer("django-vectortiles", url, address)


def _compared(report: Report, name: str, peers: list[Peer], tiles: list[tuple[int, int, int]], query: str) -> None:
    """Milliseconds of an answer as a client waits for it, the peers in turn, the median of all."""
    found: dict[str, list[tuple[float, int]]] = {peer.name: [] for peer in peers}
    given_up: set[str] = set()
    for tile in tiles:
        for peer in (one for one in peers if one.name not in given_up):
            one = _asked(peer.url + peer.address.format(*tile, query))
            if one is None:
                given_up.add(peer.name)
            else:
                found[peer.name].append(one)
    ours = statistics.median(took for took, _ in found[peers[0].name])
    for peer in peers:
        if peer.name in given_up:
            print(f"{name}, {peer.name}: cut after {CUT_S} s", flush=True)
            continue
        took = statistics.median(took for took, _ in found[peer.name])
        heavy = int(statistics.median(size for _, size in found[peer.name]))
        ratio = None if peer is peers[0] else (took / ours, "ours")
        report.line(f"{name}, {peer.name}", took, "ms", ratio=ratio, n=len(found[peer.name]), size=heavy)


def _asked(url: str) -> tuple[float, int] | None:
    """Milliseconds and bytes; None where it took longer than a minute."""
    start = time.perf_counter()
    try:
        with urllib.request.urlopen(url, timeout=CUT_S) as answer:  # noqa: S310 - an address of our own
            size = len(answer.read())
    except TimeoutError:
        return None
    took = time.perf_counter() - start
    return None if took > CUT_S else (took * 1e3, size)


# --- in a browser -----------------------------------------------------------------------------------------------------


def _in_browser(report: Report, bench: Bench, size: int, spots: Spots, folder: Path) -> None:
    """What a page waits for that clusters every point by itself, and what a tile costs it then."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("supercluster is not measured: no chromium here (apt-get install chromium)", flush=True)
        return
    web = bench.folder / "web"
    web.mkdir()
    shutil.copy(_HERE / "supercluster.html", web)
    shutil.copy(folder / "node_modules/supercluster/dist/supercluster.min.js", web)
    content = _all_points()
    (web / "points.json").write_text(content, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with started(bench, "web", command, port, "/supercluster.html", environment(), web) as url:
        _in_page(report, f"{size:,}: supercluster", chromium, url, spots, len(content))


def _all_points() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "select round(postgis.st_x(geom)::numeric, 6)::float8, round(postgis.st_y(geom)::numeric, 6)::float8,"
            " service_code from bench_peers.point"
        )
        return json.dumps(cursor.fetchall(), separators=(",", ":"))


def _in_page(report: Report, name: str, chromium: str, url: str, spots: Spots, heavy: int) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_default_timeout(CUT_S * 1e3)
        page.goto(f"{url}/supercluster.html")
        report.line(f"{name}, all points fetched and parsed", page.evaluate("fetchPoints()"), "ms", size=heavy)
        for what, service in (("no filter", ""), ("one service", spots.services[0])):
            report.line(f"{name}, index built, {what}", page.evaluate("build", service), "ms")
            for z in ZOOMS:
                tiles = [[z, x, y] for x, y in spots.tiles[z]][:6]
                took: Any = page.evaluate("times", tiles)
                report.line(f"{name}, tile of z{z}, {what}", statistics.median(took), "ms", n=len(tiles))
        browser.close()
