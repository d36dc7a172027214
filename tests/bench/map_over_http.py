"""The map's answers over HTTP, each beside its own limit: the same SQL, the bare server, a plain file."""

from __future__ import annotations

import grp
import os
import pwd
import statistics
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from tests.bench.over_http import Bench, environment, free_port, pgbench_per_s, requests_per_s, server, started, tool
from tests.bench.report import Report

ROUNDS = 5
TILES = 24
_CONFIGURATION = Path(__file__).with_name("bare") / "nginx.conf"


@dataclass(frozen=True)
class Spots:
    """Where requests are, as tiles (column, row) of each zoom, and some codes that addresses are made of."""

    jurisdiction: int
    tiles: dict[int, list[tuple[int, int]]]
    services: list[str]
    first: str
    last: str


@dataclass(frozen=True)
class Made:
    """Tiles that a statement makes: their addresses, and what pgbench needs to make the same."""

    name: str
    paths: list[str]
    statement: str
    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]


def measure(report: Report, bench: Bench, size: int, spots: Spots) -> None:
    """All of it for the database that is in use."""
    for name in ("wrk", "pgbench", "nginx"):
        tool(name)
    _made_in_sql(report, bench, size, spots)
    _counted(report, bench, size, spots)
    _kept(report, bench, size, spots)


# --- tiles made in SQL ------------------------------------------------------------------------------------------------


def _made_in_sql(report: Report, bench: Bench, size: int, spots: Spots) -> None:
    """Rendered one by one, against pgbench with the same statement; points also against the server that runs it."""
    for made in (*_ground(spots), *_points(spots)):
        with server(bench, "cold", made.paths[0]) as cold:
            requests_per_s(bench, cold, made.paths, seconds=2)
            beside = _in_turn(
                lambda made=made, cold=cold: requests_per_s(bench, cold, made.paths),
                lambda made=made: pgbench_per_s(bench, made.statement, made.columns, made.rows),
            )
        _told(report, f"{size:,}: {made.name}", "tiles/s", beside, "pgbench, same SQL", len(made.paths))
    for made in _points(spots):
        with server(bench, "product", made.paths[0]) as product, server(bench, "statement", made.paths[0]) as bare:
            for url in (product, bare):
                _warm(url, made.paths)
            beside = _in_turn(
                lambda made=made, product=product: requests_per_s(bench, product, made.paths),
                lambda made=made, bare=bare: requests_per_s(bench, bare, made.paths),
            )
        _told(report, f"{size:,}: {made.name}", "tiles/s", beside, "the statement alone, same server", len(made.paths))


def _ground(spots: Spots) -> list[Made]:
    from geoserver_app.published import served
    from geoserver_app.published.render import AREAS, BASEMAP

    place = next(one for one in served.refreshed().values() if one.id == spots.jurisdiction)
    kinds = {name: found.kind.id for name, found in place.tilesets.items() if found.kind and name.startswith("areas-")}
    kind = next(name for name in ("areas-neighborhood", *kinds) if name in kinds)
    columns = ("z::int", "x::int", "y::int", "jurisdiction::bigint")
    found = []
    for name, zooms, layer in (("parcels, z16", (16,), "basemap"), ("areas, z12-15", range(12, 16), kind)):
        tiles = [(z, x, y) for z in zooms for x, y in spots.tiles[z]]
        paths = [f"/tiles/{layer}/{z}/{x}/{y}.mvt?jurisdiction={place.code}" for z, x, y in tiles]
        if layer == "basemap":
            found.append(Made(name, paths, BASEMAP, columns, [(*tile, place.id) for tile in tiles]))
        else:
            rows = [(*tile, place.id, kinds[kind]) for tile in tiles]
            found.append(Made(name, paths, AREAS, (*columns, "kind::bigint"), rows))
    return found


def _points(spots: Spots) -> list[Made]:
    from geoserver_app.density.models import Audience
    from geoserver_app.published.chosen import chosen
    from geoserver_app.published.filters import Filters
    from geoserver_app.published.patches import Cell
    from geoserver_app.published.request_tiles import MOST_POINTS, POINTS

    found = []
    for z in (16, 17, 18):
        tiles = [Cell(z, x, y) for x, y in spots.tiles[z]]
        asked = chosen(Audience.PUBLIC, Filters(codes=_codes(spots)))
        statement = POINTS.format(relation=asked.relation, condition=asked.condition)
        rows = [(one.zoom, one.x, one.y, *one.codes, spots.jurisdiction, MOST_POINTS) for one in tiles]
        columns = ("z::int", "x::int", "y::int", "low::bigint", "high::bigint", "jurisdiction::bigint", "most::int")
        paths = [f"/map/tiles/{one.zoom}/{one.x}/{one.y}.mvt" for one in tiles]
        found.append(Made(f"points, z{z}", paths, statement, columns, rows))
    return found


def _codes(spots: Spots) -> Any:
    from geoserver_app.density.models import Audience
    from geoserver_app.published import reader
    from geoserver_app.published.catalog_codes import codes

    return codes(reader.rows, Audience.PUBLIC, spots.jurisdiction)


# --- counted answers --------------------------------------------------------------------------------------------------


