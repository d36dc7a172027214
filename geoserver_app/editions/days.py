"""Which days have another edition than before: stretches of local days with the edition before and the one after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from layers.models import Edition, EditionChange, Kind

State = Mapping[str, Any]  # {"edition": id, "state": ..., "in_force": [from, day after the last] or None}, as stored
_EVER, _FOREVER = date.min, date.max


@dataclass(frozen=True)
class Stretch:
    """Days from ``lower`` to before ``upper`` (None: without end) whose edition (id) is another; None for none."""

    lower: date | None
    upper: date | None
    before: int | None
    after: int | None

    def holds(self, day: date) -> bool:
        return (self.lower or _EVER) <= day < (self.upper or _FOREVER)


def states_now(change: EditionChange) -> list[dict[str, Any]]:
    """How the editions that a change touched stand at present, in the form of its ``before``."""
    ids = [state["edition"] for state in change.before]
    return [
        {"edition": pk, "state": state, "in_force": _bounds(days)}
        for pk, state, days in Edition.objects.filter(pk__in=ids).values_list("pk", "state", "in_force")
    ]


def passed(kind: Kind, before: int | None) -> list[Stretch]:
    """The days since the edition ``before`` (id) of a kind ended, as they came: also those that nobody was there for.

    Where there was none, all days count as new.
    """
    active = Edition.objects.filter(kind=kind, state=Edition.State.ACTIVE)
    now: list[dict[str, Any]] = [
        {"edition": pk, "state": state, "in_force": _bounds(days)}
        for pk, state, days in active.values_list("pk", "state", "in_force")
    ]
    last = next((one for one in now if one["edition"] == before), None)
    if last is None:
        return stretches([], now)
    end = _day(last["in_force"][1], _FOREVER)
    then = [one for one in now if one is not last and _day(one["in_force"][0], _EVER) < end]
    return stretches([*then, last | {"in_force": [last["in_force"][0], None]}], now)


def _bounds(days: Any) -> list[str | None] | None:
    return None if days is None else [day.isoformat() if day else None for day in (days.lower, days.upper)]


def stretches(before: Iterable[State], after: Iterable[State]) -> list[Stretch]:
    """The days whose edition differs between two states of a kind's editions, in order."""
    old, new = _ranges(before), _ranges(after)
    edges = sorted({_EVER, _FOREVER, *(edge for _, *both in (*old, *new) for edge in both)})
    found: list[Stretch] = []
    for lower, upper in pairwise(edges):
        was, is_now = _of(old, lower), _of(new, lower)
        if was == is_now:
            continue
        last = found[-1] if found else None
        if last and (last.upper, last.before, last.after) == (lower, was, is_now):
            found[-1] = Stretch(last.lower, _open(upper, _FOREVER), was, is_now)
        else:
            found.append(Stretch(_open(lower, _EVER), _open(upper, _FOREVER), was, is_now))
    return found


def _ranges(states: Iterable[State]) -> list[tuple[int, date, date]]:
    return [
        (state["edition"], _day(state["in_force"][0], _EVER), _day(state["in_force"][1], _FOREVER))
        for state in states
        if state["state"] == Edition.State.ACTIVE and state["in_force"]
    ]


def _day(text: str | None, otherwise: date) -> date:
    return date.fromisoformat(text) if text else otherwise


def _of(ranges: list[tuple[int, date, date]], day: date) -> int | None:
    return next((edition for edition, lower, upper in ranges if lower <= day < upper), None)


def _open(day: date, end: date) -> date | None:
    return None if day == end else day
