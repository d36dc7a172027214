"""Deadlines by the office's calendar: closed Fridays, holidays, leap days, nights in which clocks change.

Almendra is open Monday to Thursday 7:00 to 18:00, eleven hours a day. 2026: Thanksgiving is Thursday, November 26.
"""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geoserver_app.org.calendar import NeverOpen, OfficeCalendar, Unit, calendar_of
from geoserver_app.org.holidays import federal_holidays
from geoserver_app.org.hours import Stretch
from geoserver_app.org.models import Holiday
from layers.errors import NotFound
from tests.city import bare_jurisdiction, jurisdiction_with_office
from tests.examples import examples

ZONE = ZoneInfo("America/Los_Angeles")
WEEK = tuple(Stretch(day, time(7), time(18)) for day in range(4))
THANKSGIVING = date(2026, 11, 26)
ALMENDRA = OfficeCalendar(ZONE, WEEK, frozenset({THANKSGIVING}))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


OPEN_HOURS = [
    # from, hours, until
    ("2026-11-18T09:00", 2, "2026-11-18T11:00"),  # within a Wednesday
    ("2026-11-18T17:00", 2, "2026-11-19T08:00"),  # over a night
    ("2026-11-19T17:00", 2, "2026-11-23T08:00"),  # over a closed Friday and the weekend
    ("2026-11-20T12:00", 1, "2026-11-23T08:00"),  # told on a closed Friday
    ("2026-11-18T16:00", 2, "2026-11-18T18:00"),  # ends with the closing, not with the next opening
    ("2026-11-18T05:00", 1, "2026-11-18T08:00"),  # before hours
    ("2026-11-25T17:00", 2, "2026-11-30T08:00"),  # over Thanksgiving (a Thursday) and the Friday after it
    ("2026-11-16T07:00", 44, "2026-11-19T18:00"),  # a whole week
    ("2026-11-16T07:00", 45, "2026-11-23T08:00"),
    ("2026-10-29T17:30", 1, "2026-11-02T07:30"),  # over the night of 25 hours
    ("2026-03-05T17:30", 1, "2026-03-09T07:30"),  # over the night of 23 hours
    ("2028-02-28T17:00", 2, "2028-02-29T08:00"),  # into a leap day (a Tuesday)
    ("2026-11-20T12:00", 0, "2026-11-23T07:00"),  # at once: when somebody is there
    ("2026-11-18T12:00", 0, "2026-11-18T12:00"),
]
OPEN_DAYS = [
    ("2026-11-18T09:00", 1, "2026-11-19T18:00"),
    ("2026-11-18T09:00", 2, "2026-11-23T18:00"),  # Friday does not count
    ("2026-11-20T09:00", 1, "2026-11-24T18:00"),  # told on Friday, counted from Monday
    ("2026-11-18T20:00", 1, "2026-11-23T18:00"),  # told after hours, counted from Thursday
    ("2026-11-18T05:00", 1, "2026-11-19T18:00"),  # told before hours, counted from that day
    ("2026-11-24T09:00", 2, "2026-11-30T18:00"),  # Thanksgiving does not count
    ("2026-11-18T09:00", 0, "2026-11-18T18:00"),  # the same day
    ("2028-02-28T09:00", 1, "2028-02-29T18:00"),
    ("2027-02-25T09:00", 1, "2027-03-01T18:00"),  # no leap day in 2027
]


@pytest.mark.parametrize(("start", "hours", "end"), OPEN_HOURS)
def test_open_hours(start: str, hours: int, end: str) -> None:
    assert ALMENDRA.add_open_time(local(start), timedelta(hours=hours)) == local(end)


@pytest.mark.parametrize(("start", "days", "end"), OPEN_DAYS)
def test_open_days_end_with_the_closing(start: str, days: int, end: str) -> None:
    assert ALMENDRA.add_open_days(local(start), days) == local(end)


