"""How well duplicates are found, held against the demo's truth, and how long it takes to ask."""

import json
import random
import time
from typing import Any

from tests.bench.report import Report

PROBES, ASKED = 4_000, 300
# What is open as of the moment of the report that is asked about, not as of today.
_OPEN_THEN = "(r.closed_at is null or r.closed_at > p.at)"
_LIMIT_MS = 60.0


def run(report: Report, *, full: bool) -> None:
    """`./run bench duplicates`."""
    from django.db import transaction

    from geoserver_app.duplicates.candidates import SUGGESTED, WORTH_A_LOOK
    from tests.bench import flow

    place = flow._city(report)
    truth = _truth(place)
    _index_for_then()
    probes = _probes(place, PROBES * (4 if full else 1))
    for public, least, name in (
        (True, SUGGESTED, "offered to residents"),
        (False, SUGGESTED, "offered to the call-taker"),
        (False, WORTH_A_LOOK, "on the desk"),
    ):
        _quality(report, truth, probes, public=public, least=least, name=name)
    for public in (True, False):
        _speed(report, place, public=public)
    with transaction.atomic():
        _as_of_a_million()
        for public in (True, False):
            _speed(report, place, public=public, where="where as many are open as of a million")
        transaction.set_rollback(True)


def _index_for_then() -> None:
    """What is asked as of a day long past finds no help in the indexes of what is open today."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("create index if not exists bench_public_geom on intake_servicerequest using gist (public_geom)")


_COPIES = """
create temporary table copies on commit drop as
select r.id as old, n, nextval(pg_get_serial_sequence('intake_servicerequest', 'id')) as id,
       nextval(pg_get_serial_sequence('intake_incident', 'id')) as incident_id
