"""Reference geography: the look-up against the plainest SQL, with ten past editions, and the import against ogr2ogr."""

import random
import shutil
import statistics
import subprocess
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from tests.bench import city, database
from tests.bench.report import Report, alternate, paired_ratio

BARE = Path(__file__).with_name("bare") / "lookup.sql"
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "cambridge"
PARCELS = REAL / "cambridge_parcels_fy2014_with_situs_derived.gpkg.zip"
POINTS = 200
ROUNDS = 15


def run(report: Report, *, full: bool) -> None:
    """`./run bench layers`."""
    jurisdiction = city.loaded()
    points = _points(jurisdiction.pk, 2000 if full else POINTS)
    _look_up(report, jurisdiction, points)
    _past_editions(report, jurisdiction, points)
    _import(report)


def _points(jurisdiction: int, count: int) -> list[tuple[float, float]]:
    """Address points of the city, moved by up to 20 m, so that streets, gaps and borders occur too."""
    chance = random.Random(311)
    with database.connect() as raw:
        rows = raw.execute(
            "select ST_X(s.geom), ST_Y(s.geom) from layers_addresspointshape s join layers_kind k on k.id = s.kind_id"
            " where s.in_force and k.jurisdiction_id = %s order by md5(s.id::text) limit %s",
            [jurisdiction, count],
        ).fetchall()
    return [(float(x) + chance.uniform(-2e-4, 2e-4), float(y) + chance.uniform(-2e-4, 2e-4)) for x, y in rows]


def _asker(raw: psycopg.Connection[Any], text: str, jurisdiction: int, points: list[tuple[float, float]]) -> Any:
    today = date.today()  # noqa: DTZ011  the benchmark's own day is good enough
    values = [{"jurisdiction": jurisdiction, "lon": x, "lat": y, "on": today, "street_m": 150.0} for x, y in points]

    def ask() -> int:
        return sum(len(raw.execute(text, one, prepare=True, binary=True).fetchall()) for one in values)

    return ask


def _look_up(report: Report, jurisdiction: Any, points: list[tuple[float, float]]) -> None:
    from layers.lookup import place, statement

    with database.connect() as raw:
        points = [one for one in points if _alike(raw, statement(), BARE.read_text(), jurisdiction.pk, one)]
        ours = _asker(raw, statement(), jurisdiction.pk, points)
        bare = _asker(raw, BARE.read_text(), jurisdiction.pk, points)
        one, other, ratio = paired_ratio(ROUNDS, ours, bare)
    n = len(points)
    report.line("look-up, SQL", one / n * 1e3, "ms", ratio=(ratio, f"the plainest SQL ({other / n * 1e3:.3f} ms)"), n=n)
    today = date.today()  # noqa: DTZ011  as above
    (whole,) = alternate(3, lambda: [place(jurisdiction, x, y, today) for x, y in points])
    report.line("look-up, with its Python objects", whole / n * 1e3, "ms", n=n)


def _alike(raw: Any, ours: str, bare: str, jurisdiction: int, point: tuple[float, float]) -> bool:
    """True where both give the same number of rows: the plain SQL knows no gaps and no overlaps."""
    return bool(_asker(raw, ours, jurisdiction, [point])() == _asker(raw, bare, jurisdiction, [point])())


def _past_editions(report: Report, jurisdiction: Any, points: list[tuple[float, float]]) -> None:
    """Ten more editions of the beats, each moved a little, all in the past: today's look-up must not notice."""
    from layers.lookup import statement

    with database.connect() as raw:
        ask = _asker(raw, statement(), jurisdiction.pk, points)
        before = statistics.median(_timed(ask) for _ in range(ROUNDS))
        raw.execute("begin")
        for number in range(10):
            raw.execute(
                "insert into layers_areapiece (shape_id, area_id, kind_id, in_force, geom)"
                " select shape_id, area_id, kind_id, false, ST_Translate(geom, %s, 0) from layers_areapiece"
                " where in_force",
                [number * 1e-5],
            )
            raw.execute(
                "insert into layers_areaborder (shape_id, kind_id, in_force, line)"
                " select shape_id, kind_id, false, ST_Translate(line, %s, 0) from layers_areaborder where in_force",
                [number * 1.0],
            )
        after = statistics.median(_timed(ask) for _ in range(ROUNDS))
        raw.execute("rollback")
    n = len(points)
    report.line("look-up with ten past editions", after / n * 1e3, "ms", ratio=(after / before, "with one"), n=n)


