"""An edition whose first day lies ahead comes into force on that day, at the city's midnight, with its requests."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.types.range import DateRange

from geoserver_app import jobs
from geoserver_app.editions.models import Turn
from geoserver_app.flow_again import relink
from geoserver_app.flow_days import keep_current
from geoserver_app.flow_editions import activate_edition, roll_back_edition
from geoserver_app.flow_turns import run_turn
from geoserver_app.intake.models import ServiceRequest
from layers.models import Edition
from tests import life
from tests.editions.conftest import NOW, Desk, moved_border
from tests.editions.sums import sums
from tests.link.squared import square

pytestmark = pytest.mark.django_db
FIRST = date(2026, 12, 1)
MIDNIGHT = life.local("2026-12-01 00:00")
MORNING = life.local("2026-12-01 08:00")


def put_in_force(edition: Edition, wanted: DateRange | None = None) -> Turn:
    change = activate_edition(edition.pk, commit=True, at=NOW, wanted=wanted)
    return run_turn(change.turn.pk, at=NOW)


def day_comes(desk: Desk, at: datetime = MORNING) -> list[Turn]:
    return [run_turn(turn.pk, at=at) for turn in keep_current(desk.place, at=at)]


@pytest.fixture
def ahead(desk: Desk) -> Iterator[Desk]:
    """A border that moves on December 1st; a pothole on the ground that changes hands, and one far from it."""
    desk.pothole("before", 450)
    desk.pothole("far", 100)
    assert put_in_force(desk.draft(moved_border(400), since=FIRST)).total == 0
    yield desk


def test_on_its_day_what_was_filed_before_knows_the_areas_of_today(ahead: Desk) -> None:
    assert "beat:2" not in ahead.areas_today("before")
    (turn,) = day_comes(ahead)
    assert (turn.way, turn.state, turn.total, turn.done, turn.moved) == ("day", "done", 1, 1, 0)
    assert "beat:1" in ahead.areas("before")
    assert "beat:2" in ahead.areas_today("before")
    assert relink(ahead.place, at=MORNING).moved == 0


def test_it_turns_once(ahead: Desk) -> None:
    assert len(day_comes(ahead)) == 1
    assert day_comes(ahead) == []
    assert ProcrastinateJob.objects.filter(task_name="turn_edition").count() == 2  # as it was activated, and today


def test_what_comes_in_between_midnight_and_the_turn_lies_in_the_new_areas(ahead: Desk) -> None:
    ahead.pothole("night", 450, MIDNIGHT + timedelta(minutes=3))
    assert "beat:2" in ahead.areas("night")
    (turn,) = day_comes(ahead)
    assert "beat:2" in ahead.areas("night")
    assert (turn.total, turn.moved) == (2, 0)


def test_the_job_turns_at_the_midnight_of_the_city(ahead: Desk) -> None:
    jobs.keep_current(int((MIDNIGHT - timedelta(seconds=1)).timestamp()))
    assert not Turn.objects.filter(way="day").exists()
    jobs.keep_current(int(MIDNIGHT.timestamp()))
    assert Turn.objects.get(way="day").total == 1
    assert Edition.objects.get(kind=ahead.beats, is_current=True).in_force.lower == FIRST


def test_days_that_nobody_was_there_for_are_caught_up(ahead: Desk) -> None:
    """Another edition came on the 3rd; the machine is on again on the 5th."""
    put_in_force(ahead.draft(moved_border(300), since=date(2026, 12, 3)))
    ahead.pothole("second", 350, life.local("2026-12-02 09:00"))
    ahead.pothole("fourth", 350, life.local("2026-12-04 09:00"))
    later = life.local("2026-12-05 09:00")
    (turn,) = day_comes(ahead, later)
    assert turn.edition.in_force.lower == date(2026, 12, 3)
    assert ("beat:1" in ahead.areas("second"), "beat:2" in ahead.areas("fourth")) == (True, True)
    assert "beat:2" in ahead.areas_today("second")
    assert "beat:2" in ahead.areas_today("before")
    assert relink(ahead.place, at=later).moved == 0


def test_taken_back_after_its_day_everything_is_as_before(ahead: Desk) -> None:
    before = _without_days()
    day_comes(ahead)
    assert _without_days() != before
    back = roll_back_edition(ahead.place, "beat", commit=True, at=MORNING)
    done = run_turn(back.turn.pk, at=MORNING)
    assert done.restored == 1
    assert _without_days() == before
    assert set(Turn.objects.exclude(way="roll_back").values_list("state", flat=True)) == {"undone"}


def _without_days() -> dict[str, str]:
    """The sums but for the editions and shapes, of which the coming one is a draft again."""
    changed = {"layers_edition", "layers_areashape", "layers_areapiece", "layers_areaborder"}
    return {table: total for table, total in sums().items() if table not in changed}


def test_an_edition_for_some_days_goes_out_after_its_last(desk: Desk) -> None:
    """Zones for the days of a fair: when they are over, no edition of them is in force."""
    desk.pothole("fair", 450)
    zones = desk.draft({"Z": square(400, 0, 1000, 1000)}, kind="maintenance_zone")
    put_in_force(zones, wanted=DateRange(date(2026, 11, 1), FIRST))
    assert "maintenance_zone:Z" in desk.areas("fair")
    (turn,) = day_comes(desk)
    assert (turn.edition_id, turn.total, turn.moved) == (zones.pk, 1, 0)
    assert "maintenance_zone:Z" in desk.areas("fair")
    assert desk.areas_today("fair") == desk.areas("fair") - {"maintenance_zone:Z"}


def test_of_two_kinds_that_turn_on_one_day_each_can_be_taken_back(ahead: Desk) -> None:
    hoods = {"N1": square(0, 0, 420, 1000), "N2": square(420, 0, 1000, 1000)}
    put_in_force(ahead.draft(hoods, kind="neighborhood", since=FIRST))
    assert [turn.kind.code for turn in day_comes(ahead)] == ["beat", "neighborhood"]
    assert {"beat:2", "neighborhood:N2"} <= ahead.areas_today("before")
    back = roll_back_edition(ahead.place, "neighborhood", commit=True, at=MORNING)
    run_turn(back.turn.pk, at=MORNING)
    stands = ahead.areas_today("before")
    assert "beat:2" in stands
    assert "neighborhood:N2" not in stands
    assert relink(ahead.place, at=MORNING).moved == 0


def test_where_no_day_has_come_nothing_turns(desk: Desk) -> None:
    assert keep_current(desk.place, at=MORNING) == []


def test_requests_far_from_it_are_let_alone(ahead: Desk) -> None:
    row: Any = ServiceRequest.objects.filter(pk=ahead.requests["far"].pk).values()[0]
    day_comes(ahead)
    assert ServiceRequest.objects.filter(pk=ahead.requests["far"].pk).values()[0] == row
