"""A request's life against the plainest SQL: sent to answer, linked alone, linked and routed by the many."""

import os
import random
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench import city, database
from tests.bench.report import Report, paired_ratio

BARE = Path(__file__).with_name("bare")
# With the running year about 200,000 requests stand in the tables while anything is measured.
REQUESTS = int(os.environ.get("ONEMAP_BENCH_REQUESTS", "172000"))
AS_OF = date(2026, 11, 20)
MANY, MILLION = 150_000, 1_000_000
POSTS, POINTS, ROUNDS = 200, 200, 15


def run(report: Report, *, full: bool) -> None:
    """`./run bench flow`."""
    place = _city(report)
    _posts(report, place)
    _one(report, place)
    _many(report, MILLION if full else MANY)
    _orm(report, place, 2_000 if full else 300)


def _city(report: Report) -> Any:
    """The whole demo city with a long history, made once and kept; whatever history is there is the one."""
    from django.db import connection
    from django.utils import timezone

    from geoserver_app.commands import demo_city, demo_history

    place = city.loaded()
    demo_city.load_office(place, timezone.now())
    there = demo_history.stored(place)
    order = there.order if there else demo_history.wanted(place, REQUESTS, AS_OF, AS_OF)
    seeding = demo_history.Seeding(place, order)
    if there is None or there.requests < seeding.total:
        print(f"setting up: a history of {seeding.total:,} requests", flush=True)
        start = time.perf_counter()
        done = seeding.run(_Written(seeding.total), block=50_000)
        took = time.perf_counter() - start
        report.line("history written, lives and all", done.new / took, "requests/s", n=done.new)
        with connection.cursor() as cursor:
            cursor.execute("analyze")
    return place


