"""Federal holidays as closed days of the office."""

import io
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from geoserver_app.org.holidays import SPANISH, federal_holidays
from geoserver_app.org.hours import Stretch, state
from geoserver_app.org.models import Holiday
from layers.errors import NotFound
from tests.city import bare_jurisdiction, jurisdiction_with_office


def load(*options: str) -> str:
    printed = io.StringIO()
    call_command("load_holidays", *options, stdout=printed)
    return printed.getvalue()


def test_every_federal_holiday_has_a_spanish_name() -> None:
    names = {name.removesuffix(" (observed)") for name in federal_holidays(range(1971, 2101)).values()}
    assert names - SPANISH.keys() - {"Washington's Birthday"} <= {"Columbus Day"}
    assert "Juneteenth National Independence Day" in names


def test_a_holiday_on_a_saturday_is_observed_on_friday() -> None:
    assert federal_holidays([2026])[date(2026, 7, 3)] == "Independence Day (observed)"


@pytest.mark.django_db
def test_a_dry_run_and_a_commit_print_the_same_counts() -> None:
    jurisdiction_with_office()
    dry = load("--years", "2026")
    assert Holiday.objects.count() == 0
    done = load("--years", "2026", "--commit")
    assert (
        dry.splitlines()[0]
        == done.splitlines()[0]
        == "2026 to 2026, holidays: 12 new, 0 changed, 0 as before, 0 retired"
    )
    assert Holiday.objects.get(day=date(2026, 11, 26)).name_in("es") == "Día de Acción de Gracias"


@pytest.mark.django_db
def test_days_entered_by_hand_stay_as_they_are() -> None:
    hall = jurisdiction_with_office().city_hall
    Holiday.objects.create(city_hall=hall, day=date(2026, 12, 25), name="Christmas at home")
    assert "11 new, 0 changed, 1 as before" in load("--years", "2026", "--commit")
    assert Holiday.objects.get(day=date(2026, 12, 25)).name == "Christmas at home"


@pytest.mark.django_db
def test_a_city_that_works_on_columbus_day_leaves_it_out() -> None:
    jurisdiction_with_office()
    load("--years", "2026", "--leave-out", "Columbus Day", "--commit")
    assert not Holiday.objects.filter(day=date(2026, 10, 12)).exists()


@pytest.mark.django_db
def test_an_unknown_holiday_is_named_with_those_there_are() -> None:
    jurisdiction_with_office()
    with pytest.raises(NotFound, match="No federal holiday 'Easter'; there are: New Year's Day"):
        load("--years", "2026", "--leave-out", "Easter")


@pytest.mark.django_db
@pytest.mark.parametrize("years", ["soon", "2027-2026", "1900", "2026-", "-2026"])
def test_impossible_years_are_wrong_usage(years: str) -> None:
    jurisdiction_with_office()
    if years == "2026-":
        assert "2026 to 2026" in load(f"--years={years}")
        return
    with pytest.raises(CommandError, match="--years"):
        load(f"--years={years}")


@pytest.mark.django_db
def test_a_jurisdiction_without_an_office_has_no_holidays() -> None:
    bare_jurisdiction()
    with pytest.raises(NotFound, match="no city hall yet"):
        load("--years", "2026")


def test_the_pages_header_knows_the_holiday() -> None:
    week = [Stretch(day, time(7), time(18)) for day in range(4)]
    at = datetime(2026, 11, 26, 10, tzinfo=ZoneInfo("America/Los_Angeles"))
    found = state(week, "America/Los_Angeles", at, holidays={date(2026, 11, 26)})
    assert found.closed_today
    assert found.next_opening == datetime(2026, 11, 30, 7, tzinfo=ZoneInfo("America/Los_Angeles"))
