"""The geocoder at San Francisco's 261,552 addresses: how right, how fast, single, while typing, in a batch."""

import re
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from tests.bench.report import Report

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ON = date(2016, 1, 1)


def run(report: Report, *, full: bool) -> None:
    """`./run bench geocode`."""
    if not DATA.is_dir():
        print("geocode: not measured, San Francisco's addresses are not here")
        return
    city = _city()
    _speed(report, city, 3000 if full else 800)
    _right(report, city)
    _labelled(report)
    if full:
        _draw(city)


def _city() -> Any:
    from django.db import connection, transaction

    from layers.models import Jurisdiction
    from tests.realdata import geocoding

    found = Jurisdiction.objects.filter(code="sanfrancisco").first()
    if found is None:
        print("setting up: San Francisco", flush=True)
        with transaction.atomic():
            found = geocoding.sanfrancisco(DATA)
        with connection.cursor() as cursor:
            cursor.execute("analyze")
    return found


def _speed(report: Report, city: Any, count: int) -> None:
    from geoserver_app.geocode.locate import locate, locate_many
    from geoserver_app.geocode.reverse import reverse_geocode
    from geoserver_app.geocode.suggest import suggest
    from tests.realdata import geocoding

    known = geocoding.numbered(DATA)[:: max(1, 7821 // count)]
    corners = [one.text for one in geocoding.intersections(DATA)[:: max(1, 6167 // count)]]
    texts = [one.text.strip() for one in known]
    typed = [text[: 4 + at % 9] for at, text in enumerate(texts)]
    slipped = [re.sub(r"([A-Z])([A-Z])(?=[A-Z ]{3})", r"\2\1", text, count=1) for text in texts]
    ways: dict[str, tuple[list[Any], Callable[[Any], object]]] = {
        "single, an address": (texts, lambda text: locate(city, text, on=ON)),
        "single, a corner": (corners, lambda text: locate(city, text, on=ON)),
        "single, misspelled": (slipped, lambda text: locate(city, text, on=ON)),
        "suggestions, 4 to 12 letters": (typed, lambda text: suggest(city, text, on=ON)),
        "reverse": (known, lambda one: reverse_geocode(city, one.lon, one.lat, on=ON)),
    }
    for name, (given, ask) in ways.items():
        _percentiles(report, name, given, ask)
    everything = [
        one.text for one in (*geocoding.numbered(DATA), *geocoding.intersections(DATA), *geocoding.police(DATA))
    ]
    locate_many(city, everything[:500], on=ON)
    clock = _clock()
    start, spent = time.perf_counter(), clock()
    locate_many(city, everything, on=ON)
    took, used = time.perf_counter() - start, clock() - spent
    report.line("batch", len(everything) / took, "texts/s", n=len(everything))
    report.line("batch, processor time of both processes", len(everything) / used, "texts/s", n=len(everything))
    report.line("memory of the process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", n=1)
    _tables(report)


def _percentiles(report: Report, name: str, given: list[Any], ask: Callable[[Any], object]) -> None:
    for one in given[:40]:
        ask(one)
    times, spent, clock = [], [], _clock()
    for one in given:
        start, used = time.perf_counter(), clock()
        ask(one)
        spent.append((clock() - used) * 1e3)
        times.append((time.perf_counter() - start) * 1e3)
    for what, values in (("", sorted(times)), (", processor time of both processes", sorted(spent))):
        report.line(f"{name}{what}, p50", statistics.median(values), "ms", n=len(values))
        report.line(f"{name}{what}, p95", values[int(0.95 * len(values))], "ms", n=len(values))


def _clock() -> Callable[[], float]:
    """Seconds of processor time of this process and of the server's process that works for it: other people's work on
    the machine does not count. Of this process alone where the server runs on another machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (pid,) = cursor.fetchone()
    stat = Path(f"/proc/{pid}/schedstat")

    def spent() -> float:
        return time.process_time() + int(stat.read_text(encoding="ascii").split()[0]) / 1e9

    return spent if stat.exists() else time.process_time


def _tables(report: Report) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select sum(pg_total_relation_size(oid)), sum(pg_relation_size(oid)) from pg_class"
            " where relname like 'geocode\\_%' and relkind = 'r'"
        )
        whole, heap = cursor.fetchone()
        cursor.execute("select count(*) from geocode_house")
        (houses,) = cursor.fetchone()
    report.line("search tables with indexes", whole / 2**20, "MB", n=houses, size=int(whole))
    report.line("search tables alone", heap / 2**20, "MB", n=houses, size=int(heap))


def _right(report: Report, city: Any) -> None:
    from tests.realdata import geocoding

    for name, known in (
        ("numbered", geocoding.numbered), ("intersections", geocoding.intersections), ("police", geocoding.police),
    ):  # fmt: skip
        _accuracy(report, name, geocoding.accuracy(geocoding.answers(city, known(DATA))))
    sample = geocoding.numbered(DATA)[::8]
    _accuracy(report, "numbered, one in 8", geocoding.accuracy(geocoding.answers(city, sample)))
    _accuracy(report, "the same, usaddress and an exact look-up", geocoding.accuracy(_by_usaddress(city, sample)))
    _accuracy(report, "the same, plain trigram search", geocoding.accuracy(_by_trigram(city, sample)))


def _accuracy(report: Report, name: str, got: Any) -> None:
    for what, value, unit in (
        ("answered", got.answered * 100, "%"), ("median", got.median_m, "m"), ("p95", got.p95_m, "m"),
        ("farther than 500 m", got.far * 100, "% of answers"), ("scored 90 or more", got.sure * 100, "%"),
        ("of those farther than 500 m", got.sure_far * 100, "%"), ("within 150 m", got.within_150 * 100, "%"),
    ):  # fmt: skip
        report.line(f"{name}, {what}", value, unit, n=got.asked)


def _by_usaddress(city: Any, known: list[Any]) -> list[Any]:
    """The raw parser's number and street, upper case, looked up as they stand in the addresses."""
    import usaddress

    def parse(text: str) -> str:
        parts = [token.strip(" ,").upper() for token, label in usaddress.parse(text.strip())
                 if label.startswith(("AddressNumber", "StreetName"))]  # fmt: skip
        return " ".join(parts)

    return _looked_up(city, known, "= %s", parse)


def _by_trigram(city: Any, known: list[Any]) -> list[Any]:
    """The most similar whole address by pg_trgm, what stands before the first comma being asked."""
    return _looked_up(city, known, "%% %s", lambda text: text.split(",")[0].strip().upper())


def _looked_up(city: Any, known: list[Any], condition: str, asked: Callable[[str], str]) -> list[Any]:
    from django.db import connection, transaction

    from geoserver_app.geocode.candidate import Candidate, metres_between

    order = "similarity(text, %s) desc, text" if condition.startswith("%%") else "length(%s), text"
    given = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "create temporary table plain_addresses on commit drop as select distinct on (text) text, lon, lat from ("
            " select concat_ws(' ', address_number, nullif(pre_directional, ''), street_name, nullif(post_type, ''),"
            " nullif(post_directional, '')) as text, ST_X(geom) as lon, ST_Y(geom) as lat"
            " from layers_addresspointshape s join layers_kind k on k.id = s.kind_id where"
            " k.jurisdiction_id = %s and s.in_force) a order by text, lon",
            [city.pk],
        )
        cursor.execute("create index on plain_addresses using gin (text gin_trgm_ops)")
        cursor.execute("create index on plain_addresses (text)")
        cursor.execute("analyze plain_addresses")
        cursor.execute("set local pg_trgm.similarity_threshold = 0.5")
        for one in known:
            text = asked(one.text)
            cursor.execute(
                f"select text, lon, lat from plain_addresses where text {condition} order by {order} limit 1",
                [text, text],
            )
            row = cursor.fetchone()
            best = Candidate(*row, 0.0, "address_point") if row else None
            given.append((one, best, metres_between(row[1], row[2], one.lon, one.lat) if row else 0.0))
    return given


def _labelled(report: Report) -> None:
    from tests.realdata import labelled

    sets = [*labelled.usaddress_sets(DATA), ("postgis normalizer", labelled.postgis_normalizer(DATA))]
    for name, cases in sets:
        for who, parse in (("ours", labelled.ours), ("usaddress", labelled.theirs)):
            where, tail = labelled.score(cases, parse)
            report.line(f"{name}, {who}: number and street right", where * 100, "%", n=len(cases))
            report.line(f"{name}, {who}: state and ZIP code too", tail * 100, "%", n=len(cases))


def _draw(city: Any) -> None:
    from tests.bench.calibration import draw

    target = Path(__file__).resolve().parents[2] / "docs" / "images" / "geocoding-calibration.svg"
    target.write_text(draw(city, DATA), encoding="utf-8")
    print(f"drawn: {target.name}")
