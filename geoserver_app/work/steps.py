"""The steps of the work itself: accept, begin, field action taken, close, withdraw, reopen; notes and urgency."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from geoserver_app.accounts.roles import Capability
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.org.calendar import OfficeCalendar
from geoserver_app.work.actor import Actor, Party
from geoserver_app.work.deadlines import due
from geoserver_app.work.errors import Incomplete, NotAllowed, WrongState
from geoserver_app.work.history import Kind, record
from geoserver_app.work.models import Resolution
from geoserver_app.work.present import Present, Step
from geoserver_app.work.resolutions import resolution_of
from geoserver_app.work.states import CLOSED, State, check_step

# How long the reporter may reopen; staff may at any time.
REOPEN_DAYS = 30
_NOTE_INSIDE = frozenset({Capability.WORK, Capability.REVIEW, Capability.HAND_ON, Capability.TAKE_REQUESTS})
_NOTE_FOR_ALL = frozenset({Capability.WORK, Capability.REVIEW, Capability.PUBLISH})
_URGENCY = frozenset({Capability.WORK, Capability.REVIEW})


@dataclass(frozen=True)
class Words:
    """What comes with a step: ``note`` for staff, ``status_notes`` for everybody, ``resolution`` as a code.

    ``field_action_at`` is when the thing was really done, where that was earlier than it is written down.
    """

    note: str = ""
    status_notes: str = ""
    resolution: str = ""
    field_action_at: datetime | None = None


def transition(request: ServiceRequest, *, to: str, by: Actor, at: datetime, words: Words = Words()) -> Step:
    """One step along the table of states.

    Closing needs a resolution and no open work order; cancelling by staff a note. Handing on, referring and reopening
    have functions of their own, since they need more than a state.
    """
    if request.state in CLOSED:
        raise WrongState(_("Request %s is closed. Reopen it first.") % request)
    state = check_step(request.state, to, by)
    if state in {State.ASSIGNED, State.REFERRED}:
        raise Incomplete(_("Say whom the request is handed to: a department or an agency."))
    present = _entered(request, state, by, at, words)
    public = bool(words.status_notes.strip())
    if public:
        present = replace(present, status_notes=words.status_notes.strip())
        _note_beside(request, words.note, by, at)
    note = words.status_notes if public else words.note
    return record(request, Kind.STATUS, present, by=by, at=at, note=note, public=public)


def _note_beside(request: ServiceRequest, note: str, by: Actor, at: datetime) -> None:
    """Where the step's own line carries the words for everybody, those for staff get a line before it."""
    if note.strip():
        record(request, Kind.NOTE_INTERNAL, Present.of(request), by=by, at=at, note=note)


def _entered(request: ServiceRequest, state: State, by: Actor, at: datetime, words: Words) -> Present:
    present = replace(Present.of(request), state=state.value, updated_datetime=at)
    if state == State.CLOSED:
        return _closed(request, present, at, words)
    if state == State.CANCELLED:
        return _cancelled(request, present, by, at, words)
    if state == State.DONE:
        return replace(present, field_action_at=_field_action(request, at, words))
    if state == State.TRIAGE:
        return replace(present, assignee_id=None, field_action_at=None)
    # Begun: whoever begins has it, unless somebody was named; what was done before was not enough.
    return replace(present, assignee_id=present.assignee_id or by.user_id, field_action_at=None)


def _closed(request: ServiceRequest, present: Present, at: datetime, words: Words) -> Present:
    if not words.resolution:
        raise Incomplete(_("A request is closed with a resolution: say how it ended."))
    _no_open_orders(request)
    resolution = resolution_of(request, words.resolution, at)
    acted = present.field_action_at
    if resolution.meaning == Resolution.Meaning.FIXED and (acted is None or words.field_action_at):
        acted = _field_action(request, at, words)
    return replace(present, resolution=resolution.code, closed_at=at, field_action_at=acted)


def _cancelled(request: ServiceRequest, present: Present, by: Actor, at: datetime, words: Words) -> Present:
    if by.party != Party.REPORTER and not words.note.strip():
        raise Incomplete(_("Say why the request is cancelled, in a note for staff."))
    _no_open_orders(request)
    code = resolution_of(request, words.resolution, at).code if words.resolution else ""
    return replace(present, resolution=code, closed_at=at)


