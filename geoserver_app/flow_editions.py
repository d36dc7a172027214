"""Editions put in force and taken back, with everything that follows from it: rules, scopes, requests.

The days of the editions, the rules and scopes that follow confirmed successions, and the list of the requests that are
concerned are one transaction. The requests follow in blocks of their own (flow_turns).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app as jobs
from psycopg.types.range import DateRange

from geoserver_app.accounts import succession as scopes
from geoserver_app.accounts.models import User
from geoserver_app.editions import concerned, days, holdups, moves, snapshots
from geoserver_app.editions.beside import work_out
from geoserver_app.editions.models import Simulation, Turn
from geoserver_app.flow_many import Progress, midnight
from geoserver_app.flow_turns import run_turn
from geoserver_app.route import succession as rules
from geoserver_app.route.models import RuleSet
from layers import activation
from layers.activation import Turned
from layers.errors import NotFound
from layers.models import Edition, EditionChange, Jurisdiction, Kind, Succession

Follow: TypeAlias = Callable[[Turn], Turn]


@dataclass(frozen=True)
class Change:
    """What was done, or would be: the editions' days, and the turn whose requests follow (of a dry run: followed)."""

    turned: Turned
    turn: Turn
    rules: int | None = None  # the version of the rules that came in with it
    held: tuple[str, ...] = ()  # of a dry run: what would hold it up


def activate_edition(
    edition_id: int,
    *,
    commit: bool,
    by: User | None = None,
    at: datetime | None = None,
    wanted: DateRange | None = None,
    follow: Follow | None = None,
) -> Change:
    """Puts a draft in force for the days it was loaded for, or for ``wanted``; a dry run unless ``commit``.

    The requests that are concerned follow by a job; by ``follow`` (run_turn, or one that shows progress) at once, and
    in a dry run only so. HeldUp where something that names an area of the kind waits for an answer; NotFound, Conflict
    as layers.activation.activate.
    """
    at = at or timezone.now()

    def make() -> Turning:
        edition = _draft(edition_id, wanted)
        if commit:
            holdups.check(edition)
        made = put_in_force(edition, by=by, at=at)
        made.held = () if commit else tuple(holdups.reasons(edition))
        return made

    return _done(make, commit, by, at, follow)


def roll_back_edition(
    jurisdiction: Jurisdiction,
    kind_code: str,
    *,
    commit: bool,
    by: User | None = None,
    at: datetime | None = None,
    follow: Follow | None = None,
) -> Change:
    """Takes the last activation of a kind back, as activate_edition puts in force. Conflict where there is none."""
    at = at or timezone.now()
    return _done(lambda: _take_back(jurisdiction, kind_code, by=by, at=at), commit, by, at, follow)


def _done(make: Callable[[], Turning], commit: bool, by: User | None, at: datetime, follow: Follow | None) -> Change:
    with transaction.atomic():
        made = make()
        turn = keep(made, by=by, at=at)
        if follow is not None and not commit:
            turn = follow(turn)
        transaction.set_rollback(not commit)
    if follow is not None and commit:
        turn = follow(turn)
    return Change(made.turned, turn, made.rules_after.version if made.rules_after else None, made.held)


def simulate_edition(
    edition_id: int,
    *,
    last_days: int,
    at: datetime | None = None,
    wanted: DateRange | None = None,
    progress: Progress = lambda _count: None,
    begins: Progress = lambda _count: None,
) -> moves.Moves:
    """What a draft would move of the requests of the last days, as if it were put in force; nothing is written.

    It comes in for the days that it wants, at the latest ``last_days`` ago (but not before the edition that it
    follows), so that those requests are seen by it. ``begins`` is told how many are concerned.
    """
    at = at or timezone.now()
    with transaction.atomic():
        edition = _draft(edition_id, wanted)
        held = tuple(holdups.reasons(edition))
        first = edition.kind.jurisdiction.local_date(at) - timedelta(days=last_days - 1)
        _come_in_by(edition, first)
        made = put_in_force(edition, by=None, at=at)
        concerned.only_since(midnight(first, edition.kind.jurisdiction))
        turn = keep(made, by=None, at=at)
        begins(turn.total)
        turn = run_turn(turn.pk, progress=progress)
        found = moves.Moves(edition_id, last_days, turn.total, moves.of_turn(turn), held)
        transaction.set_rollback(True)
    return found


def run_simulation(simulation_id: int) -> Simulation:
    """Works out a simulation that a page asked for, and keeps what came of it."""
    asked = Simulation.objects.get(pk=simulation_id)

    def work(progress: Progress, begins: Progress) -> dict[str, Any]:
        found = simulate_edition(asked.edition_id, last_days=asked.days, progress=progress, begins=begins)
        return {"result": found.stored(), "total": found.concerned}

    work_out(asked, work)
    return asked


def _come_in_by(edition: Edition, first: date) -> None:
    """Lets a draft come in by a day at the latest, but not before the edition that it follows."""
    if edition.state != Edition.State.DRAFT:
        return
    current = Edition.objects.filter(kind=edition.kind, is_current=True).exclude(pk=edition.pk).first()
    if current is not None and current.in_force.lower is not None:
        first = max(first, current.in_force.lower)
    wanted = edition.wanted or DateRange(first, None)
    if wanted.lower is not None and wanted.lower > first:
        wanted = DateRange(first, wanted.upper)
    edition.wanted = wanted
    edition.save(update_fields=["wanted"])


