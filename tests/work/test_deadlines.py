"""Deadlines by the office calendar, against a clock that is simply watched minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geoserver_app.catalog.models import Service
from geoserver_app.org.calendar import OfficeCalendar
from geoserver_app.org.hours import Stretch
from geoserver_app.work.deadlines import clock, due
from geoserver_app.work.due_many import fill_due
from tests.examples import examples
from tests.life import MONDAY, ZONE, Town, local

ALMENDRA = tuple(Stretch(weekday, time(7), time(18)) for weekday in range(4))
# An office that is open in the very nights in which clocks change, and has a lunch break.
NIGHT = (*(Stretch(weekday, time(0), time(5)) for weekday in (5, 6)), Stretch(0, time(9), time(12)))
SPLIT = tuple(Stretch(weekday, *hours) for weekday in range(5) for hours in ((time(8), time(12)), (time(13), time(17))))
HOLIDAYS = frozenset({date(2026, 11, 26), date(2027, 12, 24), date(2028, 2, 29), date(2026, 3, 9)})
CALENDARS = [OfficeCalendar(ZONE, week, HOLIDAYS) for week in (ALMENDRA, NIGHT, SPLIT)]

calendars = st.sampled_from(CALENDARS)
# Around the changes of clocks of 2026 and 2027, Thanksgiving, the end of the year, the leap day of 2028.
eves = st.sampled_from([
    datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC), datetime(2027, 3, 13, tzinfo=UTC),
    datetime(2026, 11, 25, tzinfo=UTC), datetime(2026, 12, 30, tzinfo=UTC), datetime(2028, 2, 27, tzinfo=UTC),
])  # fmt: skip
starts = st.builds(lambda eve, minutes: eve + timedelta(minutes=minutes), eves, st.integers(0, 5 * 24 * 60))


def is_open(calendar: OfficeCalendar, minute: datetime) -> bool:
    """Whether the office is open in the minute that begins now: by the clock on the wall, nothing else."""
    wall = minute.astimezone(calendar.zone)
    hours = [one for one in calendar.week if one.weekday == wall.weekday()]
    return wall.date() not in calendar.holidays and any(one.opens <= wall.time() < one.closes for one in hours)


def watched(calendar: OfficeCalendar, start: datetime, hours: int) -> datetime:
    """The end of ``hours`` of office time, by watching every minute."""
    now, left = start, hours * 60
    while left:
        left -= is_open(calendar, now)
        now += timedelta(minutes=1)
    return now


@settings(max_examples=examples(60), deadline=None)
@given(calendars, starts, st.integers(1, 20))
@example(CALENDARS[1], datetime(2026, 3, 8, 8, 30, tzinfo=UTC), 4)  # the night that has no two o'clock
@example(CALENDARS[1], datetime(2026, 11, 1, 7, 30, tzinfo=UTC), 6)  # the night that has it twice
@example(CALENDARS[1], datetime(2026, 10, 31, tzinfo=UTC), 6)  # and an end in the hour that comes twice
def test_open_hours_are_the_minutes_in_which_the_office_was_open(
    calendar: OfficeCalendar, start: datetime, hours: int
) -> None:
    # As moments: an hour that the clock shows twice equals none of another zone (PEP 495).
    found = calendar.deadline(start, hours, "open_hours").timestamp()
    assert found == watched(calendar, start, hours).timestamp()


@settings(max_examples=examples(150), deadline=None)
@given(calendars, starts, st.integers(0, 12))
def test_open_days_end_with_a_closing_after_so_many_open_days(
    calendar: OfficeCalendar, start: datetime, days: int
) -> None:
    end = calendar.deadline(start, days, "open_days")
    assert is_open(calendar, end - timedelta(minutes=1)) and not is_open(calendar, end)
    between = {
        (start + timedelta(minutes=15 * n)).astimezone(ZONE).date()
        for n in range(int((end - start) / timedelta(minutes=15)) + 1)
        if is_open(calendar, start + timedelta(minutes=15 * n))
    }
    # The day it is counted on is one more than the days after it; a rest of a day shorter than a step may be missed.
    assert days <= len(between) <= days + 1


@settings(max_examples=examples(150), deadline=None)
@given(starts, st.integers(0, 400))
def test_plain_days_end_at_the_same_time_on_the_wall(start: datetime, days: int) -> None:
    wall = start.astimezone(ZONE)
    end = CALENDARS[0].deadline(start, days, "days")
    assert end.date() == wall.date() + timedelta(days=days)
    shown = datetime.combine(end.date(), wall.time(), tzinfo=ZONE)
    skipped = shown.astimezone(UTC).astimezone(ZONE).time() != wall.time()
    assert skipped or end.time() == wall.time()


@settings(max_examples=examples(100), deadline=None)
@given(calendars, starts, starts, st.integers(0, 30), st.sampled_from(["open_hours", "open_days", "hours", "days"]))
def test_who_asks_later_is_never_due_earlier(
    calendar: OfficeCalendar, one: datetime, other: datetime, amount: int, unit: Any
) -> None:
    early, late = sorted((one, other))
    if unit == "days" and late - early < timedelta(hours=1):
        return  # In the hour that is shown twice, the wall clock itself runs back.
    first, second = (calendar.deadline(at, amount, unit) for at in (early, late))
    assert first.astimezone(UTC) <= second.astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "amount", "unit", "expected"),
    [
        ("2026-11-19 17:00", 2, "open_hours", "2026-11-23 08:00"),  # Thursday evening: Friday is closed
        ("2026-11-20 10:00", 1, "open_hours", "2026-11-23 08:00"),  # asked on the closed Friday
        ("2026-11-24 10:00", 2, "open_days", "2026-11-30 18:00"),  # over Thanksgiving and the Friday after
        ("2026-11-19 07:00", 11, "open_hours", "2026-11-19 18:00"),  # ends with the closing, not with Monday
        ("2026-03-07 12:00", 24, "hours", "2026-03-08 13:00"),  # the day of 23 hours
        ("2026-10-31 12:00", 24, "hours", "2026-11-01 11:00"),  # the day of 25 hours
        ("2026-03-07 02:30", 1, "days", "2026-03-08 03:00"),  # half past two does not exist
        ("2028-02-28 09:00", 1, "open_days", "2028-02-29 18:00"),  # the leap day is a Tuesday
        ("2028-02-28 09:00", 2, "days", "2028-03-01 09:00"),
        ("2026-12-31 17:30", 1, "open_hours", "2027-01-04 07:30"),  # over the end of the year
    ],
)
def test_deadlines_that_a_reader_can_check_on_a_wall_calendar(
    almendra: Town, asked: str, amount: int, unit: Any, expected: str
) -> None:
    service = Service(due_amount=amount, due_unit=unit)
    assert due(service, local(asked), almendra.calendar) == local(expected)


def test_the_clock_counts_office_time_down_and_then_up(almendra: Town) -> None:
    request = almendra.request(expected_datetime=local("2026-11-19 18:00"))
    before = clock(request, local("2026-11-18 17:00"), almendra.calendar)
    after = clock(request, local("2026-11-23 09:00"), almendra.calendar)
    assert before and after
    assert (before.is_late, before.open_time) == (False, timedelta(hours=12))
    assert (after.is_late, after.open_time) == (True, timedelta(hours=2))


def test_the_clock_stops_with_the_field_action(almendra: Town) -> None:
    acted = local("2026-11-19 17:00")
    request = almendra.request(expected_datetime=local("2026-11-19 18:00"), field_action_at=acted)
    stopped = clock(request, local("2027-01-04 09:00"), almendra.calendar)
    assert stopped and (stopped.is_late, stopped.stopped_at) == (False, acted)


def test_without_a_deadline_there_is_no_clock(almendra: Town) -> None:
    assert clock(almendra.request(), MONDAY, almendra.calendar) is None


LEVELS = [("open_hours", 0), ("open_hours", 2), ("open_hours", 40), ("open_days", 0), ("open_days", 7),
          ("hours", 24), ("hours", 0), ("days", 1), ("days", 30)]  # fmt: skip


def in_one_go(town: Town, calendar: OfficeCalendar, rows: list[tuple[Service, datetime]]) -> list[datetime]:
    """The deadlines that the set-based statement writes, in the order of the rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table due_batch (n int, service_id bigint, requested_datetime timestamptz,"
            " expected_datetime timestamptz)"
        )
        values = [(n, service.pk, start) for n, (service, start) in enumerate(rows)]
        cursor.executemany("insert into due_batch values (%s, %s, %s)", values)
        assert fill_due("due_batch", calendar=calendar, jurisdiction_id=town.jurisdiction.pk) == len(rows)
        cursor.execute("select expected_datetime from due_batch order by n")
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute("drop table due_batch")
    return found