from intake_servicerequest r, generate_series(1, 4) n where r.state not in ('closed', 'cancelled');
insert into intake_incident (id, jurisdiction_id, created_at)
select c.incident_id, r.jurisdiction_id, r.received_at from copies c join intake_servicerequest r on r.id = c.old;
"""
_OTHERWISE = {
    "id": "c.id", "incident_id": "c.incident_id", "leads": "true", "idempotency_key": "null", "external_id": "''",
    "service_request_id": "'copy-' || c.id", "geom": "ST_Translate(r.geom, c.n * 0.0004, c.n * 0.0003)",
    "public_geom": "ST_Translate(r.public_geom, c.n * 0.0004, c.n * 0.0003)",
}  # fmt: skip


def _as_of_a_million() -> None:
    """Five times as many open requests: what is closed is in neither index, so that only these are in anybody's way."""
    from django.db import connection

    from geoserver_app.intake.models import ServiceRequest

    columns = [field.column for field in ServiceRequest._meta.concrete_fields]
    values = ", ".join(_OTHERWISE.get(name, f"r.{name}") for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(_COPIES)
        cursor.execute(
            f"insert into intake_servicerequest ({', '.join(columns)}) select {values}"
            " from copies c join intake_servicerequest r on r.id = c.old"
        )
        cursor.execute("analyze intake_servicerequest")


def _truth(place: Any) -> dict[str, str]:
    """The key of the first report of the same thing, by the keys of further ones; written once more where it is old."""
    from geoserver_app.commands import demo_history
    from tests.bench.flow import AS_OF, REQUESTS

    file = demo_history.truth_file()
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if "same" in told:
        return dict(told["same"])
    seeding = demo_history.Seeding(place, demo_history.wanted(place, REQUESTS, AS_OF, AS_OF))
    same = {one.key: one.problem for one in seeding.history.reports() if one.problem != one.key}
    demo_history.write_truth(seeding.history, same)
    return same


def _probes(place: Any, count: int) -> list[int]:
    """Reports drawn by lot, of services that take two for one thing at all."""
    from geoserver_app.intake.models import ServiceRequest

    found = ServiceRequest.objects.filter(
        jurisdiction=place, service__duplicate_radius_m__gt=0, idempotency_key__startswith="demo-", geom__isnull=False
    )
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    return sorted(random.Random(311).sample(ids, min(count, len(ids))))


def _quality(report: Report, truth: dict[str, str], probes: list[int], *, public: bool, least: int, name: str) -> None:
    """Of what is suggested, how much is right (each incident counts), and of what could be found, how much is."""
    key = _keys()
    found = _suggested(probes, public=public, least=least)
    right = [(asked, lead) for asked, lead in found if _same(truth, key[asked], key[lead])]
    could = _could_be_found(truth, probes, key, public=public)
    hit = {asked for asked, _lead in right} & could
    report.line(f"precision, {name} (score {least} or more)", len(right) / max(len(found), 1), "", n=len(found))
    report.line(f"recall, {name} (score {least} or more)", len(hit) / max(len(could), 1), "", n=len(could))


def _same(truth: dict[str, str], one: str, other: str) -> bool:
    return truth.get(one, one) == truth.get(other, other)


def _keys() -> dict[int, str]:
    from geoserver_app.intake.models import ServiceRequest

    rows = ServiceRequest.objects.filter(idempotency_key__startswith="demo-").values_list("pk", "idempotency_key")
    return {pk: str(key) for pk, key in rows}


def _suggested(probes: list[int], *, public: bool, least: int) -> list[tuple[int, int]]:
    """(report, the report that leads what is suggested for it), as of the moment at which each report came."""
    from geoserver_app.duplicates import candidates
    from layers.asked import ask

    # Each is asked about as if it had not been joined with any other yet.
    unjoined = candidates._STORED.replace("q.incident_id,", "null::bigint as incident_id,")
    text = candidates.statement(unjoined, public=public, is_open=_OPEN_THEN)
    rows = []
    for start in range(0, len(probes), 500):
        rows += ask(text, {"requests": probes[start : start + 500], "least": least, "most": 3})
    return [(row.key, row.request_id) for row in rows]


def _could_be_found(truth: dict[str, str], probes: list[int], key: dict[int, str], *, public: bool) -> set[int]:
    """The reports before which another of the same thing was there, open, with a place (and, for residents, public)."""
    from layers.asked import ask

    things: dict[str, list[int]] = {}
    known = set(truth) | set(truth.values())
    for pk, name in key.items():
        if name in known:
            things.setdefault(truth.get(name, name), []).append(pk)
    pairs = [(pk, other) for pk in probes for other in things.get(truth.get(key[pk], key[pk]), ()) if other != pk]
    rows = ask(_EARLIER, {"some": [one for one, _ in pairs], "others": [two for _, two in pairs], "public": public})
    return {row.id for row in rows}


_EARLIER = """
select distinct p.id from unnest(%(some)s::bigint[], %(others)s::bigint[]) as x(one, two)
join intake_servicerequest p on p.id = x.one join intake_servicerequest r on r.id = x.two
join intake_servicerequest l on l.incident_id = r.incident_id and l.leads
where r.received_at <= p.received_at and (r.closed_at is null or r.closed_at > p.received_at)
  and r.geom is not null and (not %(public)s::boolean or r.public_geom is not null and r.is_public and l.is_public)
"""


def _speed(report: Report, place: Any, *, public: bool, where: str = "") -> None:
    """Asking while somebody reports: the statement as it is shipped, at places where things are really reported."""
    from django.utils import timezone

    from geoserver_app.duplicates import candidates
    from geoserver_app.intake.models import ServiceRequest

    ids = _probes(place, ASKED)
    rows = ServiceRequest.objects.filter(pk__in=ids).values_list("service", "geom", "accuracy_m", "description")
    at, times = timezone.now(), []
    for service, geom, accuracy, words in rows:
        probe = candidates.Probe(place.pk, service, geom.x, geom.y, at, accuracy_m=accuracy, words=words)
        start = time.perf_counter()
        candidates.find(probe, public=public)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    p95 = times[int(len(times) * 0.95)]
    who = "a resident" if public else "the call-taker"
    count = ServiceRequest.objects.count()
    still_open = ServiceRequest.objects.open().count()
    size = f"at {count} requests, {still_open} of them open" + (f", {where}" if where else "")
    report.line(f"suggestion for {who}, median, {size}", times[len(times) // 2], "ms", n=len(times))
    report.line(
        f"suggestion for {who}, p95, {size}", p95, "ms", ratio=(p95 / _LIMIT_MS, "the limit of 60 ms"),
        n=len(times),
    )  # fmt: skip
