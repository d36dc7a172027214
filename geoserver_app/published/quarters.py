"""Whole quarters of the calendar, by a jurisdiction's own clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, order=True)
class Quarter:
    """Three local months, by their first day: January, April, July or October 1."""

    first: date

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter that a local day lies in."""
        return cls(date(day.year, (day.month - 1) // 3 * 3 + 1, 1))

    @property
    def next(self) -> Quarter:
        return Quarter.of(self.first + timedelta(days=100))

    @property
    def before(self) -> Quarter:
        return Quarter.of(self.first - timedelta(days=1))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def code(self) -> str:
        """As files name it: 2026-Q3."""
        return f"{self.first.year}-Q{(self.first.month + 2) // 3}"

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins and when it has ended, the second one exclusive; 23 and 25 hours of a day are in it."""
        return tuple(datetime.combine(one.first, time(), zone) for one in (self, self.next))  # type: ignore[return-value]  # of two


def ended(today: date, *, settles_days: int, at_most: int) -> list[Quarter]:
    """The newest quarters that ended at least so many days before a local day, the oldest first."""
    newest = Quarter.of(today - timedelta(days=settles_days)).before
    found = [newest]
    while len(found) < at_most:
        found.append(found[-1].before)
    return found[::-1]


def from_to(first: Quarter, last: Quarter) -> Iterator[Quarter]:
    """All quarters between two, both included."""
    while first <= last:
        yield first
        first = first.next
