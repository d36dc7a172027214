"""What a version of the rules would have decided otherwise of the requests of the last days, than the one in force.

Both versions decide the same facts, so whatever differs is the work of the rules alone: not of who handed what on, and
not of versions that were in force in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from geoserver_app.route.bulk import execute, step
from geoserver_app.route.models import RuleSet
from geoserver_app.route.past import decide_cases, make_cases, rows
from geoserver_app.route.program import active_program, program_of

BLOCK = 25_000
# So many are kept one by one for a page, its map and its table; the counts are of all.
LISTED = 20_000
# Kinds of area by which moved requests are counted, the first that the city has being the one of the map.
KINDS = ("beat", "neighborhood", "council_district", "maintenance_zone")
# The bounds are said of the decision too, so that a block is read by its index and not out of all decisions there are.
_WHICH = """r.id between %(lower)s and %(upper)s and r.requested_datetime >= %(since)s
    and d.request_id between %(lower)s and %(upper)s"""
_TABLES = """
create temporary table route_move (
    request_id bigint, department_before bigint, post_before bigint, agency_before bigint, triage_before boolean,
    priority_before text, copies_before bigint[], winner_before smallint, department_after bigint, post_after bigint,
    agency_after bigint, triage_after boolean, priority_after text, copies_after bigint[], winner_after smallint
) on commit drop;
create temporary table route_held (department bigint, post bigint, before bigint, after bigint) on commit drop;
create temporary table route_sum (requests bigint, total numeric) on commit drop
"""
_ELSEWHERE = """(m.department_before, m.post_before, m.agency_before, m.triage_before)
    is distinct from (m.department_after, m.post_after, m.agency_after, m.triage_after)"""


@dataclass(frozen=True)
class Held:
    """A desk (id of department and of post) and how many of the requests it has by each version."""

    department: int | None
    post: int | None
    before: int
    after: int


@dataclass(frozen=True)
class InArea:
    """How many requests in an area would have another desk; ``area`` is its id."""

    kind: str
    area: int
    code: str
    count: int


@dataclass(frozen=True)
class RuleMove:
    """One request that another desk would have. Degrees; desks, departments and agencies by id, rules by position."""

    number: str
    service: int
    state: str
    requested: str
    lon: float | None
    lat: float | None
    department_before: int | None
    department_after: int | None
    post_before: int | None
    post_after: int | None
    agency_before: int | None
    agency_after: int | None
    winner_before: int | None
    winner_after: int | None


@dataclass(frozen=True)
class Simulated:
    """What came of it. ``checksum`` is one number over who gets which request by the version that was tried."""

    version: int
    against: int | None
    days: int
    looked_at: int
    moved: int
    priority: int  # of those that stay: with another priority
    copies: int  # of those that stay: others are told at the same time
    waiting: int  # of those that move: nobody has taken them up yet
    held: tuple[Held, ...]
    handed: tuple[tuple[int | None, int | None, int], ...]  # (department before, after, how many)
    desks: tuple[tuple[int | None, int | None, int], ...]  # (post before, after, how many)
    areas: tuple[InArea, ...]
    moves: tuple[RuleMove, ...]
    checksum: str

    def stored(self) -> dict[str, Any]:
        """As JSON, with the first requests one by one."""
        return {**asdict(self), "moves": [asdict(one) for one in self.moves[:LISTED]]}


Progress = Callable[[int], None]


def simulate(
    rule_set: RuleSet,
    *,
    since: datetime,
    days: int,
    progress: Progress = lambda _count: None,
    begins: Progress = lambda _count: None,
    block: int = BLOCK,
) -> Simulated:
    """Decides all requests since a moment by a version and by the one in force. Call inside a transaction.

    ``begins`` is told how many there are, ``progress`` how many more were decided.
    """
    place = rule_set.jurisdiction_id
    program, active = program_of(rule_set), active_program(place)
    ids = [pk for (pk,) in rows(_IDS, {"jurisdiction": place, "since": since})]
    begins(len(ids))
    execute("drop table if exists pg_temp.route_move, pg_temp.route_held, pg_temp.route_sum")
    execute(_TABLES)
    execute("set local work_mem = '128MB'")  # cases are put together in memory, not sorted on disk
    for at in range(0, len(ids), block):
        some = ids[at : at + block]
        within = {"lower": some[0], "upper": some[-1], "since": since}
        make_cases([one for one in (program, active) if one], place, _WHICH, within)
        decide_cases(active, "route_before")
        decide_cases(program, "route_after")
        execute(step("moves"))
        progress(len(some))
    execute("set local work_mem to default")
    return _found(rule_set, active.rule_set if active else None, days)


_IDS = """select id from intake_servicerequest
    where jurisdiction_id = %(jurisdiction)s and requested_datetime >= %(since)s and state <> 'received' order by id"""


def _found(rule_set: RuleSet, active: RuleSet | None, days: int) -> Simulated:
    execute("create index on route_move (request_id); analyze route_move (request_id)")
    ((looked_at, total),) = rows("select coalesce(sum(requests), 0), coalesce(sum(total), 0) from route_sum")
    ((moved, priority, copies, waiting),) = rows(_COUNTS)
    return Simulated(
        version=rule_set.version,
        against=active.version if active else None,
        days=days,
        looked_at=int(looked_at),
        moved=moved,
        priority=priority,
        copies=copies,
        waiting=waiting,
        held=tuple(Held(*row) for row in rows(_HELD)),
        handed=tuple((row[0], row[1], row[2]) for row in rows(_PAIRS.format(what="department"))),
        desks=tuple((row[0], row[1], row[2]) for row in rows(_PAIRS.format(what="post"))),
        areas=tuple(InArea(*row) for row in rows(_AREAS, {"kinds": list(KINDS)})),
        moves=tuple(RuleMove(*row) for row in rows(_MOVES)),
        checksum=f"{looked_at}:{total}",
    )


_COUNTS = f"""select count(*) filter (where {_ELSEWHERE}),
       count(*) filter (where not ({_ELSEWHERE}) and m.priority_before is distinct from m.priority_after),
       count(*) filter (where not ({_ELSEWHERE}) and m.copies_before is distinct from m.copies_after),
       count(*) filter (where {_ELSEWHERE} and r.state in ('triage', 'assigned') and r.assignee_id is null)
    from route_move m join intake_servicerequest r on r.id = m.request_id"""
_HELD = """select department, post, sum(before)::bigint, sum(after)::bigint from route_held
    group by 1, 2 order by abs(sum(after) - sum(before)) desc, 1, 2"""
_PAIRS = """select m.{what}_before, m.{what}_after, count(*) from route_move m
    where m.{what}_before is distinct from m.{what}_after group by 1, 2 order by 3 desc, 1, 2"""
_AREAS = f"""select k.code, a.id, a.code, count(*)
    from route_move m join intake_servicerequest r on r.id = m.request_id
    cross join lateral unnest(r.area_ids) as own (id)
    join layers_area a on a.id = own.id join layers_kind k on k.id = a.kind_id
    where {_ELSEWHERE} and k.code = any(%(kinds)s)
    group by 1, 2, 3 order by array_position(%(kinds)s, k.code::text), 4 desc, 3"""
_MOVES = f"""select r.service_request_id, r.service_id, r.state, to_char(r.requested_datetime at time zone 'UTC',
           'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ST_X(r.geom), ST_Y(r.geom), m.department_before, m.department_after,
           m.post_before, m.post_after, m.agency_before, m.agency_after, m.winner_before, m.winner_after
    from route_move m join intake_servicerequest r on r.id = m.request_id
    where {_ELSEWHERE} order by r.requested_datetime desc, r.id desc"""