@pytest.mark.parametrize(
    ("amount", "unit", "end"),
    [
        (24, "hours", "2026-11-01T11:00"),  # 25 hours by the wall clock
        (1, "days", "2026-11-01T12:00"),  # the same time on the wall: 25 hours
        (2, "open_hours", "2026-11-02T09:00"),
        (1, "open_days", "2026-11-03T18:00"),
    ],
)
def test_deadline_by_each_unit_from_the_eve_of_the_long_night(amount: int, unit: Unit, end: str) -> None:
    assert ALMENDRA.deadline(local("2026-10-31T12:00"), amount, unit) == local(end)


def test_a_day_that_ends_in_the_skipped_hour_ends_when_clocks_have_skipped() -> None:
    # 2026-03-08, 2:30 does not exist; clocks go from 2:00 to 3:00.
    assert ALMENDRA.deadline(local("2026-03-07T02:30"), 1, "days") == local("2026-03-08T03:00")


def test_the_office_is_closed_on_a_holiday_and_says_when_it_opens() -> None:
    assert not ALMENDRA.is_open(local("2026-11-26T10:00"))
    assert not ALMENDRA.is_open_day(THANKSGIVING)
    assert ALMENDRA.next_opening(local("2026-11-25T18:00")) == local("2026-11-30T07:00")


def test_next_opening_of_an_open_office_is_now() -> None:
    assert ALMENDRA.next_opening(local("2026-11-18T09:12")) == local("2026-11-18T09:12")


def test_answers_are_in_the_offices_zone_whatever_was_asked() -> None:
    answer = ALMENDRA.add_open_time(datetime(2026, 11, 20, 2, 0, tzinfo=UTC), timedelta(hours=1))
    assert answer.isoformat() == "2026-11-23T08:00:00-08:00"


def test_time_between_counts_only_opening() -> None:
    assert ALMENDRA.open_time_between(local("2026-11-19T17:00"), local("2026-11-23T08:00")) == timedelta(hours=2)
    assert ALMENDRA.open_time_between(local("2026-11-23T08:00"), local("2026-11-19T17:00")) == timedelta(0)


def test_an_office_that_never_opens_says_so() -> None:
    closed = OfficeCalendar(ZONE, ())
    for ask in (closed.next_opening, lambda at: closed.add_open_days(at, 1)):
        with pytest.raises(NeverOpen, match="does not open"):
            ask(local("2026-11-18T09:00"))


def test_an_office_open_over_the_short_night_is_open_an_hour_less() -> None:
    night = OfficeCalendar(ZONE, (Stretch(6, time(0), time(6)),))
    assert night.open_time_between(local("2026-03-08T00:00"), local("2026-03-08T12:00")) == timedelta(hours=5)
    assert night.open_time_between(local("2026-11-01T00:00"), local("2026-11-01T12:00")) == timedelta(hours=7)


def test_a_stretch_inside_the_skipped_hour_does_not_happen() -> None:
    night = OfficeCalendar(ZONE, (Stretch(6, time(2, 10), time(2, 50)),))
    assert not night.is_open(local("2026-03-08T03:05"))
    assert night.next_opening(local("2026-03-08T00:00")) == local("2026-03-15T02:10")


@pytest.mark.django_db
def test_a_jurisdictions_calendar_has_its_hours_and_holidays(django_assert_num_queries: Any) -> None:
    jurisdiction = jurisdiction_with_office()
    Holiday.objects.create(city_hall=jurisdiction.city_hall, day=THANKSGIVING, name="Thanksgiving")
    with django_assert_num_queries(1):
        assert calendar_of(jurisdiction) == ALMENDRA


@pytest.mark.django_db
def test_a_jurisdiction_without_an_office_says_how_to_get_one() -> None:
    with pytest.raises(NotFound, match="load_catalog"):
        calendar_of(bare_jurisdiction())


# --- properties, over weeks of all shapes, zones that change clocks on different days, ten years with two leap days