class _Written:
    """Says how many are written; called with how many more."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.start = total, 0, time.perf_counter()

    def __call__(self, count: int) -> None:
        self.done += count
        print(f"  {self.done:,} of {self.total:,}, {time.perf_counter() - self.start:.0f} s", flush=True)


def _points(count: int) -> list[tuple[float, float]]:
    chance = random.Random(311)
    with database.connect() as raw:
        rows = raw.execute(
            "select ST_X(geom), ST_Y(geom) from layers_addresspointshape where in_force order by md5(id::text)"
            " limit %s",
            [count],
        ).fetchall()
    return [(float(x) + chance.uniform(-2e-4, 2e-4), float(y) + chance.uniform(-2e-4, 2e-4)) for x, y in rows]


# --- sent to answer ---------------------------------------------------------------------------------------------------


def _posts(report: Report, place: Any) -> None:
    """Every POST through the page itself, from a visitor of its own, and committed; their jobs are taken out again."""
    from django.conf import settings
    from django.test import Client

    from geoserver_app.catalog.models import Service
    from geoserver_app.intake.models import ServiceRequest

    settings.DEFAULT_JURISDICTION = place.code
    settings.ALLOWED_HOSTS = ["testserver"]
    services = Service.objects.filter(jurisdiction=place, retired_on=None).count()
    points = _points(POSTS + 20)
    client = Client()
    before, run = ServiceRequest.objects.count(), time.time_ns()
    times = []
    for number, (lon, lat) in enumerate(points):
        form = {
            "key": f"{run:016x}{number:016x}", "service": "litter_can" if number % 2 else "curb_gutter",
            "lon": f"{lon:.7f}", "lat": f"{lat:.7f}", "description": f"Measured, number {number}", "do": "send",
        }  # fmt: skip
        start = time.perf_counter()
        answer = client.post("/report/", form, REMOTE_ADDR=f"198.51.{number // 250}.{number % 250 + 1}")
        times.append(time.perf_counter() - start)
        assert answer.status_code == 303, answer.status_code
    made = ServiceRequest.objects.filter(idempotency_key__startswith=f"web-{run:016x}").exclude(state="received")
    assert made.count() == len(points), made.count()
    _run("delete from procrastinate_jobs where status = 'todo'")
    times = sorted(times[20:])
    what = f"n={services} services, {before:,} requests present"
    report.line(f"POST to answer, p95 ({what})", times[int(len(times) * 0.95)] * 1e3, "ms", n=len(times))
    report.line("POST to answer, median", statistics.median(times) * 1e3, "ms", n=len(times))


# --- one --------------------------------------------------------------------------------------------------------------


def _one(report: Report, place: Any) -> None:
    """The statement that links one place, and the linking itself, against the plainest one, asked in the same way."""
    from django.utils import timezone

    from geoserver_app.catalog.models import Service
    from geoserver_app.link.found import parameters, statement
    from geoserver_app.link.one import link
    from geoserver_app.link.subject import subject_at
    from layers.asked import ask

    service = Service.objects.select_related("jurisdiction").get(jurisdiction=place, code="weeds")
    at = timezone.now()
    subjects = [subject_at(service, lon, lat, at=at, answers={}) for lon, lat in _points(POINTS)]
    values = [parameters(subject) for subject in subjects]
    plainest = (BARE / "link_one.sql").read_text(encoding="utf-8")
    _run("set plan_cache_mode = force_generic_plan")
    works: dict[str, Callable[[], object]] = {
        "link of one, SQL": lambda: [ask(statement(), one) for one in values],
        "link of one, with its Python objects": lambda: [link(subject) for subject in subjects],
    }
    for name, work in works.items():
        one, other, ratio = paired_ratio(ROUNDS, work, lambda: [ask(plainest, one) for one in values])
        limit = f"the plainest SQL ({other / len(values) * 1e3:.2f} ms)"
        report.line(name, one / len(values) * 1e3, "ms", ratio=(ratio, limit), n=len(values))
    _run("reset plan_cache_mode")


# --- many -------------------------------------------------------------------------------------------------------------


def _many(report: Report, count: int) -> None:
    """A batch of stored requests linked, routed and decided; the plain SQL writes the same rows of the same batch.

    One connection against one for the ratios; then as the product does it, on as many connections as it uses at once.
    """
    from geoserver_app.side_by_side import LANES
    from layers.lookup import STREET_M

    link_bare = (BARE / "link_many.sql").read_text(encoding="utf-8")
    route_bare = (BARE / "route_many.sql").read_text(encoding="utf-8")
    ours_link, ours_route = _timed_batch(MANY, 0, _link, _route)
    bare_link, bare_route = _timed_batch(
        MANY, 0, lambda: _run(link_bare, {"street_m": STREET_M}), lambda: _run(route_bare)
    )
    whole, bare = ours_link + ours_route, bare_link + bare_route
    report.line(
        "bulk link", MANY / ours_link, "requests/s",
        ratio=(bare_link / ours_link, f"the plainest SQL ({MANY / bare_link:,.0f}/s)"), n=MANY,
    )  # fmt: skip
    report.line(
        "bulk link, route, decision", MANY / whole, "requests/s",
        ratio=(bare / whole, f"the plainest SQL ({MANY / bare:,.0f}/s)"), n=MANY,
    )  # fmt: skip
    report.line(f"the same on {LANES} connections", count / _side_by_side(count, LANES), "requests/s", n=count)


def _side_by_side(count: int, lanes: int) -> float:
    """Seconds for all of them, each connection its share at the same time; filling the batches is not counted."""
    ready = threading.Barrier(lanes)
    share = count // lanes

    def one(lane: int) -> list[float]:
        from django.db import connection

        try:
            return _timed_batch(share, lane * share, ready.wait, _link, _route, _finish)
        finally:
            connection.close()

    def _finish() -> None:
        ready.wait()

    with ThreadPoolExecutor(lanes) as pool:
        return max(sum(times[1:]) for times in pool.map(one, range(lanes)))


def _timed_batch(count: int, first: int, *steps: Callable[[], object]) -> list[float]:
    from django.db import transaction

    times = []
    with transaction.atomic():
        _fill(count, first)
        for step in steps:
            start = time.perf_counter()
            step()
            times.append(time.perf_counter() - start)
        transaction.set_rollback(True)
    return times


def _fill(count: int, first: int) -> None:
    """A batch of this year out of the stored requests, round and round: pins differ each time, addresses do not.

    From the second round on the ids are nobody's: all is undone before the database asks whose they are.
    """
    from geoserver_app.link import bulk

    bulk.create_batch()
    _run("select setseed(0.311)")
    _run(
        """insert into link_batch (request_id, jurisdiction_id, service_id, channel, language, requested_datetime,
               place_method, accuracy_m, lon, lat)
           select r.id + turn * 1000000000::bigint, r.jurisdiction_id, r.service_id, r.channel, r.language,
                  now() - random() * interval '1 year', r.place_method, r.accuracy_m,
                  ST_X(r.geom) + away.east, ST_Y(r.geom)
           from generate_series(0, (%(first)s + %(count)s) / 100000) as turn
           cross join intake_servicerequest r
           cross join lateral (select case when r.place_method in ('pin', 'device') then turn * random() * 1e-5
                                      else 0 end as east offset 0) as away
           where r.geom is not null order by turn, r.id limit %(count)s offset %(first)s""",
        {"count": count, "first": first},
    )


def _link() -> None:
    from geoserver_app.link import bulk

    bulk.link_many()
    bulk.keep_many()
    # What flow writes into each request, put together for all of them.
    _run("create temporary table linked on commit drop as table link_result")


def _route() -> None:
    from django.utils import timezone

    from geoserver_app.route import bulk

    bulk.route_many()
    bulk.keep_many(at=timezone.now())


def _run(statement: str, values: dict[str, Any] | None = None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# --- row by row -------------------------------------------------------------------------------------------------------


def _orm(report: Report, place: Any, count: int) -> None:
    """The same, one request after the other, as one writes it without a thought."""
    from django.db import transaction

    from geoserver_app.intake.models import ServiceRequest

    recent = ServiceRequest.objects.filter(jurisdiction=place, geom__isnull=False).order_by("-pk")
    with transaction.atomic():
        start = time.perf_counter()
        for request in recent[:count]:
            _by_hand(request)
        took = time.perf_counter() - start
        transaction.set_rollback(True)
    report.line("per-row ORM, link and route", count / took, "requests/s", n=count)


def _by_hand(request: Any) -> None:
    from django.contrib.gis.db.models.functions import Distance

    from geoserver_app.link.models import Membership
    from geoserver_app.route.models import Decision, DefaultRoute
    from layers.models import AreaShape, CenterlineShape, ParcelShape

    point = request.geom
    box = point.buffer(0.002)
    request.area_ids = sorted(
        AreaShape.objects.filter(in_force=True, geom__covers=point).values_list("area_id", flat=True)
    )
    parcel = ParcelShape.objects.filter(in_force=True, geom__covers=point).first()
    streets = CenterlineShape.objects.filter(in_force=True, geom__bboverlaps=box)
    street = streets.annotate(metres=Distance("geom", point)).order_by("metres").first()
    default = DefaultRoute.objects.filter(rule_set__state="active", service=request.service_id, area=None).first()
    request.parcel_id, request.centerline_id = parcel and parcel.parcel_id, street and street.centerline_id
    request.department_id, request.post_id = default.department_id, default.post_id
    request.save()
    Membership.objects.filter(request=request).delete()
    Decision.objects.filter(request=request, is_current=True).update(is_current=False)
    Decision.objects.create(
        request=request, rule_set_id=default.rule_set_id, decided_at=request.received_at + timedelta(0), way="default",
        department=default.department_id, post=default.post_id, priority=request.priority, service=request.service_id,
        channel=request.channel, language=request.language, minute=0, office_open=True, base_priority="normal",
    )  # fmt: skip
