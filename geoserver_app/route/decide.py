"""Who gets one request: its facts under the active version of the rules, in one round trip; and the trace of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from psycopg.types.json import Jsonb

from geoserver_app.link.ground import codes
from geoserver_app.link.links import Doubt
from geoserver_app.route.facts import Facts
from geoserver_app.route.models import Decision, Rule, RuleSet
from geoserver_app.route.program import Program, kept_program
from layers import rows
from layers.asked import ask

_ACTIVE = "select id from route_ruleset where jurisdiction_id = %(jurisdiction)s::bigint and state = 'active'"


@dataclass(frozen=True)
class Routing:
    """Who gets a request and why. ``copies`` are posts that are told at the same time.

    ``near_line``: the ground was too near to a line to decide, the safe desk has it, somebody must ask (``reviews``).
    """

    rule_set_id: int | None = None
    way: str = Decision.Way.NONE
    winner: int | None = None
    runner_up: int | None = None
    candidates: tuple[int, ...] = ()
    default_route_id: int | None = None
    department_id: int | None = None
    post_id: int | None = None
    agency_id: int | None = None
    priority: str = "normal"
    triage: bool = True
    copies: tuple[int, ...] = ()
    reviews: tuple[Doubt, ...] = field(default=())

    @property
    def near_line(self) -> bool:
        return self.way == Decision.Way.SAFE


def decide(facts: Facts, *, jurisdiction_id: int, program: Program | None = None) -> Routing:
    """Who gets a request with these facts by the active version, or by ``program``; writes nothing.

    Without any active version it goes to triage with a review.
    """
    program = program or _active(jurisdiction_id)
    if program is None:
        return Routing(priority=facts.priority, reviews=(Doubt("no_rules"),))
    (row,) = ask(program.single, facts.parameters() | {"answers": Jsonb(dict(facts.answers))})
    routing = Routing(
        rule_set_id=program.rule_set.pk,
        way=row.way,
        winner=row.winner,
        runner_up=row.runner_up,
        candidates=tuple(row.candidates or ()),
        default_route_id=row.default_route,
        department_id=row.department,
        post_id=row.post,
        agency_id=row.agency,
        priority=row.priority,
        triage=row.triage,
        copies=tuple(row.copies or ()),
    )
    return replace(routing, reviews=tuple(doubts(routing, facts, program)))


def doubts(routing: Routing, facts: Facts, program: Program) -> list[Doubt]:
    """What a person must look at after a routing."""
    if routing.near_line:
        detail = {"doubt": list(codes(facts.unsure & program.relevant)), "candidates": list(routing.candidates)}
        return [Doubt("near_line", detail | {"rules": program.rule_set.version})]
    if routing.way == Decision.Way.NONE or (routing.triage and routing.way == Decision.Way.RULE):
        return [Doubt("no_rule" if routing.winner is None else "sent_to_triage", {"rule": routing.winner})]
    return []


def triage(jurisdiction_id: int, *, priority: str, reason: str, **detail: Any) -> Routing:
    """The routing of a request for which a stage failed: to the triage desk, with a review. Needs no program."""
    active = RuleSet.objects.filter(jurisdiction_id=jurisdiction_id, state=RuleSet.State.ACTIVE)
    desks = active.values_list("pk", "triage_post_id", "triage_post__department_id")
    rule_set_id, post_id, department_id = desks.first() or (None, None, None)
    return Routing(
        rule_set_id=rule_set_id,
        department_id=department_id,
        post_id=post_id,
        priority=priority,
        reviews=(Doubt(reason, detail),),
    )


def keep(request_id: int, facts: Facts, routing: Routing, *, at: datetime, first: bool = False) -> Decision:
    """Appends the decision to the request's; the one before, unless this is the ``first``, is no longer current."""
    program = None if routing.rule_set_id is None else kept_program(routing.rule_set_id)
    areas = program.named_areas if program else frozenset()
    questions = program.questions if program else frozenset()
    if not first:
        Decision.objects.filter(request_id=request_id, is_current=True).update(is_current=False)
    decision = Decision(
        request_id=request_id,
        rule_set_id=routing.rule_set_id,
        decided_at=at,
        way=routing.way,
        winner=routing.winner,
        runner_up=routing.runner_up,
        candidates=list(routing.candidates) or None,
        default_route=routing.default_route_id,
        department=routing.department_id,
        post=routing.post_id,
        agency=routing.agency_id,
        priority=routing.priority,
        triage=routing.triage,
        copies=list(routing.copies) or None,
        service=facts.service_id,
        area_ids=[area for area in facts.area_ids if area in areas],
        lies_on=int(facts.lies_on),
        doubt=int(facts.doubt),
        means=facts.means,
        asset_kind=facts.asset_kind,
        asset_owner=facts.asset_owner,
        owner_class=facts.parcel_owner,
        land_use=facts.parcel_use,
        answers={code: value for code, value in facts.answers.items() if code in questions} or None,
        channel=facts.channel,
        language=facts.language,
        minute=facts.minute,
        office_open=facts.office_open,
        base_priority=facts.priority,
    )
    rows.insert(decision)
    return decision


@lru_cache(maxsize=1024)
def sentences(rule_set_id: int, position: int) -> Mapping[str, str]:
    """A rule as a person says it, by language; empty where there is none. A version that is active never changes."""
    found = Rule.objects.filter(rule_set=rule_set_id, position=position).values_list("sentences", flat=True)
    return found.first() or {}


def _active(jurisdiction_id: int) -> Program | None:
    found = ask(_ACTIVE, {"jurisdiction": jurisdiction_id})
    return kept_program(found[0].id) if found else None