def test_deadlines_of_many_at_once_are_those_of_each(almendra: Town) -> None:
    services = [
        Service.objects.create(
            jurisdiction=almendra.jurisdiction, group=almendra.pothole.group, department=almendra.works,
            code=f"level-{n}", name=f"Level {n}", due_amount=amount, due_unit=unit,
        )
        for n, (unit, amount) in enumerate(LEVELS)
    ]  # fmt: skip
    asked = st.tuples(st.sampled_from(services), starts, st.integers(0, 59_999_999))

    @settings(max_examples=examples(25), deadline=None)
    @given(calendars, st.lists(asked, min_size=1, max_size=40))
    @example(CALENDARS[0], [(services[7], datetime(2026, 10, 31, 8, 30, tzinfo=UTC), 0)])  # 1:30 comes twice
    @example(CALENDARS[0], [(services[7], datetime(2026, 3, 7, 10, 30, tzinfo=UTC), 0)])  # 2:30 never comes
    @example(CALENDARS[0], [(services[0], datetime(2026, 11, 20, 2, 0, tzinfo=UTC), 0)])  # Thursday 18:00 sharp
    def agree(calendar: OfficeCalendar, given_rows: list[tuple[Service, datetime, int]]) -> None:
        rows = [(service, start + timedelta(microseconds=extra)) for service, start, extra in given_rows]
        # In UTC: Python calls times of two zones unequal where a wall clock shows one of them twice.
        assert in_one_go(almendra, calendar, rows) == [
            due(service, start, calendar).astimezone(UTC) for service, start in rows
        ]

    agree()


def test_an_empty_batch_has_no_deadlines(almendra: Town) -> None:
    assert in_one_go(almendra, almendra.calendar, []) == []
