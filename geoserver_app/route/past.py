"""Stored requests decided again by any version of the rules, set-based, from what was kept with their decisions.

Requests that are alike to the rules are one case, decided once by the same statement as a single request. Nothing is
linked, locked or written down: there are temporary tables in the caller's transaction, which forget() drops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from geoserver_app.route.bulk import execute, step
from geoserver_app.route.program import Program

# What decide.sql wants of a case; the ids of its requests stay where they are.
CASES = """select request_id, service_id, area_ids, lies_on, doubt, means, asset_kind, asset_owner, parcel_owner,
    parcel_use, answers, channel, language, minute, office_open, priority from route_case"""
_DECIDED = """create temporary table {table} on commit drop as
    select d.request_id as case_number, d.way, d.winner, d.department, d.post, d.agency, d.triage, d.priority, d.copies
    from ({statement}) d"""
_OWN = {
    "channel": ("r.channel::text", "''::text"),
    "language": ("r.language::text", "''::text"),
    "minute": ("d.minute::int", "0"),
    "office_open": ("d.office_open", "false"),
}


def make_cases(programs: Sequence[Program], jurisdiction_id: int, which: str, parameters: dict[str, Any]) -> None:
    """Makes route_case of the stored requests that ``which`` names (SQL about r and its decision d)."""
    forget()
    own = {
        name: fact if any(program.looks_at(name) for program in programs) else fixed
        for name, (fact, fixed) in _OWN.items()
    }
    asked = {
        "jurisdiction": jurisdiction_id,
        "areas": sorted(frozenset().union(*(program.named_areas for program in programs))),
        "questions": sorted(frozenset().union(*(program.questions for program in programs))),
    }
    execute(step("past").format(which=which, **own), {**asked, **parameters})


def decide_cases(program: Program | None, table: str) -> None:
    """Makes ``table`` (route_before, route_after) of what a version decides of the cases; empty without a version."""
    statement = program.statement(CASES) if program else _NOTHING
    execute(_DECIDED.format(table=table, statement=statement), {})
    execute(f"analyze {table}")


_NOTHING = """select null::bigint as request_id, null::text as way, null::smallint as winner,
    null::bigint as department, null::bigint as post, null::bigint as agency, null::boolean as triage,
    null::text as priority, null::bigint[] as copies where false"""


def forget() -> None:
    """Drops what a block left, for the next one in the same transaction."""
    execute("drop table if exists pg_temp.route_case, pg_temp.route_before, pg_temp.route_after")


def rows(statement: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """The rows of a statement on Django's own connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
