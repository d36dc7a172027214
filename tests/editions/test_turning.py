"""An edition comes in and goes out again: exactly the requests that it concerns follow, and come back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from geoserver_app import flow
from geoserver_app.accounts.models import Assignment
from geoserver_app.accounts.rights import rights_of
from geoserver_app.accounts.roles import Role
from geoserver_app.console.history_lines import history_lines
from geoserver_app.editions.models import Turn, TurnRequest
from geoserver_app.flow_again import relink
from geoserver_app.flow_editions import activate_edition, roll_back_edition
from geoserver_app.flow_turns import run_turn
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.route.models import DefaultRoute, RuleSet
from geoserver_app.route.versions import copy
from geoserver_app.work.actor import SYSTEM
from geoserver_app.work.models import StatusChange
from layers.errors import Conflict
from layers.models import Area
from tests import life
from tests.editions.conftest import NOW, Desk, moved_border, renumbered
from tests.editions.sums import sums

pytestmark = pytest.mark.django_db
OCTOBER = life.local("2026-10-12 09:00")


def turned(desk: Desk, edition_id: int) -> Turn:
    change = activate_edition(edition_id, commit=True, at=NOW)
    return run_turn(change.turn.pk)


def taken_back(desk: Desk, kind: str = "beat") -> Turn:
    change = roll_back_edition(desk.place, kind, commit=True, at=NOW)
    return run_turn(change.turn.pk)


def lines(desk: Desk, name: str) -> list[Any]:
    return [one.data.get("areas") for one in StatusChange.objects.filter(request=desk.requests[name], kind="moved")]


def test_what_lies_on_ground_that_changed_hands_follows_and_says_so(desk: Desk) -> None:
    desk.pothole("crossed", 450)
    desk.pothole("far", 100)
    done = turned(desk, desk.draft(moved_border(400)).pk)
    assert (done.state, done.total, done.done, done.moved) == ("done", 1, 1, 1)
    assert "beat:2" in desk.areas("crossed")
    assert lines(desk, "crossed") == [[["beat:1"], ["beat:2"]]]
    assert "beat:1" in desk.areas("far")
    assert lines(desk, "far") == []


def test_what_was_filed_before_its_first_day_answers_the_old_and_knows_the_new_of_today(desk: Desk) -> None:
    desk.pothole("before", 450, OCTOBER)
    done = turned(desk, desk.draft(moved_border(400)).pk)
    assert (done.total, done.moved) == (1, 0)
    assert "beat:1" in desk.areas("before")
    assert "beat:2" in desk.areas_today("before")
    assert lines(desk, "before") == []


def test_it_moves_exactly_what_linking_everything_again_would_move(desk: Desk) -> None:
    for number, x in enumerate(range(20, 1000, 70)):
        desk.pothole(str(number), x, life.MONDAY if number % 2 else OCTOBER)
    edition = desk.draft(moved_border(300))
    done = turned(desk, edition.pk)
    assert 0 < done.moved < done.total < len(desk.requests)
    assert relink(desk.place, at=NOW).moved == 0


def test_the_ground_just_beside_a_border_that_moved_is_looked_at_too(desk: Desk) -> None:
    """A place 8 m from the new border is near it now, though no area of it changed."""
    desk.pothole("beside", 392)
    turned(desk, desk.draft(moved_border(400)).pk)
    assert ServiceRequest.objects.get(pk=desk.requests["beside"].pk).near_border
    assert relink(desk.place, at=NOW).moved == 0


def test_a_dry_run_counts_and_changes_nothing(desk: Desk) -> None:
    desk.pothole("crossed", 450)
    edition = desk.draft(moved_border(400))
    before = sums()
    change = activate_edition(edition.pk, commit=False, at=NOW, follow=lambda turn: run_turn(turn.pk))
    assert (change.turn.total, change.turn.moved) == (1, 1)
    assert sums() == before
    assert not Turn.objects.exists()


def test_the_job_is_asked_for_with_the_editions(desk: Desk) -> None:
    asked = ProcrastinateJob.objects.filter(task_name="turn_edition")
    before = asked.count()  # of tests that committed theirs
    activate_edition(desk.draft(moved_border(400)).pk, commit=True, at=NOW)
    assert asked.count() == before + 1


def test_half_done_it_goes_on_and_does_nothing_twice(desk: Desk) -> None:
    for number in range(4):
        desk.pothole(str(number), 410 + 20 * number)
    change = activate_edition(desk.draft(moved_border(400)).pk, commit=True, at=NOW)
    stopping = Stop(after=2)
    with pytest.raises(InterruptedError):
        run_turn(change.turn.pk, block=1, progress=stopping)
    half = Turn.objects.get(pk=change.turn.pk)
    assert (half.state, half.done) == ("running", 2)
    done = run_turn(change.turn.pk, block=1)
    assert (done.state, done.done, done.moved) == ("done", 4, 4)
    assert [len(lines(desk, str(number))) for number in range(4)] == [1, 1, 1, 1]


@pytest.mark.slow
def test_within_a_block_it_is_told_by_small_steps_that_add_up(desk: Desk) -> None:
    for number in range(12):
        desk.pothole(str(number), 410 + 7 * number)
    change = activate_edition(desk.draft(moved_border(400)).pk, commit=True, at=NOW)
    told: list[int] = []
    run_turn(change.turn.pk, progress=told.append)
    assert sum(told) == 12
    assert len(told) > 5
    assert min(told) > 0


class Stop:
    """A worker that dies after some blocks."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, _count: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise InterruptedError


