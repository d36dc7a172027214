"""Where a request stands, as four words on a line: received, with somebody, done, closed; and one plain sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.history import Kind, Line
from geoserver_app.work.models import Resolution

State = ServiceRequest.State
_BEFORE_ANYBODY = (State.RECEIVED, State.TRIAGE)


@dataclass(frozen=True)
class Stage:
    """A step on the line. ``progress`` is done, now or ahead; ``at`` is empty for what has not happened."""

    words: str
    progress: str
    at: datetime | None = None


def stages(request: ServiceRequest, history: Sequence[Line], language: str) -> list[Stage]:
    """The line of a request: three or four steps, the last one open or closed."""
    if request.state == State.CANCELLED:
        return [
            Stage(pgettext("request", "Received"), "done", request.requested_datetime),
            _cancelled(request, history),
        ]
    state = State(request.state)
    done = state in {State.DONE, State.CLOSED} and request.field_action_at is not None
    received_now = state in _BEFORE_ANYBODY
    taken_now = state in {State.ASSIGNED, State.ACCEPTED, State.IN_PROGRESS, State.REFERRED}
    found = [
        Stage(pgettext("request", "Received"), "now" if received_now else "done", request.requested_datetime),
        Stage(
            whose_stage(request, language),
            "ahead" if received_now else "now" if taken_now else "done",
            _taken_at(history),
        ),
    ]
    if state != State.CLOSED or done:
        found.append(Stage(pgettext("request", "Work done"), _third(state), request.field_action_at))
    found.append(Stage(pgettext("request", "Closed"), "done" if state == State.CLOSED else "ahead", request.closed_at))
    return found


def whose_stage(request: ServiceRequest, language: str) -> str:
    """ "With Parking Control"; "With whoever does it" where nobody has it yet."""
    holder = request.agency if request.state == State.REFERRED and request.agency else request.department
    if holder is None:
        return _("With the department")
    return _("With %(name)s") % {"name": holder.name_in(language)}


def sentence(request: ServiceRequest, language: str, *, by_reporter: bool) -> str:
    """What is the matter with it now, in one or two sentences. ``by_reporter``: it was the reporter who withdrew it."""
    department = request.department.name_in(language) if request.department else _("City Hall")
    values = {"department": department}
    state = State(request.state)
    if state == State.CLOSED:
        return _ended(request, language)
    if state == State.CANCELLED:
        return _("It was withdrawn by the person who reported it.") if by_reporter else _ended(request, language)
    if state == State.REFERRED:
        agency = request.agency.name_in(language) if request.agency else ""
        return _("This is the job of %(agency)s, outside City Hall. We passed it on.") % {"agency": agency}
    said = {
        State.RECEIVED: _("We have it. City Hall decides who takes care of it."),
        State.TRIAGE: _("We have it. Somebody at City Hall looks at who takes care of it."),
        State.ASSIGNED: _("It is with %(department)s. Work has not begun yet.") % values,
        State.ACCEPTED: _("%(department)s has taken it on.") % values,
        State.IN_PROGRESS: _("%(department)s is working on it.") % values,
        State.DONE: _("The work has been done. %(department)s checks it and closes the request.") % values,
    }
    return said[state]


def line_words(line: Line, *, own: bool) -> str:
    """A line of the history as a title: "Work began"."""
    simple = {
        Kind.REOPENED: _("Opened again"),
        Kind.HANDED_ON: _("Given to another department"),
        Kind.REFERRED: _("Passed on to an agency outside City Hall"),
        Kind.JOINED: _("Joined with other reports of the same problem"),
        Kind.LEFT: _("No longer joined with other reports"),
        Kind.NOTE_PUBLIC: _("Message from City Hall"),
        Kind.TOLD: _("You were told how it ended") if own else _("The person who reported it was told"),
        Kind.DETAILS: _("You added something"),
        Kind.ANSWERED: _("You answered our questions"),
    }
    return simple.get(Kind(line.kind)) or _state_words(line.state)


def _state_words(state: str) -> str:
    said = {
        State.RECEIVED: pgettext("request", "Received"),
        State.TRIAGE: _("City Hall looks at who takes care of it"),
        State.ASSIGNED: _("Given to the department that does it"),
        State.ACCEPTED: pgettext("request", "Taken on"),
        State.IN_PROGRESS: _("Work began"),
        State.REFERRED: _("Passed on to an agency outside City Hall"),
        State.DONE: pgettext("request", "Work done"),
        State.CLOSED: pgettext("request", "Closed"),
        State.CANCELLED: pgettext("request", "Withdrawn"),
    }
    return said[State(state)]


def _third(state: State) -> str:
    return {State.DONE: "now", State.CLOSED: "done"}.get(state, "ahead")


def _cancelled(request: ServiceRequest, history: Sequence[Line]) -> Stage:
    return Stage(pgettext("request", "Withdrawn"), "done", request.closed_at)


def _ended(request: ServiceRequest, language: str) -> str:
    """How it ended, in the city's own words."""
    code = request.resolution
    found = Resolution.objects.filter(jurisdiction=request.jurisdiction_id, code=code).first() if code else None
    return found.sentence_in(language) if found else _("It was closed without further work.")


def _taken_at(history: Sequence[Line]) -> datetime | None:
    """When somebody first had it, since it was last opened."""
    return next((line.at for line in _since_opened(history) if line.state not in _BEFORE_ANYBODY), None)


def _since_opened(history: Sequence[Line]) -> Iterator[Line]:
    reopened = [index for index, line in enumerate(history) if line.kind == Kind.REOPENED]
    yield from history[reopened[-1] if reopened else 0 :]
