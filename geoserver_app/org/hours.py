"""Whether an office is open at a moment, until when, and when it opens next. Pure: no database, the clock is given."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Far enough for every weekly pattern; an office without any hours is not searched for longer.
_DAYS_AHEAD = 7


@dataclass(frozen=True)
class Stretch:
    """One stretch of opening on a weekday (0 = Monday), in the office's local time; ``closes`` is not open any more."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class OpenState:
    """What the page's header says. Local, aware times; ``closed_today`` where this weekday has no hours at all."""

    at: datetime
    open_until: datetime | None
    next_opening: datetime | None
    closed_today: bool

    @property
    def is_open(self) -> bool:
        return self.open_until is not None

    @property
    def opens_later_today(self) -> bool:
        """True where the office is closed now but opens again on this local day."""
        return self.next_opening is not None and self.next_opening.date() == self.at.date()

    @property
    def opens_tomorrow(self) -> bool:
        return self.next_opening is not None and self.next_opening.date() == self.at.date() + timedelta(days=1)


def state(week: Iterable[Stretch], time_zone: str, at: datetime) -> OpenState:
    """The state of an office at a moment (an aware datetime in any zone).

    Hours are wall-clock times of the office's zone: on the days when clocks change it opens and closes by the clock
    on its wall. A stretch is open from its first minute up to, not including, its last.
    """
    zone = ZoneInfo(time_zone)
    local = at.astimezone(zone)
    stretches = tuple(week)
    coming = list(_openings(stretches, local.date(), zone))
    # Aware times of one zone are compared by their wall clocks unless brought to UTC; at a clock change that matters.
    now = local.timestamp()
    current = [closes for opens, closes in coming if opens.timestamp() <= now < closes.timestamp()]
    later = [opens for opens, _ in coming if opens.timestamp() > now]
    return OpenState(
        at=local,
        open_until=max(current) if current else None,
        next_opening=min(later) if later else None,
        closed_today=all(stretch.weekday != local.weekday() for stretch in stretches),
    )


def _openings(stretches: tuple[Stretch, ...], first: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Every opening and closing from a local day on, for a week and a day."""
    for ahead in range(_DAYS_AHEAD + 1):
        day = first + timedelta(days=ahead)
        for stretch in sorted(stretches, key=lambda one: one.opens):
            if stretch.weekday == day.weekday():
                yield _moment(day, stretch.opens, zone), _moment(day, stretch.closes, zone)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone)


@dataclass(frozen=True)
class DayGroup:
    """Weekdays in a row that have the same hours, for a table of hours: Monday to Thursday, 7:00 to 18:00."""

    first: int
    last: int
    stretches: tuple[Stretch, ...]


def weekly(week: Sequence[Stretch]) -> list[DayGroup]:
    """The week as groups of days with equal hours, Monday first; closed days are groups without stretches."""
    by_day = [tuple(sorted((s for s in week if s.weekday == day), key=lambda s: s.opens)) for day in range(7)]
    groups: list[DayGroup] = []
    for day, stretches in enumerate(by_day):
        if groups and _same_hours(groups[-1].stretches, stretches):
            groups[-1] = DayGroup(groups[-1].first, day, groups[-1].stretches)
        else:
            groups.append(DayGroup(day, day, stretches))
    return groups


def _same_hours(one: tuple[Stretch, ...], other: tuple[Stretch, ...]) -> bool:
    return [(s.opens, s.closes) for s in one] == [(s.opens, s.closes) for s in other]
