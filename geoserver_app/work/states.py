"""All states of a request, which may follow which, and who may make the step: one table."""

from collections.abc import Mapping
from typing import TypeAlias

from django.utils.translation import gettext as _

from geoserver_app.accounts.roles import Capability
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.actor import Actor, Party
from geoserver_app.work.errors import NotAllowed, WrongState

State = ServiceRequest.State
Allowed: TypeAlias = frozenset[Party | Capability]

_ROUTE: Allowed = frozenset({Party.SYSTEM, Capability.REVIEW, Capability.HAND_ON})
_WORK: Allowed = frozenset({Capability.WORK})
_DONE: Allowed = frozenset({Party.SYSTEM, Capability.WORK})  # the system: a work order that came back completed
_ANSWER: Allowed = frozenset({Capability.WORK, Capability.REVIEW, Capability.TAKE_REQUESTS})
_CLOSE: Allowed = frozenset({Capability.WORK, Capability.REVIEW})
_WITHDRAW: Allowed = frozenset({Party.REPORTER, Capability.WORK, Capability.REVIEW, Capability.TAKE_REQUESTS})
_REOPEN: Allowed = frozenset({Party.REPORTER, Capability.WORK, Capability.REVIEW, Capability.TAKE_REQUESTS})

TRANSITIONS: Mapping[State, Mapping[State, Allowed]] = {
    State.RECEIVED: {
        State.TRIAGE: _ROUTE,
        State.ASSIGNED: _ROUTE,
        State.REFERRED: _ROUTE,
        State.CLOSED: _ANSWER,  # a question that the call-taker answered at once
        State.CANCELLED: _WITHDRAW,
    },
    State.TRIAGE: {
        State.ASSIGNED: _ROUTE,
        State.REFERRED: _ROUTE,
        State.CLOSED: _ANSWER,
        State.CANCELLED: _WITHDRAW,
    },
    State.ASSIGNED: {
        State.ACCEPTED: _WORK,
        State.IN_PROGRESS: _WORK,
        State.DONE: _DONE,
        State.TRIAGE: _ROUTE,
        State.REFERRED: _ROUTE,
        State.CLOSED: _CLOSE,
        State.CANCELLED: _WITHDRAW,
    },
    State.ACCEPTED: {
        State.IN_PROGRESS: _WORK,
        State.DONE: _DONE,
        State.ASSIGNED: _ROUTE,
        State.TRIAGE: _ROUTE,
        State.REFERRED: _ROUTE,
        State.CLOSED: _CLOSE,
        State.CANCELLED: _WITHDRAW,
    },
    State.IN_PROGRESS: {
        State.DONE: _DONE,
        State.ASSIGNED: _ROUTE,
        State.TRIAGE: _ROUTE,
        State.REFERRED: _ROUTE,
        State.CLOSED: _CLOSE,
        State.CANCELLED: _WITHDRAW,
    },
    State.REFERRED: {
        State.ASSIGNED: _ROUTE,  # it came back
        State.TRIAGE: _ROUTE,
        State.DONE: _DONE,
        State.CLOSED: _CLOSE,
        State.CANCELLED: _WITHDRAW,
    },
    State.DONE: {
        State.CLOSED: _CLOSE,
        State.IN_PROGRESS: _WORK,  # more is needed after all
        State.ASSIGNED: _ROUTE,
        State.TRIAGE: _ROUTE,
    },
    State.CLOSED: {State.ASSIGNED: _REOPEN, State.TRIAGE: _REOPEN},
    State.CANCELLED: {State.ASSIGNED: _REOPEN, State.TRIAGE: _REOPEN},
}

# The states in which nobody has begun: a request that is handed on goes back to ASSIGNED, whatever it was.
WAITING = frozenset({State.RECEIVED, State.TRIAGE, State.ASSIGNED})
CLOSED = frozenset(ServiceRequest.CLOSED_STATES)


def check_step(now: str, to: str, by: Actor) -> State:
    """The state to go to; WrongState where it may not follow, NotAllowed where it is not for this actor to do."""
    allowed = TRANSITIONS[State(now)].get(State(to))
    if allowed is None:
        raise WrongState(
            _("A request that is %(now)s cannot become %(to)s; it can become %(choices)s.")
            % {"now": _name(now), "to": _name(to), "choices": _choices(now)}
        )
    if not by.is_one_of(allowed):
        raise NotAllowed(
            _("You may not change a request from %(now)s to %(to)s.") % {"now": _name(now), "to": _name(to)}
        )
    return State(to)


def next_states(now: str, by: Actor) -> tuple[State, ...]:
    """The states that this actor may go to from here, in the table's order: the buttons of a page."""
    return tuple(to for to, allowed in TRANSITIONS[State(now)].items() if by.is_one_of(allowed))


def _choices(now: str) -> str:
    return ", ".join(_name(to) for to in TRANSITIONS[State(now)])


def _name(state: str) -> str:
    return f"“{_(State(state).label)}”"