def _timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _import(report: Report) -> None:
    if not PARCELS.is_file():
        print("import: not measured, Cambridge's parcels are not here")
        return
    if shutil.which("ogr2ogr") is None:
        print("import: not measured, ogr2ogr is not installed (Debian's gdal-bin)")
        return
    with tempfile.TemporaryDirectory() as folder:
        # Unpacked before the clock starts, for both alike.
        shutil.unpack_archive(PARCELS, folder)
        (source,) = Path(folder).glob("*.gpkg")
        _import_of(report, source)


def _import_of(report: Report, source: Path) -> None:
    from django.db import transaction

    from layers.activation import activate
    from layers.loading import LoadOptions, load

    place = city.cambridge()
    crosswalk = Path(__file__).resolve().parents[2] / "docs/gis/crosswalks/cambridge-parcels.yaml"
    ours, activations, peers, twice, counts = [], [], [], [], []
    for _ in range(7):
        # What the last round wrote and took back is cleared away, as ogr2ogr drops its table before it starts.
        with database.connect() as raw:
            raw.execute("vacuum layers_stagedfeature, layers_parcel, layers_parcelshape")
        with transaction.atomic():
            start = time.perf_counter()
            done = load(place, source, kind="parcel", options=LoadOptions(crosswalk=crosswalk), commit=True)
            ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            assert done.edition is not None
            activate(done.edition, commit=True)
            activations.append(time.perf_counter() - start)
            counts.append(done.report["kept"])
            transaction.set_rollback(True)
        peers.append(_ogr2ogr(source, "-t_srs", "EPSG:4326"))
        twice.append(peers[-1] + _ogr2ogr(source))
    mine, peer, like = (statistics.median(seconds) for seconds in (ours, peers, twice))
    size = source.stat().st_size
    report.line(
        "parcels staged and committed",
        mine,
        "s",
        ratio=(mine / peer, f"ogr2ogr ({peer:.2f} s)"),
        n=counts[0],
        size=size,
    )
    # Like for like: an import keeps the file verbatim beside what it makes of it, so ogr2ogr writes both too.
    report.line(
        "the same, like for like",
        mine,
        "s",
        ratio=(mine / like, f"ogr2ogr of the layer verbatim and transformed ({like:.2f} s)"),
        n=counts[0],
    )
    report.line("parcels activated", statistics.median(activations), "s", n=counts[0])


def _ogr2ogr(source: Path, *options: str) -> float:
    """Seconds of ogr2ogr for the same file into the same database, without what starting the process takes."""
    from django.db import connection

    given = connection.get_connection_params()
    target = (
        f"PG:dbname={database.NAME} host={given.get('host', '')} port={given.get('port', 5432)} user={given['user']}"
    )
    environment = {"PGPASSWORD": str(given.get("password", "")), "PATH": "/usr/bin:/bin", "PG_USE_COPY": "YES"}
    command = ["ogr2ogr", "-f", "PostgreSQL", target, str(source), "-nln", "bench_parcels", "-overwrite"]
    options = ("-nlt", "PROMOTE_TO_MULTI", "-lco", "SCHEMA=public", *options)
    started = _timed(lambda: subprocess.run(["ogr2ogr", "--version"], env=environment, capture_output=True, check=True))
    took = _timed(lambda: subprocess.run([*command, *options], env=environment, capture_output=True, check=True))
    return took - started
