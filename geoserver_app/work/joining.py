"""What it means for a request to be one of several about the same thing: it stands where the one stands that leads.

Whether they are about the same thing is decided elsewhere (flow_incidents.py); this says what becomes of a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.actor import SYSTEM, Actor, Party
from geoserver_app.work.errors import WrongState
from geoserver_app.work.history import Kind, record
from geoserver_app.work.models import StatusChange
from geoserver_app.work.present import Present, Step
from geoserver_app.work.states import CLOSED, State

# What all reports of an incident have in common; that its reporter was told, and when it changed last, is each one's.
COMMON = (
    "state", "priority", "department_id", "post_id", "agency_id", "assignee_id", "expected_datetime", "resolution",
    "status_notes", "field_action_at", "closed_at",
)  # fmt: skip
# What is done on the request that leads, never on one that follows.
_OF_THE_LEADER = frozenset({
    Kind.STATUS, Kind.ASSIGNMENT, Kind.HANDED_ON, Kind.REFERRED, Kind.MOVED, Kind.RECATEGORISED, Kind.PRIORITY,
    Kind.REOPENED, Kind.WORK_ORDER,
})  # fmt: skip
_URGENCY = [one.value for one in ServiceRequest.Priority]


def common(present: Present) -> dict[str, Any]:
    """What a request that follows has from the one that leads."""
    return {name: getattr(present, name) for name in COMMON}


def concerns_all(made: Step) -> bool:
    """Whether a step changes what all reports of the incident have in common."""
    return common(made.before) != common(made.present)


def check_leads(request: ServiceRequest, made: Step, leader: str, by: Actor) -> None:
    """WrongState for work on a request that follows another; its reporter may withdraw it, or reopen it."""
    if by.party != Party.REPORTER and made.change.kind in _OF_THE_LEADER:
        raise WrongState(
            _("Request %(number)s is one more report of %(leader)s: change that one, or take this one out first.")
            % {"number": request, "leader": leader}
        )


def check_may_join(request: ServiceRequest) -> None:
    """WrongState for a request that is closed, not yet taken in, or has work under way."""
    if request.state in CLOSED:
        raise WrongState(_("Request %s is closed. Reopen it first.") % request)
    if request.state == State.RECEIVED:
        raise WrongState(_("Request %s is just being taken in. Try again in a minute.") % request)


def check_may_follow(request: ServiceRequest) -> None:
    """WrongState for one with an open work order: its crew would not know that another request leads now."""
    waiting = request.work_orders.filter(done_at=None, cancelled_at=None).first()
    if waiting is not None:
        raise WrongState(
            _("Request %(number)s has an open work order, %(order)s: let it lead, or complete the order first.")
            % {"number": request, "order": waiting}
        )


def join(request: ServiceRequest, leader: ServiceRequest, *, by: Actor, at: datetime) -> Step:
    """From now on it stands where the leader stands."""
    present = replace(Present.of(request), **common(Present.of(leader)), updated_datetime=at)
    return record(request, Kind.JOINED, present, by=by, at=at, data={"leader": [None, str(leader)]})


def leave(request: ServiceRequest, own: Mapping[str, Any], leader: str, *, by: Actor, at: datetime) -> Step:
    """It stands again where it stood by itself; ``own`` are these columns. Reopened, where it was closed meanwhile."""
    now = Present.of(request)
    back = replace(now, **own, updated_datetime=at)
    reopened = now.state in CLOSED and back.state not in CLOSED
    present = replace(back, told_at=None) if reopened else back
    kind = Kind.REOPENED if reopened else Kind.LEFT
    return record(request, kind, present, by=by, at=at, data={"leader": [leader, None]})


def gained(leader: ServiceRequest, numbers: list[str], *, by: Actor, at: datetime) -> Step:
    """The leader's own line: these are reports of the same thing."""
    return record(leader, Kind.JOINED, Present.of(leader), by=by, at=at, data={"reports": numbers})


def lost(leader: ServiceRequest, numbers: list[str], *, by: Actor, at: datetime) -> Step:
    """The leader's own line: these are no longer."""
    return record(leader, Kind.LEFT, Present.of(leader), by=by, at=at, data={"reports": numbers})


def follow(request: ServiceRequest, made: Step, *, by: Actor, at: datetime) -> Step:
    """The same step, of a request that follows. Words for everybody come along; a note for staff stays where it is."""
    present = replace(Present.of(request), **common(made.present), updated_datetime=at)
    if made.present.told_at is None and made.before.closed_at is not None:
        present = replace(present, told_at=None)
    note = made.change.note if made.change.public else ""
    actor = by if by.party == Party.STAFF else SYSTEM
    return record(request, made.change.kind, present, by=actor, at=at, note=note, public=bool(note))


def by_people(leader: ServiceRequest, people: int, *, at: datetime) -> Step | None:
    """As urgent as the number of people affected makes it by the service's rule; None where that changes nothing.

    What the rule raised it takes back when there are fewer; what a person decided since is left as it is.
    """
    last = StatusChange.objects.filter(request=leader, kind=Kind.PRIORITY).order_by("at", "pk").last()
    raised = last is not None and "people" in last.data
    own = str(last.data["priority"][0]) if last is not None and raised else leader.priority
    if last is not None and raised and "own" in last.data:
        own = str(last.data["own"])
    wanted = max(own, _by_rule(leader, people), key=_URGENCY.index)
    if wanted == leader.priority:
        return None
    present = replace(Present.of(leader), priority=wanted)
    return record(leader, Kind.PRIORITY, present, by=SYSTEM, at=at, data={"people": people, "own": own})


def _by_rule(leader: ServiceRequest, people: int) -> str:
    service = leader.service
    if 0 < service.people_for_urgent <= people:
        return ServiceRequest.Priority.URGENT.value
    if 0 < service.people_for_high <= people:
        return ServiceRequest.Priority.HIGH.value
    return ServiceRequest.Priority.LOW.value
