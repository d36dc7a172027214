"""A decision made again in Python, rule by rule: what explain tells, and what a test holds equal to the database's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geoserver_app.link.ground import Lies
from geoserver_app.route.checks import Check
from geoserver_app.route.facts import Facts
from geoserver_app.route.models import Decision
from geoserver_app.route.program import Clause, Default, Program


@dataclass(frozen=True)
class Trial:
    """One rule that was tried: does it match as measured, in every and in some way the ground may turn out."""

    clause: Clause
    matched: bool
    surely: bool
    perhaps: bool
    failed: tuple[Check, ...]


@dataclass(frozen=True)
class Desk:
    """Who gets a request: what two outcomes are compared by."""

    department_id: int | None
    post_id: int | None
    agency_id: int | None = None
    triage: bool = False


@dataclass(frozen=True)
class Replay:
    """A decision made again, with every rule that was tried."""

    trials: tuple[Trial, ...]
    way: str
    winner: int | None
    runner_up: int | None
    candidates: tuple[int, ...]
    default: Default | None
    desk: Desk
    priority: str
    copies: tuple[int, ...]


def replay(program: Program, facts: Facts) -> Replay:
    """Tries every rule of a version on the facts and decides as decide.sql does."""
    ways = facts.ways(program.relevant)
    trials = tuple(_try(clause, facts, ways) for clause in program.clauses)
    default = program.default_for(facts)
    candidates = _candidates(program, ways, default)
    hits = [] if candidates else [trial.clause for trial in trials if trial.matched]
    way = _way(facts, candidates, hits, default)
    winner = hits[0] if hits else None
    desk = _desk_of(program, facts, way, winner, default)
    inherits = default if not desk.triage and (way == Decision.Way.DEFAULT or _inherits(way, winner)) else None
    return Replay(
        trials=trials,
        way=way,
        winner=winner.position if winner else None,
        runner_up=hits[1].position if len(hits) > 1 else None,
        candidates=candidates,
        default=inherits,
        desk=desk,
        priority=(winner and winner.priority) or (inherits and inherits.priority) or facts.priority,
        copies=(*(winner.copies if winner else ()), *(inherits.copies if inherits else ())),
    )


def _try(clause: Clause, facts: Facts, ways: Sequence[Facts]) -> Trial:
    failed = tuple(check for check in clause.checks if not check.holds(facts))
    matched = not failed and clause.is_for(facts)
    turned = [matched if way is facts else clause.matches(way) for way in ways]
    return Trial(clause=clause, matched=matched, surely=all(turned), perhaps=any(turned), failed=failed)


def _candidates(program: Program, ways: Sequence[Facts], default: Default | None) -> tuple[int, ...]:
    """The rules that win in the ways the ground may turn out (0: the table); empty where all lead to one desk."""
    if len(ways) == 1:
        return ()
    winners = {_first(program, way) for way in ways}
    desks = {_desk(clause, default) for clause in winners}
    return tuple(sorted(clause.position if clause else 0 for clause in winners)) if len(desks) > 1 else ()


def _first(program: Program, facts: Facts) -> Clause | None:
    return next((clause for clause in program.clauses if clause.matches(facts)), None)


def _desk(clause: Clause | None, default: Default | None) -> Desk:
    if clause is None or (clause.department_id is None and not clause.triage):
        inherited = Desk(default.department_id, default.post_id) if default else Desk(None, None)
        return Desk(inherited.department_id, inherited.post_id, clause.agency_id if clause else None)
    return Desk(clause.department_id, clause.post_id, clause.agency_id, clause.triage)


def _way(facts: Facts, candidates: tuple[int, ...], hits: list[Clause], default: Default | None) -> str:
    if candidates:
        return Decision.Way.SAFE
    if hits:
        return Decision.Way.RULE
    if Lies.OUTSIDE in facts.lies_on:
        return Decision.Way.OUTSIDE
    return Decision.Way.DEFAULT if default else Decision.Way.NONE


def _inherits(way: str, winner: Clause | None) -> bool:
    return way == Decision.Way.RULE and winner is not None and winner.department_id is None


def _desk_of(program: Program, facts: Facts, way: str, winner: Clause | None, default: Default | None) -> Desk:
    safe, triage = program.rule_set.safe_post, program.rule_set.triage_post
    agency = winner.agency_id if winner else None
    inherits = _inherits(way, winner)
    decides = default if way == Decision.Way.DEFAULT or inherits else winner
    left_over = way in {Decision.Way.OUTSIDE, Decision.Way.NONE} or (inherits and Lies.OUTSIDE in facts.lies_on)
    if way == Decision.Way.SAFE:
        return Desk(safe.department_id, safe.pk)
    if decides is None or left_over or (winner and winner.triage):
        return Desk(triage.department_id, triage.pk, agency, triage=True)
    return Desk(decides.department_id, decides.post_id, agency)
