"""Basemap tiles over HTTP: cold ones against pgbench with the same SQL, warm ones against the same bytes at hand."""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.report import ROOT, Report

CLIENTS = 2
WIDE = range(14, 17)  # zooms of the tiles asked for


@dataclass(frozen=True)
class Bench:
    """What one run needs: a folder for scripts, the addresses of the tiles, the seconds of a round."""

    folder: Path
    paths: list[str]
    seconds: int


def run(report: Report, *, full: bool = False) -> None:
    """Cold, kept and warm tiles, each in turn with what it is compared to."""
    for tool in ("wrk", "pgbench"):
        if not shutil.which(tool):
            sys.exit(f"The tile benchmark needs {tool}: apt-get install {'wrk' if tool == 'wrk' else 'postgresql'}.")
    with tempfile.TemporaryDirectory() as folder:
        _run(report, Bench(Path(folder), _prepare(), 10 if full else 3), rounds=7 if full else 5)


def _run(report: Report, bench: Bench, rounds: int) -> None:
    size = _mean_size()
    with (
        _server(bench, "cold") as cold,
        _server(bench, "kept") as kept,
        _server(bench, "product") as warm,
        _server(bench, "constant") as constant,
    ):
        for url in (kept, warm, constant):
            _requests_per_s(bench, url, seconds=2)
        figures = [
            (
                _pgbench_per_s(bench), _requests_per_s(bench, cold), _requests_per_s(bench, kept),
                _requests_per_s(bench, warm), _requests_per_s(bench, constant),
            )
            for _ in range(rounds)
        ]  # fmt: skip
    columns = [statistics.median(column) for column in zip(*figures, strict=True)]
    names = ("pgbench", "cold", "kept", "warm", "constant")
    # What a figure is compared with ran right beside it; the median is of these ratios, since a machine drifts.
    peers = {1: (0, "pgbench, same SQL"), 2: (1, "cold"), 3: (4, "the same bytes from memory")}
    for place, (name, value) in enumerate(zip(names, columns, strict=True)):
        ratio = None
        if place in peers:
            peer, what = peers[place]
            ratio = (statistics.median(figure[place] / figure[peer] for figure in figures), what)
        report.line(f"tiles.{name}", value, "tiles/s", ratio=ratio, n=len(bench.paths), size=size)


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


@contextmanager
def _server(bench: Bench, which: str) -> Iterator[str]:
    """A server of the benchmark on a free port, started like ./run starts the product's; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--no-access-log", "tests.bench.tile_server:application",
    ]  # fmt: skip
    with (bench.folder / f"{which}.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=_environment(ONEMAP_BENCH_APP=which), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{port}{bench.paths[0]}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _environment(**more: str) -> dict[str, str]:
    from django.conf import settings
    from django.db import connection
    from psycopg import conninfo

    parameters = connection.get_connection_params()
    reader = conninfo.conninfo_to_dict(settings.PUBLISHED_DATABASE_URL)
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "OWNER_DATABASE_URL": _url(parameters, name),
        "DATABASE_URL": _url(parameters, name),
        "PUBLISHED_DATABASE_URL": _url(reader, name),
        **more,
    }


def _url(parameters: dict[str, object], name: str) -> str:
    user, password = parameters["user"], parameters.get("password", "")
    where = "&".join(f"{key}={parameters[key]}" for key in ("host", "port") if key in parameters)
    return f"postgresql://{user}:{password}@/{name}?{where}"


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=30):  # noqa: S310 - an address of our own
                return
        except OSError:
            if process.poll() is not None:
                sys.exit("The benchmark's server ended at once: run it by hand to see why.")
            time.sleep(0.1)
    sys.exit("The benchmark's server did not answer within a minute.")


def _requests_per_s(bench: Bench, url: str, seconds: int | None = None) -> float:
    """Requests per second of two clients that ask for one tile after the other, as browsers do: gzipped."""
    script = bench.folder / "tiles.lua"
    listed = ",\n".join(f'"{path}"' for path in bench.paths)
    script.write_text(
        f"local paths = {{{listed}}}\nlocal i = 0\n"
        'wrk.headers["Accept-Encoding"] = "gzip"\n'
        "request = function() i = i % #paths + 1; return wrk.format(nil, paths[i]) end\n"
    )
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds or bench.seconds}s", "-s", str(script), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"Some requests of the benchmark failed:\n{said}")
    return _number(r"Requests/sec:\s+([\d.]+)", said)


def _pgbench_per_s(bench: Bench) -> float:
    """Tiles per second out of the same statement by pgbench, as the same role with the same session settings."""
    from geoserver_app.published.reader import SESSION
    from geoserver_app.published.render import BASEMAP
    from layers.models import Jurisdiction

    place = Jurisdiction.objects.get(code="almendra").pk
    tiles = [tuple(path.split("?")[0].removesuffix(".mvt").split("/")[3:]) for path in bench.paths]
    listed = ", ".join(f"({i}, {z}, {x}, {y})" for i, (z, x, y) in enumerate(tiles))
    plain = "\n".join(line for line in BASEMAP.splitlines() if not line.strip().startswith("--"))
    # Cast like the server's parameters; a prepared statement is planned once in both.
    typed = re.sub(r"%\((z|x|y)\)s", r":\1::int", plain).replace("%(jurisdiction)s", f"{place}::bigint")
    script = bench.folder / "tile.sql"
    script.write_text(
        f"\\set i random(0, {len(tiles) - 1})\n"
        f"select z, x, y from (values {listed}) t (i, z, x, y) where i = :i \\gset\n{typed};\n"
    )
    environment = {**_environment(), "PGOPTIONS": SESSION}
    command = [
        "pgbench", "-n", "-M", "prepared", "-c", str(CLIENTS), "-T", str(bench.seconds), "-f", str(script),
        environment["PUBLISHED_DATABASE_URL"],
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return _number(r"tps = ([\d.]+)", done.stdout)


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if not found:
        sys.exit(f"No figure in what the tool said:\n{text}")
    return float(found[1])
