"""The office's calendar: hours, closed Fridays, holidays; deadlines counted on it. Pure but for ``calendar_of``.

All moments are aware datetimes. An office opens and closes by the clock on its wall; time in between is real time, so
that a night in which clocks change is neither longer nor shorter than it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from geoserver_app.org.hours import Stretch, moment, openings
from layers.asked import ask
from layers.errors import Conflict, NotFound
from layers.models import Jurisdiction

Unit = Literal["open_hours", "open_days", "hours", "days"]
# An office that does not open within a year and a month has no hours worth waiting for.
_FURTHEST = timedelta(days=400)


class NeverOpen(Conflict):
    """A calendar without any opening was asked for one."""


@dataclass(frozen=True)
class Opening:
    """One stretch in which somebody is there; ``closes`` is the first moment at which nobody is."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class OfficeCalendar:
    """When an office is open: Monday to Thursday 7:00 to 18:00 in Los Angeles, but for the holidays."""

    zone: ZoneInfo
    week: tuple[Stretch, ...]
    holidays: frozenset[date] = frozenset()
    # A million deadlines ask for the same few days again and again.
    _days: dict[date, tuple[Opening, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at a moment."""
        at = at.astimezone(UTC)
        return any(opening.opens <= at < opening.closes for opening in self._on(self.day_of(at)))

    def is_open_day(self, day: date) -> bool:
        """Whether the office opens at all on a local day."""
        return bool(self._on(day))

    def day_of(self, at: datetime) -> date:
        """The office's calendar day at a moment."""
        return at.astimezone(self.zone).date()

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from ``at`` on at which somebody is there: ``at`` itself while open. Local time."""
        first = next(self._from(at))
        return self._local(max(first.opens, at.astimezone(UTC)))

    def add_open_time(self, start: datetime, amount: timedelta) -> datetime:
        """The moment at which the office has been open for ``amount`` since ``start``. Local time.

        An amount that ends with a closing ends at that closing, not at the next opening; zero is ``next_opening``.
        """
        left = amount
        now = start.astimezone(UTC)
        for opening in self._from(start):
            begins = max(opening.opens, now)
            if left <= opening.closes - begins:
                return self._local(begins + left)
            left -= opening.closes - begins
        raise AssertionError("_from either yields for ever or raises")  # pragma: no cover

    def add_open_days(self, start: datetime, days: int) -> datetime:
        """The closing of the ``days``-th open day after the one on which ``start`` is counted. Local time.

        What comes in while the office is closed is counted from its next opening, as if it came in then. Zero days
        is the closing of that same day.
        """
        day = self.day_of(self.next_opening(start))
        for _ in range(days):
            day = self._next_open_day(day)
        return self._local(self._on(day)[-1].closes)

    def deadline(self, start: datetime, amount: int, unit: Unit) -> datetime:
        """``amount`` hours or days after ``start``, by the clock or by the calendar. Local time.

        Plain days end at the same time on the wall, which a clock change makes an hour more or less.
        """
        if unit == "open_hours":
            return self.add_open_time(start, timedelta(hours=amount))
        if unit == "open_days":
            return self.add_open_days(start, amount)
        if unit == "hours":
            return self._local(start.astimezone(UTC) + timedelta(hours=amount))
        local = start.astimezone(self.zone)
        return moment(local.date() + timedelta(days=amount), local.time(), self.zone)

    def open_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How long the office was open from ``start`` to ``end``; zero where ``end`` is not after ``start``."""
        first, last = start.astimezone(UTC), end.astimezone(UTC)
        total = timedelta(0)
        day = self.day_of(first)
        while day <= self.day_of(last):
            for opening in self._on(day):
                total += max(min(opening.closes, last) - max(opening.opens, first), timedelta(0))
            day += timedelta(days=1)
        return total

    def openings(self, first: date, last: date) -> Iterator[Opening]:
        """Every opening of the local days from ``first`` to ``last``, both inclusive, in order. In UTC."""
        for ahead in range((last - first).days + 1):
            yield from self._on(first + timedelta(days=ahead))

    def _next_open_day(self, day: date) -> date:
        after = moment(day + timedelta(days=1), time(0), self.zone)
        return self.day_of(next(self._from(after)).opens)

    def _from(self, at: datetime) -> Iterator[Opening]:
        """Openings that end after ``at``, in order and without end; NeverOpen after a year without one. In UTC."""
        now = at.astimezone(UTC)
        day = self.day_of(now)
        found_on = day
        while day - found_on <= _FURTHEST:
            for opening in self._on(day):
                if opening.closes > now:
                    found_on = day
                    yield opening
            day += timedelta(days=1)
        raise NeverOpen(f"The office does not open within {_FURTHEST.days} days of {found_on}. Enter its hours.")

    def _on(self, day: date) -> tuple[Opening, ...]:
        found = self._days.get(day)
        if found is None:
            stretches = openings(self.week, day, self.zone, self.holidays)
            found = tuple(Opening(opens.astimezone(UTC), closes.astimezone(UTC)) for opens, closes in stretches)
            self._days[day] = found
        return found

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)


_ROWS = """
select (select coalesce(jsonb_agg(jsonb_build_array(weekday, opens, closes) order by weekday, opens), '[]')
        from org_officehours where city_hall_id = h.id) as hours,
       array(select day from org_holiday where city_hall_id = h.id) as holidays
from org_cityhall h where h.jurisdiction_id = %(jurisdiction)s::bigint
"""


def calendar_of(jurisdiction: Jurisdiction) -> OfficeCalendar:
    """The calendar of a jurisdiction's office, in one query; NotFound where it has no city hall."""
    rows = ask(_ROWS, {"jurisdiction": jurisdiction.pk})
    if not rows:
        raise NotFound(f"'{jurisdiction.code}' has no city hall with hours. Load one: ./run manage load_catalog --help")
    said = [(day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, opens, closes in rows[0].hours]
    return _kept(jurisdiction.time_zone, tuple(Stretch(*one) for one in said), frozenset(rows[0].holidays))


@lru_cache(maxsize=64)
def _kept(zone: str, week: tuple[Stretch, ...], holidays: frozenset[date]) -> OfficeCalendar:
    """One object for one calendar, so that the days it has worked out are not worked out again."""
    return OfficeCalendar(ZoneInfo(zone), week, holidays)
