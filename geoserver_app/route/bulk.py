"""Who gets each of many requests: the same statement as for one, over the facts of a linked batch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from geoserver_app.link.ground import CODES
from geoserver_app.org.calendar import OfficeCalendar, calendar_of
from geoserver_app.route.program import active_program
from layers.models import Jurisdiction

# What is decided of a case, which is what requests are that are alike to the rules; "request_id" is its number.
DECIDED = """
    request_id bigint, way text, winner smallint, runner_up smallint, candidates smallint[], default_route bigint,
    department bigint, post bigint, agency bigint, priority text, triage boolean, copies bigint[], service_id bigint,
    area_ids bigint[], lies_on int, doubt int, means text, asset_kind text, asset_owner text, owner_class text,
    land_use text, answers jsonb, channel text, language text, minute int, office_open boolean, base_priority text,
    unsure int, rule_set_id bigint, jurisdiction_id bigint
"""
# What each request has of its own.
ASK = """
    request_id bigint, case_number bigint, channel text, language text, minute int, office_open boolean,
    received_at timestamptz
"""
OWN = {"channel": "''::text", "language": "''::text", "minute": "0", "office_open": "false"}
FACTS = "select * from route_fact"


@dataclass(frozen=True)
class RoutedMany:
    """How many requests of a batch were routed, and how many of them a person must look at."""

    requests: int
    reviews: int


def route_many() -> RoutedMany:
    """Routes every request that link_many() linked; leaves route_result (a view) and route_review for the caller.

    Writes no table of ours: keep_many() appends the decisions, flow writes the requests. Call inside the transaction
    of link_many().
    """
    execute(f"create temporary table route_decided ({DECIDED}) on commit drop")
    execute(f"create temporary table route_ask ({ASK}) on commit drop")
    execute("create temporary table route_review (request_id bigint, reason text, detail jsonb) on commit drop")
    with connection.cursor() as cursor:
        cursor.execute("select distinct jurisdiction_id from link_batch order by 1")
        places = [row[0] for row in cursor.fetchall()]
    for place in places:
        _route(Jurisdiction.objects.get(pk=place))
    execute("create index on route_ask (request_id); analyze route_ask (request_id, case_number)")
    execute("analyze route_decided (request_id, way)")
    execute(step("result"))
    return RoutedMany(_count("route_ask"), _count("route_review"))


def keep_many(*, at: datetime) -> int:
    """Appends the decisions of the batch; returns how many."""
    return execute(step("decisions"), {"at": at})


def _route(jurisdiction: Jurisdiction) -> None:
    program = active_program(jurisdiction.pk)
    calendar = calendar_of(jurisdiction)
    parameters: dict[str, Any] = {
        "jurisdiction": jurisdiction.pk,
        "areas": sorted(program.named_areas) if program else [],
        "questions": sorted(program.questions) if program else [],
    }
    execute("drop table if exists pg_temp.route_fact")
    asked = {name: f"a.{name}" if program and program.looks_at(name) else fixed for name, fixed in OWN.items()}
    execute(step("facts").format(open=open_sql(calendar), **asked), parameters)
    if program is None:
        _without_rules(jurisdiction)
        return
    execute(
        f"insert into route_decided select d.*, {program.rule_set.pk}, {jurisdiction.pk}"
        f" from ({program.statement(FACTS)}) d",
        {},
    )
    names = json.dumps({name: int(bit) for name, bit in CODES.items()})
    execute(step("reviews").format(), parameters | {"version": program.rule_set.version, "names": names})


def _without_rules(jurisdiction: Jurisdiction) -> None:
    execute(
        "insert into route_decided (request_id, way, priority, triage, service_id, area_ids, lies_on, doubt, means,"
        " asset_kind, asset_owner, owner_class, land_use, answers, channel, language, minute, office_open,"
        " base_priority, unsure, jurisdiction_id)"
        " select request_id, 'none', priority, true, service_id, area_ids, lies_on, doubt, means, asset_kind,"
        " asset_owner, parcel_owner, parcel_use, answers, channel, language, minute, office_open, priority, 0, %(id)s"
        " from route_fact",
        {"id": jurisdiction.pk},
    )
    execute(
        "insert into route_review select a.request_id, 'no_rules', '{}'"
        " from route_ask a join route_fact f on f.request_id = a.case_number"
    )


def open_sql(calendar: OfficeCalendar) -> str:
    """SQL for "somebody is at City Hall" at ``t.local``, the wall clock; the same as OfficeCalendar.is_open().

    ``t.minute`` is the minute of the local week.
    """
    stretches = " or ".join(
        f"t.minute >= {_minute(one.weekday, one.opens)} and t.minute < {_minute(one.weekday, one.closes)}"
        for one in calendar.week
    )
    days = ", ".join(f"'{day:%Y-%m-%d}'" for day in sorted(calendar.holidays))
    holidays = f" and t.local::date <> all(array[{days}]::date[])" if days else ""
    return f"(({stretches or 'false'}){holidays})"


def _minute(weekday: int, clock: time) -> int:
    return weekday * 1440 + clock.hour * 60 + clock.minute


@cache
def step(name: str) -> str:
    """The text of a file of steps/."""
    return (Path(__file__).parent / "steps" / f"{name}.sql").read_text(encoding="utf-8")


def execute(statement: str, parameters: dict[str, Any] | None = None) -> int:
    """Runs a statement on Django's own connection; how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return int(cursor.fetchone()[0])