ZONES = ["America/Los_Angeles", "America/New_York", "America/Phoenix", "America/Sao_Paulo", "Australia/Lord_Howe"]
HOLIDAYS = frozenset(federal_holidays(range(2023, 2034)))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001  given its zone right there


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    opens = draw(st.integers(0, 23 * 60))
    closes = draw(st.integers(opens + 1, 24 * 60 - 1))
    return Stretch(draw(st.integers(0, 6)), time(opens // 60, opens % 60), time(closes // 60, closes % 60))


def disjoint(week: list[Stretch]) -> bool:
    days = sorted((one.weekday, one.opens, one.closes) for one in week)
    return all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(days))


weeks = st.lists(stretches(), min_size=1, max_size=6).filter(disjoint).map(tuple)
calendars = st.builds(
    OfficeCalendar, st.sampled_from(ZONES).map(ZoneInfo), weeks, st.sampled_from([frozenset(), HOLIDAYS])
)
amounts = st.integers(0, 60 * 60).map(lambda minutes: timedelta(minutes=minutes))


@settings(max_examples=examples(150), deadline=None)
@given(calendars, moments, amounts)
def test_between_start_and_deadline_the_office_was_open_exactly_that_long(
    calendar: OfficeCalendar, start: datetime, amount: timedelta
) -> None:
    assert calendar.open_time_between(start, calendar.add_open_time(start, amount)) == amount


@settings(max_examples=examples(100), deadline=None)
@given(calendars, moments, amounts, amounts)
def test_adding_in_two_parts_is_adding_at_once(
    calendar: OfficeCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    assume(second > timedelta(0))  # nothing more to wait for ends at a closing, not at the opening after it
    parts = calendar.add_open_time(calendar.add_open_time(start, first), second)
    assert parts == calendar.add_open_time(start, first + second)


@settings(max_examples=examples(100), deadline=None)
@given(calendars, moments, moments, st.integers(0, 40), st.sampled_from(["open_hours", "open_days", "hours", "days"]))
def test_who_comes_later_is_never_due_earlier(
    calendar: OfficeCalendar, one: datetime, other: datetime, amount: int, unit: Unit
) -> None:
    earlier, later = sorted((one, other))
    first, second = calendar.deadline(earlier, amount, unit), calendar.deadline(later, amount, unit)
    assert first.astimezone(UTC) <= second.astimezone(UTC)


@settings(max_examples=examples(100), deadline=None)
@given(calendars, moments, st.integers(0, 30))
def test_open_days_end_at_a_closing_of_a_day_that_counts(calendar: OfficeCalendar, start: datetime, days: int) -> None:
    end = calendar.add_open_days(start, days)
    assert calendar.is_open_day(end.date())
    assert end.date() not in calendar.holidays
    assert not calendar.is_open(end) or calendar.next_opening(end) == end
    opening = calendar.next_opening(start)
    counted = {opening.date() + timedelta(days=n) for n in range((end.date() - opening.date()).days + 1)}
    assert sum(calendar.is_open_day(day) for day in counted) == days + 1


@settings(max_examples=examples(150), deadline=None)
@given(calendars, moments)
def test_next_opening_is_open_and_nothing_before_it_is(calendar: OfficeCalendar, at: datetime) -> None:
    opening = calendar.next_opening(at)
    assert opening.astimezone(UTC) >= at
    assert calendar.is_open(opening)
    assert calendar.open_time_between(at, opening) == timedelta(0)
    assert opening.date() not in calendar.holidays


@settings(max_examples=examples(100), deadline=None)
@given(moments, st.integers(0, 30))
def test_almendra_is_never_due_on_a_closed_day(start: datetime, days: int) -> None:
    calendar = OfficeCalendar(ZONE, WEEK, HOLIDAYS)
    end = calendar.add_open_days(start, days)
    assert (end.weekday() < 4, end.time()) == (True, time(18))
    by_hours = calendar.add_open_time(start, timedelta(hours=days))
    assert by_hours.weekday() < 4
    assert time(7) <= by_hours.time() <= time(18)
    assert by_hours.date() not in HOLIDAYS
