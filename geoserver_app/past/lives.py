"""What became of a request in the old system, in the product's own terms: its lines of history, how it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import NamedTuple

from geoserver_app.flow_many import Opened, Past
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.store_many import Filed
from geoserver_app.past.entry import CLOSED, Entry
from geoserver_app.past.staging import Staged
from geoserver_app.work.history_many import PastLine
from geoserver_app.work.models import StatusChange
from geoserver_app.work.states import TRANSITIONS

State = ServiceRequest.State
Kind = StatusChange.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported(Filed):
    """A report out of the old system, with all that it said."""

    staged: Staged


class _Moment(NamedTuple):
    """Something that happened: when, the state after it ("" for the same as before), and words."""

    at: datetime
    state: str
    note: str
    public: bool


def past_of(one: Opened, staged: Staged, departments: dict[str, int]) -> Past:
    """How a request stands, and the lines that lead there along the table of states."""
    entry = staged.entry
    department = departments.get(entry.department) or one.present.department_id
    goal = _state(entry, has_department=department is not None)
    lines = tuple(_lines(one, _moments(staged, goal), goal, department))
    closed = _at(entry.closed) if entry.closed else None
    present = replace(
        one.present,
        state=goal,
        department_id=department if goal != State.TRIAGE else one.present.department_id,
        post_id=one.present.post_id if department == one.present.department_id else None,
        agency_id=None,
        priority=entry.priority or one.present.priority,
        # Nobody promised a day for what ended before it came here.
        expected_datetime=_at(entry.expected) if entry.expected else None if closed else one.present.expected_datetime,
        resolution=entry.resolution,
        status_notes=entry.status_notes,
        closed_at=closed,
        updated_datetime=_at(entry.updated),
    )
    return Past(one.request_id, present, lines, reviewed_at=closed)


def _state(entry: Entry, *, has_department: bool) -> str:
    """As the old system had it; what is open and nobody's waits for a decision."""
    return entry.state if has_department or entry.state in CLOSED else State.TRIAGE.value


def _moments(staged: Staged, goal: str) -> Iterator[_Moment]:
    """What happened, in its order: earlier rows of the number, lines of a second file, then how it stands."""
    entry = staged.entry
    last = _at(entry.closed or entry.updated)
    if staged.before or staged.events:
        yield from _before(staged, last)
    yield _Moment(last, goal, entry.status_notes, True)


def _before(staged: Staged, last: datetime) -> list[_Moment]:
    known = [_Moment(_at(row.updated), row.state, row.status_notes, False) for row in staged.before]
    known += [_Moment(_at(one.at), one.state, one.note, one.public) for one in staged.events]
    return sorted(one for one in known if one.at < last)


def _lines(one: Opened, moments: Iterator[_Moment], goal: str, department: int | None) -> Iterator[PastLine]:
    state, holder, post = one.present.state, one.present.department_id, one.present.post_id
    for moment in moments:
        at = max(moment.at, one.filed.at)
        steps = path(state, moment.state or state)
        after = department if department is not None and State.TRIAGE not in steps[-1:] else holder
        desk = post if after == holder else None
        for step in steps:
            note = moment.note if step == steps[-1] else ""
            yield PastLine(
                request_id=one.request_id, kind=Kind.STATUS, at=at, from_state=state, to_state=step,
                department_before_id=holder, department_id=after, post_before_id=post, post_id=desk, note=note,
                public=moment.public and bool(note),
            )  # fmt: skip
            state, holder, post = step, after, desk
        if not steps and moment.note:
            kind = Kind.NOTE_PUBLIC if moment.public else Kind.NOTE_INTERNAL
            yield PastLine(
                request_id=one.request_id, kind=kind, at=at, from_state=state, to_state=state,
                department_before_id=holder, department_id=holder, post_before_id=post, post_id=post,
                note=moment.note, public=moment.public,
            )  # fmt: skip


@cache
def path(now: str, to: str) -> tuple[str, ...]:
    """The states from one to another along the table of states, the fewest steps; empty where they are the same."""
    ways: dict[str, tuple[str, ...]] = {now: ()}
    waiting = [now]
    while waiting and to not in ways:
        here = waiting.pop(0)
        for after in TRANSITIONS[State(here)]:
            if after.value not in ways:
                ways[after.value] = (*ways[here], after.value)
                waiting.append(after.value)
    return ways[to]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def staged_of(opened: Sequence[Opened]) -> Iterator[tuple[Opened, Staged]]:
    """Each request that begins with what the file said of it."""
    for one in opened:
        if not isinstance(one.filed, Imported):
            raise TypeError(f"{one.filed.key!r} was not filed by an import, so nothing is known of its life.")
        yield one, one.filed.staged
