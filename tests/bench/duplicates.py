"""How well duplicates are found, held against the demo's truth, and how long it takes to ask."""

import time
from typing import Any

from tests.bench.duplicates_truth import asked_then, half_of, index_for_then, keys, likely, probes, truth
from tests.bench.report import Report

PROBES, ASKED = 16_000, 300
_LIMIT_MS = 60.0


def run(report: Report, *, full: bool) -> None:
    """`./run bench duplicates`."""
    from django.db import transaction

    from geoserver_app.duplicates.candidates import SUGGESTED, WORTH_A_LOOK
    from tests.bench import flow

    place = flow._city(report)
    same = truth(place)
    index_for_then()
    # None of these is about a thing on which anything was fitted.
    asked = half_of(probes(place, PROBES * (4 if full else 1)), same, keys(), measured=True)
    for public, least, name in (
        (True, SUGGESTED, "offered to residents"),
        (False, SUGGESTED, "offered to the call-taker"),
        (False, WORTH_A_LOOK, "on the desk"),
    ):
        _quality(report, same, asked, public=public, least=least, name=name)
    for public in (True, False):
        _speed(report, place, public=public)
    with transaction.atomic():
        _as_of_a_million()
        for public in (True, False):
            _speed(report, place, public=public, where="where as many are open as of a million")
        transaction.set_rollback(True)


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

    columns = [field.column for field in ServiceRequest._meta.concrete_fields if not field.generated]
    values = ", ".join(_OTHERWISE.get(name, f"r.{name}") for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(_COPIES)
        cursor.execute(
            f"insert into intake_servicerequest ({', '.join(columns)}) select {values}"
            " from copies c join intake_servicerequest r on r.id = c.old"
        )
        cursor.execute("analyze intake_servicerequest")


def _quality(report: Report, same: dict[str, str], asked: list[int], *, public: bool, least: int, name: str) -> None:
    """Of what is suggested, how much is right (each incident counts), and of what could be found, how much is."""
    key = keys()
    found = [(row.key, row.request_id) for row in asked_then(asked, public=public, least=least, most=3)]
    right = [(one, lead) for one, lead in found if same.get(key[one], key[one]) == same.get(key[lead], key[lead])]
    could = _could_be_found(same, asked, key, public=public)
    hit = {one for one, _lead in right} & could
    for what, part, whole in (("precision", len(right), len(found)), ("recall", len(hit), len(could))):
        low, high = likely(part, max(whole, 1))
        told = f"{what}, {name} (score {least} or more; {low:.3f} to {high:.3f} with 95 in 100)"
        report.line(told, part / max(whole, 1), "", n=whole)


def _could_be_found(same: dict[str, str], asked: list[int], key: dict[int, str], *, public: bool) -> set[int]:
    """The reports before which another of the same thing was there, open, with a place (and, for residents, public)."""
    from layers.asked import ask

    things: dict[str, list[int]] = {}
    known = set(same) | set(same.values())
    for pk, name in key.items():
        if name in known:
            things.setdefault(same.get(name, name), []).append(pk)
    pairs = [(pk, other) for pk in asked for other in things.get(same.get(key[pk], key[pk]), ()) if other != pk]
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

    ids = probes(place, ASKED)
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