def test_taken_back_everything_is_as_before(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    for number, x in enumerate(range(20, 1000, 70)):
        desk.pothole(str(number), x, life.MONDAY if number % 2 else OCTOBER)
    flow.withdraw(desk.requests["13"].pk, at=NOW)
    edition = desk.draft(moved_border(300))
    before = sums()
    there = turned(desk, edition.pk)
    assert there.handed_on > 0
    assert sums() != before
    back = taken_back(desk)
    assert sums() == before
    assert back.restored == TurnRequest.objects.filter(turn=there, before__isnull=False).count() > 0
    assert there.moved > 0


def test_taken_back_each_has_a_second_line_that_says_so(desk: Desk) -> None:
    desk.pothole("crossed", 450)
    turned(desk, desk.draft(moved_border(400)).pk)
    taken_back(desk)
    assert lines(desk, "crossed") == [[["beat:1"], ["beat:2"]], [["beat:2"], ["beat:1"]]]
    last = StatusChange.objects.filter(request=desk.requests["crossed"]).latest("pk")
    assert last.data["rolled_back"] is True


@pytest.mark.slow
def test_the_history_names_the_areas_that_a_change_of_boundaries_moved_it_between(
    desk: Desk, by_beat: Callable[[], None]
) -> None:
    by_beat()
    desk.pothole("crossed", 450)
    turned(desk, desk.draft(moved_border(400)).pk)
    taken_back(desk)
    crossed = ServiceRequest.objects.get(pk=desk.requests["crossed"].pk)
    kind = desk.beats.name_in("en")
    told = [line.what for line in history_lines(crossed, "en")]
    assert told[0] == f"Boundaries taken back. {kind}: 2 became 1"
    assert told.count(f"Boundaries changed. {kind}: 1 became 2") == 1


def test_taken_back_what_somebody_worked_on_keeps_their_work(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    crossed = desk.pothole("crossed", 450)
    turned(desk, desk.draft(moved_border(400)).pk)
    assert ServiceRequest.objects.get(pk=crossed.pk).post == desk.city.posts["code"]
    dora = desk.city.hall.person("dora", Role.DISPATCHER)
    flow.change_priority(crossed.pk, "urgent", by=rights_of(dora, at=NOW), at=NOW)
    back = taken_back(desk)
    stands = ServiceRequest.objects.get(pk=crossed.pk)
    assert back.restored == 0
    assert "beat:1" in desk.areas("crossed")
    assert stands.post == desk.city.posts["streets"]
    assert StatusChange.objects.filter(request=crossed, kind="priority").count() == 1


@pytest.mark.slow
def test_taken_back_what_was_filed_meanwhile_is_linked_by_the_old(desk: Desk) -> None:
    turned(desk, desk.draft(moved_border(400)).pk)
    desk.pothole("meanwhile", 450, NOW)
    assert "beat:2" in desk.areas("meanwhile")
    taken_back(desk)
    assert "beat:1" in desk.areas("meanwhile")


@pytest.mark.slow
def test_taken_back_half_way_stops_the_way_there(desk: Desk) -> None:
    for number in range(4):
        desk.pothole(str(number), 410 + 20 * number)
    edition = desk.draft(moved_border(400))
    before = sums()
    change = activate_edition(edition.pk, commit=True, at=NOW)
    with pytest.raises(InterruptedError):
        run_turn(change.turn.pk, block=1, progress=Stop(after=2))
    taken_back(desk)
    assert run_turn(change.turn.pk).state == "undone"
    assert sums() == before


@pytest.mark.slow
def test_after_another_kind_turned_too_requests_are_linked_anew(desk: Desk) -> None:
    """What they had before the beats came in is not what they have with the new neighborhoods."""
    desk.pothole("crossed", 450)
    turned(desk, desk.draft(moved_border(400)).pk)
    from tests.link.squared import square

    hoods = {"N1": square(0, 0, 400, 1000), "N2": square(400, 0, 1000, 1000)}
    turned(desk, desk.draft(hoods, kind="neighborhood").pk)
    back = taken_back(desk)
    assert back.restored == 0
    assert {"beat:1", "neighborhood:N2"} <= desk.areas("crossed")


@pytest.mark.slow
def test_another_desk_is_told_there_and_back(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    desk.pothole("crossed", 450)
    Message.objects.all().delete()
    turned(desk, desk.draft(moved_border(400)).pk)
    taken_back(desk)
    told = Message.objects.filter(kind="handed_on").order_by("pk").values_list("post__department__code", flat=True)
    assert list(told) == ["code", "streets"]


def test_rules_and_scopes_follow_a_confirmed_succession(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    desk.pothole("second", 700)
    edition = desk.draft(renumbered())
    before = sums()
    desk.succeed(edition, "2", "3")
    change = activate_edition(edition.pk, commit=True, at=NOW)
    run_turn(change.turn.pk)
    active = RuleSet.objects.get(state="active")
    assert active.rules.get().condition["areas"] == ["beat:2", "beat:3"]
    assert Assignment.objects.get(user__username="dan").area_codes == ["2", "3"]
    assert ServiceRequest.objects.get(pk=desk.requests["second"].pk).post == desk.city.posts["code"]
    assert "beat:3" in desk.areas("second")
    taken_back(desk)
    assert sums() == before


def test_drafts_of_the_rules_follow_a_confirmed_succession(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    draft = copy(RuleSet.objects.get(state="active"), at=NOW)
    weeds = draft.defaults.get(service=desk.city.services["weeds"])
    second = desk.city.squared.area("beat:2")
    DefaultRoute.objects.create(
        rule_set=draft, service=weeds.service, area_id=second, department=weeds.department, post=weeds.post
    )
    edition = desk.draft(renumbered())
    desk.succeed(edition, "2", "3")
    activate_edition(edition.pk, commit=True, at=NOW)
    assert draft.rules.get().condition["areas"] == ["beat:2", "beat:3"]
    assert {pk for check in draft.rules.get().resolved for pk in check.get("ids", [])} >= {second}
    assert draft.defaults.filter(area__code="3", service=weeds.service, post=weeds.post).exists()
    assert RuleSet.objects.get(pk=draft.pk).state == "draft"


@pytest.mark.slow
def test_scopes_that_were_changed_since_stay(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    edition = desk.draft(renumbered())
    desk.succeed(edition, "2", "3")
    turned(desk, edition.pk)
    Assignment.objects.filter(user__username="dan").update(area_codes=["1", "3"])
    back = taken_back(desk)
    assert back.left == ["scopes"]
    assert Assignment.objects.get(user__username="dan").area_codes == ["1", "3"]


@pytest.mark.slow
def test_rules_that_were_changed_since_stay(desk: Desk, by_beat: Callable[[], None], tmp_path: Any) -> None:
    by_beat()
    edition = desk.draft(renumbered())
    desk.succeed(edition, "2", "3")
    turned(desk, edition.pk)
    later = desk.city.load(tmp_path / "later.yaml")
    back = taken_back(desk)
    assert back.left == ["rules"]
    assert RuleSet.objects.get(state="active") == later


def test_what_a_person_chose_stands(desk: Desk) -> None:
    asked = desk.pothole("chosen", 450)
    flow.choose_area(asked.pk, Area.objects.get(kind=desk.beats, code="1"), by=SYSTEM, at=NOW)
    turned(desk, desk.draft(moved_border(400)).pk)
    assert "beat:1" in desk.areas("chosen")


def test_there_is_nothing_to_take_back(desk: Desk) -> None:
    with pytest.raises(Conflict):
        roll_back_edition(desk.place, "beat", commit=True, at=NOW)


def test_the_commands_say_how_many_followed(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.pothole("crossed", 450)
    edition = desk.draft(moved_border(400))
    call_command("activate_edition", str(edition.pk))
    assert "1 requests are concerned: 1 lie elsewhere now" in capsys.readouterr().out
    call_command("activate_edition", str(edition.pk), "--commit")
    assert "1 requests are concerned: 1 lie elsewhere now, 0 of them go to another desk." in capsys.readouterr().out
    call_command("rollback_edition", "beat", "--commit")
    assert "1 are as they were" in capsys.readouterr().out
