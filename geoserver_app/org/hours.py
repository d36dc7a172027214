"""Whether an office is open at a moment, until when, and when it opens next. Pure: no database, the clock is given."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Far enough for every weekly pattern with a fortnight of holidays; an office without hours is not searched for longer.
_DAYS_AHEAD = 21


@dataclass(frozen=True)
class Stretch:
    """One stretch of opening on a weekday (0 = Monday), in the office's local time; ``closes`` is not open any more."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True)
class OpenState:
    """What the page's header says. Local, aware times; ``closed_today`` where this day has no hours at all."""

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


def state(
    week: Iterable[Stretch], time_zone: str, at: datetime, *, holidays: Container[date] = frozenset()
) -> OpenState:
    """The state of an office at a moment (an aware datetime in any zone); it is closed on the local days ``holidays``.

    Hours are wall-clock times of the office's zone: on the days when clocks change it opens and closes by the clock
    on its wall. A stretch is open from its first minute up to, not including, its last.
    """
    zone = ZoneInfo(time_zone)
    local = at.astimezone(zone)
    stretches = tuple(week)
    coming = [
        opening
        for ahead in range(_DAYS_AHEAD + 1)
        for opening in openings(stretches, local.date() + timedelta(days=ahead), zone, holidays)
    ]
    # Aware times of one zone are compared by their wall clocks unless brought to UTC; at a clock change that matters.
    now = local.timestamp()
    current = [closes for opens, closes in coming if opens.timestamp() <= now < closes.timestamp()]
    later = [opens for opens, _ in coming if opens.timestamp() > now]
    return OpenState(
        at=local,
        open_until=max(current) if current else None,
        next_opening=min(later) if later else None,
        closed_today=not any(openings(stretches, local.date(), zone, holidays)),
    )


def openings(
    week: Iterable[Stretch], day: date, zone: ZoneInfo, holidays: Container[date] = frozenset()
) -> Iterator[tuple[datetime, datetime]]:
    """Every opening and closing of a local day, in order; none on a holiday, nor one that the clocks skip."""
    if day in holidays:
        return
    for stretch in sorted(week, key=lambda one: one.opens):
        if stretch.weekday == day.weekday():
            opens, closes = moment(day, stretch.opens, zone), moment(day, stretch.closes, zone)
            if opens.timestamp() < closes.timestamp():
                yield opens, closes


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first moment at which a wall clock shows a time or is past it, where the clock skips that time."""
    wall = datetime.combine(day, clock, tzinfo=zone)
    at = wall.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return wall
    return _end_of_skip(wall.replace(fold=1).astimezone(UTC), at, zone).astimezone(zone)


def _end_of_skip(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second between two moments (UTC) at which the zone's clocks were set forward."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


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
