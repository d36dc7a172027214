"""The office of the examples: Monday to Thursday 7:00 to 18:00, closed on Fridays, in Los Angeles."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from geoserver_app.org.hours import Stretch, state, weekly

ZONE = "America/Los_Angeles"
WEEK = tuple(Stretch(day, time(7), time(18)) for day in range(4))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


def test_open_on_a_wednesday_afternoon_until_six() -> None:
    found = state(WEEK, ZONE, local("2026-11-18T15:30"))
    assert found.is_open
    assert found.open_until == local("2026-11-18T18:00")


def test_the_first_minute_is_open_and_the_last_is_not() -> None:
    assert state(WEEK, ZONE, local("2026-11-18T07:00")).is_open
    assert not state(WEEK, ZONE, local("2026-11-18T18:00")).is_open


def test_friday_is_closed_and_opens_on_monday() -> None:
    found = state(WEEK, ZONE, local("2026-11-20T10:00"))
    assert found.closed_today
    assert found.next_opening == local("2026-11-23T07:00")
    assert not found.opens_tomorrow


def test_before_hours_it_opens_later_today() -> None:
    found = state(WEEK, ZONE, local("2026-11-18T05:00"))
    assert not found.is_open
    assert not found.closed_today
    assert found.opens_later_today


def test_after_hours_it_opens_tomorrow() -> None:
    found = state(WEEK, ZONE, local("2026-11-17T20:00"))
    assert found.opens_tomorrow
    assert found.next_opening == local("2026-11-18T07:00")


def test_the_day_is_the_offices_not_utcs() -> None:
    # 02:00 UTC on Friday is still Thursday evening in California: closed now, but not "closed today".
    found = state(WEEK, ZONE, datetime(2026, 11, 20, 2, 0, tzinfo=UTC))
    assert not found.is_open
    assert not found.closed_today
    # ... and 00:30 UTC on Friday is Thursday 16:30: open.
    assert state(WEEK, ZONE, datetime(2026, 11, 20, 0, 30, tzinfo=UTC)).is_open


def test_midnight_belongs_to_the_new_day() -> None:
    assert state(WEEK, ZONE, local("2026-11-20T00:00")).closed_today
    assert not state(WEEK, ZONE, local("2026-11-19T23:59")).closed_today


def test_it_opens_by_the_wall_clock_after_clocks_went_back() -> None:
    # 2026-11-01 is a Sunday with 25 hours; Monday opens at 7:00 standard time = 15:00 UTC.
    found = state(WEEK, ZONE, local("2026-11-01T00:30"))
    assert found.next_opening is not None
    assert found.next_opening.astimezone(UTC) == datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


def test_an_office_that_works_through_the_spring_change_closes_by_the_wall_clock() -> None:
    # 2026-03-08: 02:00 becomes 03:00. Open 1:00 to 4:00 by the clock is two hours long.
    night = (Stretch(6, time(1), time(4)),)
    assert state(night, ZONE, datetime(2026, 3, 8, 10, 59, tzinfo=UTC)).is_open
    assert not state(night, ZONE, datetime(2026, 3, 8, 11, 0, tzinfo=UTC)).is_open


def test_both_hours_between_one_and_two_are_open_when_clocks_go_back() -> None:
    night = (Stretch(6, time(0), time(2)),)
    for utc_hour in (8, 9):  # 1:30 daylight time, 1:30 standard time
        assert state(night, ZONE, datetime(2026, 11, 1, utc_hour, 30, tzinfo=UTC)).is_open
    assert not state(night, ZONE, datetime(2026, 11, 1, 10, 0, tzinfo=UTC)).is_open


def test_lunch_break_is_closed_and_opens_later_today() -> None:
    split = (Stretch(0, time(8), time(12)), Stretch(0, time(13), time(17)))
    found = state(split, ZONE, local("2026-11-23T12:30"))
    assert not found.is_open
    assert found.opens_later_today
    assert found.next_opening == local("2026-11-23T13:00")


def test_an_office_open_one_day_a_week_opens_again_in_seven_days() -> None:
    monday = (Stretch(0, time(8), time(12)),)
    assert state(monday, ZONE, local("2026-11-23T12:00")).next_opening == local("2026-11-30T08:00")


def test_an_office_without_hours_never_opens() -> None:
    found = state((), ZONE, local("2026-11-18T15:30"))
    assert (found.is_open, found.next_opening, found.closed_today) == (False, None, True)


def test_the_week_is_told_in_groups_of_days() -> None:
    assert [(g.first, g.last, bool(g.stretches)) for g in weekly(WEEK)] == [(0, 3, True), (4, 6, False)]
