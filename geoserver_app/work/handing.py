"""Who has a request: a person in the department, another department, or an agency outside City Hall."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from geoserver_app.accounts.models import User
from geoserver_app.accounts.roles import Capability
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.org.calendar import OfficeCalendar
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.work.actor import Actor
from geoserver_app.work.deadlines import due
from geoserver_app.work.errors import Incomplete, NotAllowed, WrongState
from geoserver_app.work.history import Kind, record
from geoserver_app.work.present import Present, Step
from geoserver_app.work.states import CLOSED, State, check_step

_ASSIGN = frozenset({Capability.WORK, Capability.HAND_ON, Capability.REVIEW})
_HAND_ON = frozenset({Capability.HAND_ON, Capability.REVIEW})


def assign(request: ServiceRequest, assignee: User | None, *, by: Actor, at: datetime, note: str = "") -> Step:
    """Names the person who does it, or nobody. The department stays; one that waits in triage has none yet."""
    _open_and_allowed(request, by, _ASSIGN)
    if request.state in {State.RECEIVED, State.TRIAGE, State.REFERRED}:
        raise WrongState(_("Hand the request to a department first; then name a person."))
    if assignee is not None and not assignee.is_active:
        raise Incomplete(_("%s does not work here any more.") % (assignee.get_full_name() or assignee.username))
    present = replace(Present.of(request), assignee_id=assignee.pk if assignee else None)
    data = {"assignee": [_called(request.assignee), _called(assignee)]}
    return record(request, Kind.ASSIGNMENT, present, by=by, at=at, note=note, data=data)


def hand_on(
    request: ServiceRequest,
    department: Department,
    *,
    post: Post | None,
    by: Actor,
    at: datetime,
    calendar: OfficeCalendar,
    reason: str,
) -> Step:
    """Gives the request to a department (and a post in it), where it waits anew; its deadline stays.

    One that an agency had gets the deadline that the city promises from when the resident asked.
    """
    _open_and_allowed(request, by, _HAND_ON)
    _check_target(request, department, post)
    if not reason.strip():
        raise Incomplete(_("Say why the request is handed on; whoever gets it reads it."))
    if request.state != State.ASSIGNED:
        check_step(request.state, State.ASSIGNED, by)
    promised = request.expected_datetime or due(request.service, request.requested_datetime, calendar)
    present = replace(
        Present.of(request),
        state=State.ASSIGNED.value,
        department_id=department.pk,
        post_id=post.pk if post else None,
        agency_id=None,
        assignee_id=None,
        field_action_at=None,
        expected_datetime=promised,
        updated_datetime=at,
    )
    return record(request, Kind.HANDED_ON, present, by=by, at=at, note=reason)


def refer(request: ServiceRequest, agency: Agency, *, by: Actor, at: datetime, reason: str = "") -> Step:
    """Gives the request to an agency outside City Hall. Department and deadline stay: somebody here asks after it."""
    _open_and_allowed(request, by, _HAND_ON)
    if agency.jurisdiction_id != request.jurisdiction_id or not agency.active:
        raise Incomplete(_("%s takes no requests of this city.") % agency)
    check_step(request.state, State.REFERRED, by)
    present = replace(
        Present.of(request), state=State.REFERRED.value, agency_id=agency.pk, assignee_id=None, updated_datetime=at
    )
    return record(request, Kind.REFERRED, present, by=by, at=at, note=reason, data={"agency": [None, agency.name]})


def _open_and_allowed(request: ServiceRequest, by: Actor, allowed: frozenset[Capability]) -> None:
    if not by.is_one_of(frozenset(allowed)):
        raise NotAllowed(_("You may not say who has this request."))
    if request.state in CLOSED:
        raise WrongState(_("Request %s is closed. Reopen it first.") % request)


def _check_target(request: ServiceRequest, department: Department, post: Post | None) -> None:
    if department.jurisdiction_id != request.jurisdiction_id or not department.active:
        raise Incomplete(_("%s takes no requests of this city.") % department)
    if post is not None and (post.department_id != department.pk or not post.active):
        raise Incomplete(_("%(post)s is no desk of %(department)s.") % {"post": post, "department": department})
    if (department.pk, post.pk if post else None) == (request.department_id, request.post_id) and not request.agency_id:
        raise WrongState(_("%s has it already.") % department)


def _called(user: User | None) -> str | None:
    """A person's name as it was then; the line must be readable when the account is long renamed."""
    return (user.get_full_name() or user.username) if user else None
