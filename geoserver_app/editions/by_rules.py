"""Open requests that another version of the rules would give to another desk, as long as nobody has taken them up."""

from __future__ import annotations

from geoserver_app.route.bulk import execute
from geoserver_app.route.past import decide_cases, forget, make_cases, rows
from geoserver_app.route.program import Program

# Nobody has accepted it, been given it, handed it on or sent anybody out: it is where the rules put it, and waits.
_UNTOUCHED = """r.state in ('triage', 'assigned') and r.assignee_id is null
    and (r.department_id, r.post_id, r.agency_id) is not distinct from (d.department, d.post, d.agency)
    and not exists (select from work_workorder w
                    where w.request_id = r.id and w.done_at is null and w.cancelled_at is null)"""
_ELSEWHERE = """select d.request_id from route_case c
    join route_after a on a.case_number = c.request_id
    cross join lateral unnest(c.requests) as own (id)
    join route_decision d on d.request_id = own.id and d.is_current
    where (d.department, d.post, d.agency, d.triage) is distinct from (a.department, a.post, a.agency, a.triage)"""


def find(program: Program, jurisdiction_id: int) -> int:
    """Makes concerned_request (request_id) of those that a version gives elsewhere; how many. Inside a transaction."""
    make_cases([program], jurisdiction_id, _UNTOUCHED, {})
    decide_cases(program, "route_after")
    execute("drop table if exists pg_temp.concerned_request")
    execute(f"create temporary table concerned_request on commit drop as {_ELSEWHERE}")
    forget()
    return int(rows("select count(*) from concerned_request")[0][0])


def untouched(jurisdiction_id: int, ids: list[int]) -> list[int]:
    """Of some requests those that nobody has taken up."""
    found = rows(
        "select r.id from intake_servicerequest r join route_decision d on d.request_id = r.id and d.is_current"
        f" where r.jurisdiction_id = %(jurisdiction)s and r.id = any(%(ids)s) and {_UNTOUCHED} order by r.id",
        {"jurisdiction": jurisdiction_id, "ids": ids},
    )
    return [pk for (pk,) in found]
