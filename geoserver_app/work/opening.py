"""Opens a request with what routing decided, and follows when a moved pin or another service decides anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.org.calendar import OfficeCalendar
from geoserver_app.work import copies
from geoserver_app.work.actor import SYSTEM, Actor
from geoserver_app.work.deadlines import due
from geoserver_app.work.history import Kind, record
from geoserver_app.work.present import Present, Step
from geoserver_app.work.states import CLOSED, WAITING, State, check_step


@dataclass(frozen=True)
class Outcome:
    """What routing says: a department and the post in it, or an outside agency; ``triage`` where a person must decide.

    With ``triage`` a department may still be named: the safe default, which is told meanwhile. ``copies`` are the ids
    of the desks that follow it.
    """

    priority: str
    department_id: int | None = None
    post_id: int | None = None
    agency_id: int | None = None
    triage: bool = False
    copies: tuple[int, ...] = ()

    @property
    def state(self) -> State:
        """The state that a request with this outcome begins in."""
        if self.triage or (self.department_id is None and self.agency_id is None):
            return State.TRIAGE
        return State.REFERRED if self.agency_id is not None else State.ASSIGNED


def open_request(request: ServiceRequest, outcome: Outcome, *, calendar: OfficeCalendar, at: datetime) -> Step:
    """The first step of a request: who has it, how urgent it is, until when. WrongState where it was opened before."""
    present = opened_as(request, outcome, calendar=calendar, at=at)
    step = record(request, Kind.STATUS, present, by=SYSTEM, at=at)
    if outcome.copies:
        copies.set_by_rule(request, set(outcome.copies) - {outcome.post_id}, at=at, first=True)
    return step


def opened_as(request: ServiceRequest, outcome: Outcome, *, calendar: OfficeCalendar, at: datetime) -> Present:
    """What a request is after its first step."""
    return replace(
        _with(Present.of(request), outcome),
        state=check_step(request.state, outcome.state, SYSTEM).value,
        expected_datetime=_promised(request.service, request.requested_datetime, outcome, calendar),
        updated_datetime=at,
    )


def reroute(
    request: ServiceRequest,
    outcome: Outcome,
    *,
    because: str,
    service: Service,
    by: Actor,
    calendar: OfficeCalendar,
    at: datetime,
    note: str = "",
    data: dict[str, Any] | None = None,
) -> Step:
    """A line of kind ``because`` (MOVED or RECATEGORISED), with what it changes in who has the request and until when.

    Somebody else's now: it waits there from the start again. Still the same: nothing is taken out of their hands.
    A closed request stays as it is; only the line is written. ``service`` is the one it is of from now on.
    """
    before = Present.of(request)
    if before.state in CLOSED:
        return record(request, because, before, by=by, at=at, note=note, data=data)
    present = replace(before, updated_datetime=at)
    if service.pk != request.service_id:
        promised = _promised(service, request.requested_datetime, outcome, calendar)
        present = replace(present, expected_datetime=promised)
    if _is_elsewhere(before, outcome):
        present = replace(_with(present, outcome), state=outcome.state, assignee_id=None, field_action_at=None)
    copies.set_by_rule(request, set(outcome.copies) - {present.post_id}, at=at)
    return record(request, because, present, by=by, at=at, note=note, data=data)


def _with(present: Present, outcome: Outcome) -> Present:
    return replace(
        present,
        priority=outcome.priority,
        department_id=outcome.department_id,
        post_id=outcome.post_id,
        agency_id=outcome.agency_id,
    )


def _is_elsewhere(before: Present, outcome: Outcome) -> bool:
    same = (before.department_id, before.agency_id) == (outcome.department_id, outcome.agency_id)
    moved_desk = before.post_id != outcome.post_id and before.state in WAITING
    return not same or moved_desk or (outcome.triage and before.state in WAITING)


def _promised(service: Service, start: datetime, outcome: Outcome, calendar: OfficeCalendar) -> datetime | None:
    """The deadline; None for what an outside agency does, in whose name the city promises nothing."""
    return None if outcome.state == State.REFERRED else due(service, start, calendar)
