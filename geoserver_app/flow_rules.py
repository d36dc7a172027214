"""Rules tried on what was reported, put in force and taken back, with the open requests that follow.

A version in force never changes, so going back to an old one makes a version that says the same again. What follows is
a turn, as of an edition (flow_turns): requests that wait, and that nobody has taken up, are routed again by a job;
where the version before comes back, each of those that nobody touched gets exactly what it had.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from geoserver_app.accounts.models import User
from geoserver_app.editions import by_rules, snapshots
from geoserver_app.editions.beside import work_out
from geoserver_app.editions.models import Turn
from geoserver_app.flow_many import Progress, midnight
from geoserver_app.route import succession, versions
from geoserver_app.route.errors import BadRules, NotADraft
from geoserver_app.route.findings import holding_up
from geoserver_app.route.models import RuleSet, RuleSimulation
from geoserver_app.route.program import Program, program_of
from geoserver_app.route.simulate import Simulated, simulate
from layers.errors import NotFound
from layers.models import Jurisdiction


@dataclass(frozen=True)
class Switched:
    """What was put in force: the version, the one before it, and the turn of the requests that follow."""

    rules: RuleSet
    before: RuleSet | None
    turn: Turn


def activate_rules(
    rule_set_id: int, *, again: bool = True, by: User | None = None, at: datetime | None = None
) -> Switched:
    """Puts a draft in force; what waits is routed ``again`` by a job, if wanted. BadRules with all that holds it up."""
    at = at or timezone.now()
    with transaction.atomic():
        draft = _version(rule_set_id)
        before = succession.active(draft.jurisdiction)
        versions.freeze(draft)
        refuse(draft)
        # Compiled while it is a draft: what this transaction may yet undo must not be kept by the process.
        program = program_of(draft)
        versions.activate(draft, at=at, by=by)
        turn = _turn(draft, before, program if again else None, by=by, at=at)
    return Switched(draft, before, turn)


def go_back(rule_set_id: int, *, again: bool = True, by: User | None = None, at: datetime | None = None) -> Switched:
    """Puts in force again what a retired version says, as a version of its own; NotADraft for one that never was.

    Where it is the one before, requests that nobody has touched since get exactly what they had.
    """
    at = at or timezone.now()
    with transaction.atomic():
        former = _version(rule_set_id)
        if former.state != RuleSet.State.RETIRED:
            raise NotADraft(f"Version {former.version} is {former.state}: only one that was in force can come back.")
        before = succession.active(former.jurisdiction)
        undoes = _undone(former, before)
        fresh = succession.put_back(former, at=at, by=by)
        turn = _turn(fresh, before, program_of(fresh) if again else None, by=by, at=at, undoes=undoes)
    return Switched(fresh, before, turn)


def refuse(draft: RuleSet) -> None:
    """BadRules with everything that holds a version up; its conditions must be resolved (versions.freeze)."""
    found = holding_up(draft)
    if found:
        told = "\n".join(f"  {_where(one.rule)}{one.in_words('en')}" for one in found)
        raise BadRules(f"Version {draft.version} is held up. Correct this:\n{told}")


def _where(rule: int | None) -> str:
    return "" if rule is None else f"rule {rule}: "


def _version(rule_set_id: int) -> RuleSet:
    rows = RuleSet.objects.select_related("jurisdiction", "safe_post", "triage_post")
    found = rows.select_for_update(of=("self",)).filter(pk=rule_set_id).first()
    if found is None:
        raise NotFound("There is no such version of the rules any more.")
    return found


def _undone(former: RuleSet, active: RuleSet | None) -> Turn | None:
    """The turn that is undone where the version before the one in force comes back; None for an older one."""
    turns = Turn.objects.select_for_update().filter(jurisdiction=former.jurisdiction_id, way=Turn.Way.RULES)
    last = turns.filter(rules_after=active).exclude(state=Turn.State.UNDONE).order_by("-pk").first()
    return last if last is not None and last.rules_before_id == former.pk else None


def _turn(
    rules: RuleSet, before: RuleSet | None, program: Program | None, *, by: User | None, at: datetime,
    undoes: Turn | None = None,
) -> Turn:  # fmt: skip
    """Writes the turn down, asks a worker for the requests that follow; without a program none does."""
    if undoes is not None:
        Turn.objects.filter(pk=undoes.pk).update(state=Turn.State.UNDONE)
    epoch = Jurisdiction.objects.values_list("epoch", flat=True).get(pk=rules.jurisdiction_id)
    turn = Turn.objects.create(
        jurisdiction_id=rules.jurisdiction_id, way=Turn.Way.RULES, undoes=undoes, asked_by=by, asked_at=at, seen_at=at,
        epoch=epoch, rules_before=before, rules_after=rules,
    )  # fmt: skip
    if program is not None:
        by_rules.find(program, rules.jurisdiction_id)
        turn.total = snapshots.list_waiting(turn)
    if turn.total:
        jobs.configure_task("turn_edition").defer(turn_id=turn.pk)
    else:
        turn.state, turn.finished_at = Turn.State.DONE, at
    turn.save(update_fields=["total", "state", "finished_at"])
    return turn


def waiting_elsewhere(draft: RuleSet) -> int:
    """How many open requests would be routed to another desk if a draft were put in force now; nothing is written."""
    with transaction.atomic():
        count = by_rules.find(program_of(draft), draft.jurisdiction_id)
        transaction.set_rollback(True)
    return count


def simulate_rules(
    rule_set: RuleSet,
    *,
    last_days: int,
    at: datetime | None = None,
    progress: Progress = lambda _count: None,
    begins: Progress = lambda _count: None,
) -> Simulated:
    """What a version would have decided otherwise of the last days, today included; nothing is written but itself.

    A draft is checked and resolved first: BadRules where it cannot be used.
    """
    at = at or timezone.now()
    place = rule_set.jurisdiction
    first = place.local_date(at) - timedelta(days=last_days - 1)
    with transaction.atomic():
        if rule_set.state == RuleSet.State.DRAFT:
            versions.freeze(rule_set)
        found = simulate(rule_set, since=midnight(first, place), days=last_days, progress=progress, begins=begins)
        transaction.set_rollback(True)
    return found


def run_simulation(simulation_id: int) -> RuleSimulation:
    """Works out a simulation that a page asked for, and keeps what came of it."""
    asked = RuleSimulation.objects.select_related("rule_set__jurisdiction").get(pk=simulation_id)

    def work(progress: Progress, begins: Progress) -> dict[str, Any]:
        found = simulate_rules(asked.rule_set, last_days=asked.days, progress=progress, begins=begins)
        against = succession.active(asked.rule_set.jurisdiction)
        return {"result": found.stored(), "total": found.looked_at, "against": against}

    work_out(asked, work)
    return asked