def _no_open_orders(request: ServiceRequest) -> None:
    waiting = request.work_orders.filter(done_at=None, cancelled_at=None).first()
    if waiting is not None:
        raise WrongState(_("Work order %s is still open. Complete or cancel it first.") % waiting)


def _field_action(request: ServiceRequest, at: datetime, words: Words) -> datetime:
    """When the field action was taken: now, or the moment that was given, if it can be true."""
    moment = words.field_action_at or at
    if not request.requested_datetime <= moment <= at:
        raise Incomplete(
            _("The field action cannot have been taken at %s: before the report, or not yet.")
            % moment.astimezone(ZoneInfo(request.jurisdiction.time_zone)).strftime("%Y-%m-%d %H:%M")
        )
    return moment


def reopen(request: ServiceRequest, *, by: Actor, at: datetime, calendar: OfficeCalendar, reason: str = "") -> Step:
    """A closed request begins again where it last was, with a new deadline; the three moments of before stay in the
    history. The reporter may within REOPEN_DAYS of the closing."""
    if request.state not in CLOSED or request.closed_at is None:
        raise WrongState(_("Request %s is open; there is nothing to reopen.") % request)
    if by.party == Party.REPORTER and at > request.closed_at + timedelta(days=REOPEN_DAYS):
        raise NotAllowed(_("A request can be reopened for %s days. Please report it again.") % REOPEN_DAYS)
    to = check_step(request.state, State.TRIAGE if request.department_id is None else State.ASSIGNED, by)
    present = replace(
        Present.of(request),
        state=to.value,
        expected_datetime=due(request.service, at, calendar),
        resolution="",
        field_action_at=None,
        closed_at=None,
        told_at=None,
        updated_datetime=at,
    )
    return record(request, Kind.REOPENED, present, by=by, at=at, note=reason)


def change_priority(request: ServiceRequest, priority: str, *, by: Actor, at: datetime, note: str = "") -> Step:
    """Another urgency, by those who work on the request or review it. The deadline is the service's and stays."""
    _need(by, _URGENCY, _("You may not change how urgent a request is."))
    present = replace(Present.of(request), priority=ServiceRequest.Priority(priority).value)
    return record(request, Kind.PRIORITY, present, by=by, at=at, note=note)


def add_note(request: ServiceRequest, text: str, *, public: bool, by: Actor, at: datetime) -> Step:
    """A note for staff, or for everybody: then it stands in ``status_notes`` too. In any state, also when closed.

    Open311 wants the closing time as ``updated_datetime`` of what is closed, so a later note does not touch it.
    """
    _need(by, _NOTE_FOR_ALL if public else _NOTE_INSIDE, _("You may not write notes on this request."))
    if not text.strip():
        raise Incomplete(_("The note is empty."))
    present = Present.of(request)
    if public:
        updated = present.updated_datetime if request.state in CLOSED else at
        present = replace(present, status_notes=text.strip(), updated_datetime=updated)
    kind = Kind.NOTE_PUBLIC if public else Kind.NOTE_INTERNAL
    return record(request, kind, present, by=by, at=at, note=text, public=public)


def add_details(request: ServiceRequest, text: str, *, photos: int, by: Actor, at: datetime) -> Step:
    """What the reporter adds later: words, photos (stored by intake), or both. Never public by itself."""
    if request.state in CLOSED:
        raise WrongState(_("This request is closed. Reopen it, or report again."))
    if not text.strip() and not photos:
        raise Incomplete(_("Write what you would like to add, or choose a photo."))
    present = replace(Present.of(request), updated_datetime=at)
    return record(request, Kind.DETAILS, present, by=by, at=at, note=text, data={"photos": photos})


def told(request: ServiceRequest, *, how: str, by: Actor, at: datetime) -> Step:
    """The resident was told that it is closed: by a mail that was handed over, or by a call. The first time counts."""
    if request.state not in CLOSED:
        raise WrongState(_("Request %s is open; its end cannot have been told.") % request)
    present = Present.of(request)
    return record(request, Kind.TOLD, replace(present, told_at=present.told_at or at), by=by, at=at, data={"how": how})


def _need(by: Actor, allowed: frozenset[Capability], message: str) -> None:
    if not by.is_one_of(frozenset(allowed)):
        raise NotAllowed(message)
