"""Basemap tiles over HTTP: cold ones against pgbench with the same SQL, warm ones against the same bytes at hand."""

import statistics
import tempfile
from pathlib import Path

from tests.bench.over_http import Bench, pgbench_per_s, requests_per_s, server, tool
from tests.bench.report import Report

WIDE = range(14, 17)  # zooms of the tiles asked for


def run(report: Report, *, full: bool = False) -> None:
    """Cold, kept and warm tiles, each in turn with what it is compared to."""
    tool("wrk"), tool("pgbench")
    with tempfile.TemporaryDirectory() as folder:
        _run(report, Bench(Path(folder), 10 if full else 3), _prepare(), rounds=7 if full else 5)


def _run(report: Report, bench: Bench, paths: list[str], rounds: int) -> None:
    size = _mean_size()
    with (
        server(bench, "cold", paths[0]) as cold,
        server(bench, "kept", paths[0]) as kept,
        server(bench, "product", paths[0]) as warm,
        server(bench, "constant", paths[0]) as constant,
    ):
        urls = (cold, kept, warm, constant)
        for url in urls[1:]:
            requests_per_s(bench, url, paths, seconds=2)
        figures = [
            (_pgbench_per_s(bench, paths), *(requests_per_s(bench, url, paths) for url in urls)) for _ in range(rounds)
        ]
    columns = [statistics.median(column) for column in zip(*figures, strict=True)]
    names = ("pgbench", "cold", "kept", "warm", "constant")
    # What a figure is compared with ran right beside it; the median is of these ratios, since a machine drifts.
    peers = {1: (0, "pgbench, same SQL"), 2: (1, "cold"), 3: (4, "the same bytes from memory")}
    for place, (name, value) in enumerate(zip(names, columns, strict=True)):
        ratio = None
        if place in peers:
            peer, what = peers[place]
            ratio = (statistics.median(figure[place] / figure[peer] for figure in figures), what)
        report.line(f"tiles.{name}", value, "tiles/s", ratio=ratio, n=len(paths), size=size)


def _prepare() -> list[str]:
    """Loads the invented city where it is missing, renders its basemap, and lists the tiles to ask for."""
    from django.core.management import call_command

    from geoserver_app.maps.tiles import version
    from geoserver_app.published import basemap
    from geoserver_app.published.models import BasemapTile
    from layers.models import Jurisdiction

    call_command("load_demo_city")
    place = Jurisdiction.objects.get(code="almendra")
    basemap.bring_up_to_date(place.pk)
    tiles = BasemapTile.objects.filter(jurisdiction=place, z__in=WIDE).order_by("z", "x", "y")
    query = f"v={version(place.epoch)}&jurisdiction={place.code}"
    return [f"/tiles/basemap/{tile.z}/{tile.x}/{tile.y}.mvt?{query}" for tile in tiles]


def _mean_size() -> int:
    from geoserver_app.published.models import BasemapTile

    return int(statistics.mean(len(gz) for gz in BasemapTile.objects.filter(z__in=WIDE).values_list("gz", flat=True)))


def _pgbench_per_s(bench: Bench, paths: list[str]) -> float:
    from geoserver_app.published.render import BASEMAP
    from layers.models import Jurisdiction

    place = Jurisdiction.objects.get(code="almendra").pk
    tiles = [path.split("?")[0].removesuffix(".mvt").split("/")[3:] for path in paths]
    # Cast like the server's parameters; a prepared statement is planned once in both.
    columns = ("z::int", "x::int", "y::int", "jurisdiction::bigint")
    return pgbench_per_s(bench, BASEMAP, columns, [(*tile, place) for tile in tiles])