@dataclass
class Turning:
    """A change of editions inside its transaction; concerned_request holds the requests."""

    way: str
    kind: Kind
    turned: Turned
    change: EditionChange
    concerned: int
    undoes: Turn | None = None
    rules_before: RuleSet | None = None
    rules_after: RuleSet | None = None
    scopes: list[dict[str, Any]] | None = None
    left: list[str] | None = None
    held: tuple[str, ...] = ()


def put_in_force(edition: Edition, *, by: User | None, at: datetime) -> Turning:
    """Turns the editions and what follows confirmed successions, in the caller's transaction."""
    kind, today = edition.kind, edition.kind.jurisdiction.local_date(at)
    turned = activation.activate(edition.pk, today=today, commit=True)
    change = EditionChange.objects.filter(edition=edition).latest("pk")
    made = Turning(Turn.Way.ACTIVATE, kind, turned, change, 0)
    _follow(edition, made, by=by, at=at)
    made.concerned = concerned.find(kind, days.stretches(change.before, days.states_now(change)), today=today)
    return made


def _draft(edition_id: int, wanted: DateRange | None) -> Edition:
    found = Edition.objects.select_related("kind__jurisdiction").filter(pk=edition_id).first()
    if found is None:
        raise NotFound(f"There is no edition {edition_id}. load_layer --commit prints the number of what it made.")
    if wanted is not None and found.state == Edition.State.DRAFT:
        found.wanted = wanted
        found.save(update_fields=["wanted"])
    return found


def _follow(edition: Edition, made: Turning, *, by: User | None, at: datetime) -> None:
    """Rules and scopes that name areas which are gone name their confirmed successors too."""
    ids, codes = defaultdict(list), defaultdict(list)
    confirmed = Succession.objects.filter(edition=edition, confirmed=True).order_by("-share", "new__code")
    for one in confirmed.select_related("old", "new"):
        ids[one.old_id].append(one.new_id)
        codes[one.old.code].append(one.new.code)
    if not ids:
        return
    made.rules_before = rules.active(made.kind.jurisdiction)
    made.rules_after = rules.follow(made.kind.jurisdiction, ids, at=at, by=by)
    made.scopes = scopes.follow(made.kind, codes)


def _take_back(jurisdiction: Jurisdiction, kind_code: str, *, by: User | None, at: datetime) -> Turning:
    last = EditionChange.objects.filter(
        kind__jurisdiction=jurisdiction, kind__code=kind_code, undone_at=None
    ).order_by("-pk").first()  # fmt: skip
    before = days.states_now(last) if last else []
    today = jurisdiction.local_date(at)
    turned = activation.roll_back(jurisdiction, kind_code, today=today, commit=True)
    assert last is not None  # noqa: S101  roll_back raises where there is nothing to take back
    kind = Kind.objects.select_related("jurisdiction").get(pk=last.kind_id)
    there = Turn.objects.filter(change=last).exclude(way=Turn.Way.ROLL_BACK)
    made = Turning(Turn.Way.ROLL_BACK, kind, turned, last, 0, undoes=there.first())
    came_in = there.filter(way=Turn.Way.ACTIVATE).first()
    if came_in is not None:
        _unfollow(came_in, made, by=by, at=at)
    made.concerned = concerned.find(kind, days.stretches(before, last.before), today=today)
    return made


def _unfollow(undoes: Turn, made: Turning, *, by: User | None, at: datetime) -> None:
    """Rules and scopes as they were; what somebody changed since is let stand, and noted."""
    made.left = []
    if undoes.rules_after is not None and undoes.rules_before is not None:
        if undoes.rules_after.state == RuleSet.State.ACTIVE:
            made.rules_before = undoes.rules_after
            made.rules_after = rules.put_back(undoes.rules_before, at=at, by=by)
        else:
            made.left.append("rules")
    if scopes.undo(undoes.scopes):
        made.left.append("scopes")


def keep(made: Turning, *, by: User | None, at: datetime) -> Turn:
    """Writes down what was turned, with the requests that are to follow, and asks a worker for them."""
    if made.undoes is not None:
        # Whoever is just at a block of it is waited for.
        there = Turn.objects.filter(change=made.change).exclude(way=Turn.Way.ROLL_BACK)
        list(there.select_for_update().order_by("pk"))
        there.update(state=Turn.State.UNDONE)
    turn = Turn.objects.create(
        jurisdiction_id=made.kind.jurisdiction_id, kind=made.kind, edition_id=made.turned.edition, change=made.change,
        way=made.way, undoes=made.undoes, asked_by=by, asked_at=at, seen_at=at,
        alone=not Turn.objects.filter(jurisdiction=made.kind.jurisdiction_id, state=Turn.State.RUNNING).exists(),
        epoch=Jurisdiction.objects.values_list("epoch", flat=True).get(pk=made.kind.jurisdiction_id),
        rules_before=made.rules_before, rules_after=made.rules_after, scopes=made.scopes or [], left=made.left or [],
    )  # fmt: skip
    turn.total = snapshots.list_requests(turn)
    turn.save(update_fields=["total"])
    jobs.configure_task("turn_edition").defer(turn_id=turn.pk)
    jobs.configure_task("render_basemap", lock=f"basemap-{turn.jurisdiction_id}").defer(
        jurisdiction_id=turn.jurisdiction_id
    )
    return turn