def _counted(report: Report, bench: Bench, size: int, spots: Spots) -> None:
    """Against a bare function in the same server that runs the same statement and answers the same bytes."""
    asked = {name: paths for name, paths in _addresses(spots).items() if paths}
    first = next(iter(asked.values()))[0]
    with ExitStack() as stack:
        product, anew, bare = (
            stack.enter_context(server(bench, which, first)) for which in ("product", "anew", "statement")
        )
        for name, paths in asked.items():
            for url in (product, anew, bare):
                _warm(url, paths)
            for what, ours in ((name, product), (f"{name}, worked out anew each time", anew)):
                beside = _in_turn(
                    lambda paths=paths, ours=ours: requests_per_s(bench, ours, paths),
                    lambda paths=paths: requests_per_s(bench, bare, paths),
                )
                _told(report, f"{size:,}: {what}", "answers/s", beside, "the statement alone, same server", len(paths))


def _addresses(spots: Spots) -> dict[str, list[str]]:
    some = ",".join(spots.services[:3])
    filters = {
        "no filter": "",
        "one service": f"service_code={spots.services[0]}",
        "three services, 43 months": f"service_code={some}&requested_from={spots.first}&requested_to={spots.last}",
        "open": "status=open",
    }
    found = {}
    for name, query in filters.items():
        tiles = [(z, x, y) for z in range(10, 16) for x, y in spots.tiles[z]]
        found[f"counted tile, z10-15, {name}"] = [f"/map/tiles/{z}/{x}/{y}.mvt?{query}" for z, x, y in tiles]
    found["what a view draws, clusters"] = [_view(z, x, y, "clusters") for z in (12, 14) for x, y in spots.tiles[z]]
    found["what a view draws, squares"] = [_view(z, x, y, "cells") for z in (12, 14) for x, y in spots.tiles[z]]
    return found


def _view(z: int, x: int, y: int, draw: str) -> str:
    """The address of a window of 1,280 by 800 pixels that begins at a tile."""
    from geoserver_app.published.tilesets import tile_bbox

    west, _, _, north = tile_bbox(z, x, y)
    _, south, east, _ = tile_bbox(z, x + 4, y + 2)
    return f"/map/summary?bbox={west:.6f},{south:.6f},{east:.6f},{north:.6f}&z={z}&draw={draw}"


# --- kept in front ----------------------------------------------------------------------------------------------------


def _kept(report: Report, bench: Bench, size: int, spots: Spots) -> None:
    """What nginx has kept, against a plain file with the same bytes that it serves; and against the product itself."""
    paths = [f"/map/tiles/13/{x}/{y}.mvt" for x, y in spots.tiles[13]]
    port = free_port()
    with server(bench, "product", paths[0]) as product:
        me = pwd.getpwuid(os.getuid()).pw_name
        values = {"folder": str(bench.folder), "port": str(port), "server": product, "user": me,
                  "group": grp.getgrgid(os.getgid()).gr_name}  # fmt: skip
        (bench.folder / "nginx.conf").write_text(Template(_CONFIGURATION.read_text()).safe_substitute(values))
        files = [_as_file(bench, product + path, n) for n, path in enumerate(paths)]
        command = [tool("nginx"), "-p", str(bench.folder), "-c", str(bench.folder / "nginx.conf")]
        with started(bench, "nginx", command, port, files[0], environment()) as front:
            requests_per_s(bench, front, paths, seconds=2, gzip=False)
            beside = _in_turn(
                lambda: requests_per_s(bench, front, paths, gzip=False),
                lambda: requests_per_s(bench, front, files, gzip=False),
            )
            _told(report, f"{size:,}: kept by nginx", "answers/s", beside, "a plain file", len(paths))
            beside = _in_turn(
                lambda: requests_per_s(bench, front, paths, gzip=False), lambda: requests_per_s(bench, product, paths)
            )
            _told(report, f"{size:,}: kept by nginx", "answers/s", beside, "counted each time", len(paths))


def _warm(url: str, paths: Sequence[str]) -> None:
    """Asks for everything some times over: the first answer of each process of a server can take seconds."""
    for path in [*paths] * 3:
        with urllib.request.urlopen(url + path, timeout=60) as answer:  # noqa: S310 - an address of our own
            answer.read()


def _as_file(bench: Bench, url: str, number: int) -> str:
    folder = bench.folder / "static"
    folder.mkdir(exist_ok=True)
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - an address of our own
        (folder / f"{number}.mvt").write_bytes(answer.read())
    return f"/static/{number}.mvt"


# --- said -------------------------------------------------------------------------------------------------------------


def _in_turn(ours: Callable[[], float], limit: Callable[[], float]) -> list[tuple[float, float]]:
    return [(ours(), limit()) for _ in range(ROUNDS)]


def _told(report: Report, name: str, unit: str, beside: Sequence[tuple[float, float]], limit: str, n: int) -> None:
    """The median, and the median of what each was of the one that ran right after it, since a machine drifts."""
    ratio = statistics.median(one / other for one, other in beside if other)
    beyond = statistics.median(other for _, other in beside)
    report.line(
        name, statistics.median(one for one, _ in beside), unit, ratio=(ratio, f"{limit} ({beyond:,.0f}/s)"), n=n
    )
