"""A decision replayed in Python, rule by rule, is the one that the database made: over every seeded request there is.

Stored decisions first, then a million requests linked and routed for this alone (200,000 without --full). Decisions
that are alike, facts and outcome and all, are one case and replayed once; what is counted is requests.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from tests.bench.flow import _city
from tests.bench.report import Report

# Beyond this no further block is begun, so that it ends within ten minutes; what was replayed is what is reported.
LONGEST_S = 520.0
Replayed = tuple[int, int, float]
SOME, MILLION, BLOCK = 200_000, 1_000_000, 100_000
# Facts and outcome under the names that both tables have.
FACTS = ("area_ids", "lies_on", "doubt", "means", "asset_kind", "asset_owner", "owner_class", "land_use", "answers",
         "channel", "language", "minute", "office_open", "base_priority")  # fmt: skip
MADE = ("way", "winner", "runner_up", "candidates", "default_route", "department", "post", "agency", "priority",
        "triage", "copies")  # fmt: skip
# Pins away from where they were, a moment of the last year, another channel: cases that no history has had.
FILL = """
insert into link_batch (request_id, jurisdiction_id, service_id, asset_id, channel, language, requested_datetime,
                        place_method, accuracy_m, lon, lat, answers)
select r.id + 1000000000::bigint * %(turn)s, r.jurisdiction_id, r.service_id, r.asset_id,
       (array['web', 'phone', 'walk_in', r.channel])[1 + floor(random() * 4)::int], r.language,
       now() - random() * interval '1 year', r.place_method, r.accuracy_m,
       ST_X(r.geom) + (random() - .5) * 2e-4, ST_Y(r.geom) + (random() - .5) * 2e-4, g.answers
from (select * from intake_servicerequest where jurisdiction_id = %(place)s order by id
      limit %(block)s offset %(block)s * (%(turn)s %% greatest(1, (select count(*) from intake_servicerequest)
                                                                   / %(block)s))) r
left join lateral (select jsonb_object_agg(q.code, a.value) as answers
                   from intake_answer a join catalog_serviceattribute q on q.id = a.attribute_id
                   where a.request_id = r.id) g on true
"""


def run(report: Report, *, full: bool) -> None:
    """`./run bench replay`."""
    place = _city(report)
    start = time.perf_counter()
    requests, cases, cpu = _stored()
    report.line(f"stored decisions replayed alike ({cases:,} cases)", requests, "requests")
    blocks, all_requests, all_cases = (MILLION if full else SOME) // BLOCK, 0, 0
    for turn in range(blocks):
        if time.perf_counter() - start > LONGEST_S:
            print(
                f"  stopped after {all_requests:,} of {blocks * BLOCK:,}: the machine is too slow or busy", flush=True
            )
            break
        more = _fresh(place.pk, turn)
        all_requests, all_cases, cpu = all_requests + more[0], all_cases + more[1], cpu + more[2]
        passed = time.perf_counter() - start
        print(f"  block {turn + 1} of {blocks}: {all_requests:,} alike, {passed:.0f} s", flush=True)
    report.line(f"fresh decisions replayed alike ({all_cases:,} cases)", all_requests, "requests")
    took, both = time.perf_counter() - start, requests + all_requests
    report.line("linked, routed, replayed: of a clock's second", both / took, "requests/s", n=both)
    report.line("replayed: of a processor's second", (cases + all_cases) / cpu, "cases/s", n=cases + all_cases)


def _stored() -> Replayed:
    return _replayed(_cases("service", "route_decision where rule_set_id is not null"))


def _cases(service: str, table: str) -> str:
    """SQL for the cases of a table: one row for all requests that are alike in whatever a rule of the city looks at."""
    from geoserver_app.route.models import RuleSet
    from geoserver_app.route.program import program_of

    programs = [program_of(one) for one in RuleSet.objects.exclude(state=RuleSet.State.DRAFT)]
    own = {"channel": "min(channel)", "language": "min(language)", "minute": "min(minute)",
           "office_open": "bool_and(office_open)"}  # fmt: skip
    any_one = {name: sql for name, sql in own.items() if not any(program.looks_at(name) for program in programs)}
    columns = [any_one.get(name, name) for name in ("rule_set_id", service, *FACTS, *MADE)]
    by = ", ".join(name for name in ("rule_set_id", service, *FACTS, *MADE) if name not in any_one)
    return f"select {', '.join(columns)}, count(*) from {table} group by {by}"


def _fresh(place: int, turn: int) -> Replayed:
    """A block of requests that are nobody's: linked and routed by the version in force, replayed, undone."""
    from django.db import connection, transaction

    from geoserver_app.link import bulk as linking
    from geoserver_app.route import bulk as routing

    with transaction.atomic():
        linking.create_batch()
        with connection.cursor() as cursor:
            cursor.execute("select setseed(%s)", [turn / 100])
            cursor.execute(FILL, {"turn": turn, "block": BLOCK, "place": place})
        linking.link_many()
        routing.route_many()
        done = _replayed(_cases("service_id", "route_result"))
        transaction.set_rollback(True)
    return done


def _replayed(statement: str) -> Replayed:
    """(requests, cases, processor seconds) of replays that are what was decided; AssertionError at the first other."""
    from django.db import connection

    from geoserver_app.route.program import kept_program

    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    requests, start = 0, time.process_time()
    for rule_set, service, *values, count in rows:
        facts, made = dict(zip(FACTS, values, strict=False)), values[len(FACTS) :]
        assert _again(kept_program(rule_set), service, facts) == _plain(made), (rule_set, service, facts, made)
        requests += count
    return requests, len(rows), time.process_time() - start


def _again(program: Any, service: int, given: dict[str, Any]) -> list[Any]:
    """What a replay makes of the facts of one case, in the order of MADE."""
    import json

    from geoserver_app.link.ground import Lies
    from geoserver_app.route.facts import Facts
    from geoserver_app.route.replay import replay

    answers = given["answers"]
    facts = Facts(
        service_id=service, channel=given["channel"], language=given["language"], minute=given["minute"],
        office_open=given["office_open"], priority=given["base_priority"], area_ids=tuple(given["area_ids"] or ()),
        lies_on=Lies(given["lies_on"]), doubt=Lies(given["doubt"]), means=given["means"],
        asset_kind=given["asset_kind"], asset_owner=given["asset_owner"], parcel_owner=given["owner_class"],
        parcel_use=given["land_use"], answers=json.loads(answers) if isinstance(answers, str) else answers or {},
    )  # fmt: skip
    done = replay(program, facts)
    desk, default = done.desk, done.default
    return _plain([
        done.way, done.winner, done.runner_up, list(done.candidates), default.pk if default else None,
        desk.department_id, desk.post_id, desk.agency_id, done.priority, desk.triage, list(done.copies),
    ])  # fmt: skip


def _plain(made: Iterable[Any]) -> list[Any]:
    """An empty list is none, as it is stored."""
    return [value or None if isinstance(value, list) else value for value in made]
