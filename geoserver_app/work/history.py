"""Appends to the history of a request, and reads it: in full for staff, and what a resident may see of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.actor import Actor, Party
from geoserver_app.work.models import StatusChange
from geoserver_app.work.present import Present, Step
from layers import rows

Kind = StatusChange.Kind
# These already stand in columns of their own, or are no business of a reader of the history.
_TOLD_APART = {"state", "department_id", "post_id", "updated_datetime"}
# What a resident sees of the life of a request: steps, and notes meant for everybody.
_SEEN_BY_ALL = (
    Kind.STATUS, Kind.JOINED, Kind.LEFT, Kind.REOPENED, Kind.HANDED_ON, Kind.REFERRED, Kind.NOTE_PUBLIC, Kind.TOLD,
)  # fmt: skip

# That others reported it too is told to them, not that they did to the first one.
_SHOWN = Q(kind__in=_SEEN_BY_ALL) & ~Q(data__has_key="reports")


def record(
    request: ServiceRequest,
    kind: str,
    present: Present,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    public: bool = False,
    data: dict[str, Any] | None = None,
) -> Step:
    """Appends one line that says how the request's row changes to ``present``. Call inside flow's transaction.

    The opening says only who got it: there was nothing before that it could differ from.
    """
    before = Present.of(request)
    change = StatusChange(
        request=request,
        kind=kind,
        at=at,
        by_id=by.user_id,
        by_reporter=by.party == Party.REPORTER,
        from_state=before.state,
        to_state=present.state,
        department_before_id=before.department_id,
        department_after_id=present.department_id,
        post_before_id=before.post_id,
        post_after_id=present.post_id,
        note=note.strip(),
        public=public,
        data={**({} if before.state == "received" else _differences(before, present)), **(data or {})},
    )
    rows.insert(change)
    return Step(change, before, present)


def _differences(before: Present, after: Present) -> dict[str, list[Any]]:
    old, new = before.columns(), after.columns()
    return {
        name: [_plain(old[name]), _plain(new[name])]
        for name in old
        if name not in _TOLD_APART and old[name] != new[name]
    }


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Line:
    """A line of the history as a resident reads it: when, what became of it, and the words meant for them."""

    at: datetime
    kind: str
    state: str
    state_changed: bool
    note: str


def full(request: ServiceRequest) -> QuerySet[StatusChange]:
    """Everything, oldest first, for staff who may see the request."""
    return request.history.select_related(
        "by", "department_before", "department_after", "post_before", "post_after"
    ).order_by("at", "pk")


def for_everybody(request: ServiceRequest) -> list[Line]:
    """What anybody may see, oldest first: no names, no internal notes, no details that were added."""
    changes = request.history.filter(_SHOWN).order_by("at", "pk")
    return [_line(change, change.note if change.public else "") for change in changes]


def for_reporter(request: ServiceRequest) -> list[Line]:
    """The same, with the reporter's own additions and answers."""
    changes = request.history.filter(_SHOWN | Q(by_reporter=True)).order_by("at", "pk")
    return [_line(change, change.note if change.public or change.by_reporter else "") for change in changes]


def _line(change: StatusChange, note: str) -> Line:
    return Line(change.at, change.kind, change.to_state, change.from_state != change.to_state, note)
