"""What holds a draft up: whoever names an area that is gone, and graver findings of its report; and the answers."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from geoserver_app.accounts.models import User
from geoserver_app.editions import answers, holdups
from geoserver_app.editions.holdups import HeldUp
from geoserver_app.editions.models import SetAside
from geoserver_app.flow_editions import activate_edition
from layers.errors import BadFile
from layers.models import Area, Edition, Succession
from layers.quality import report as quality
from tests.editions.conftest import NOW, Desk, moved_border, renumbered
from tests.link.squared import square

pytestmark = pytest.mark.django_db


def give(
    edition: Edition,
    successors: dict[int, set[int]] | None = None,
    aside: tuple[tuple[int, str, str], ...] = (),
    accepted: tuple[str, ...] = (),
) -> None:
    by = User.objects.get(username="gus")
    answers.give(edition, accepted=accepted, successors=successors or {}, aside=aside, by=by, at=NOW)


def area(desk: Desk, code: str) -> int:
    return Area.objects.get(kind=desk.beats, code=code).pk


def test_a_rule_and_a_deputy_whose_beat_is_gone_hold_it_up(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    edition = desk.draft(renumbered())
    assert {(one.holder, one.area.code) for one in holdups.unanswered(edition)} == {("rules", "2"), ("scopes", "2")}
    with pytest.raises(HeldUp) as told:
        activate_edition(edition.pk, commit=True, at=NOW)
    assert "beat-two" in str(told.value)
    assert "beat:2" in str(told.value)
    edition.refresh_from_db()
    assert edition.state == "draft"


def test_a_border_that_moves_holds_nothing_up(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    assert holdups.reasons(desk.draft(moved_border(400))) == []


def test_a_confirmed_succession_answers_for_all_who_name_it(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    edition = desk.draft(renumbered())
    give(edition, {area(desk, "2"): {area(desk, "3")}})
    assert holdups.reasons(edition) == []
    confirmed = Succession.objects.get(edition=edition, confirmed=True)
    assert confirmed.share == pytest.approx(1.0)


def test_an_answer_that_is_taken_back_holds_it_up_again(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    edition = desk.draft(renumbered())
    give(edition, {area(desk, "2"): {area(desk, "3")}})
    give(edition, {area(desk, "2"): set()})
    assert len(holdups.unanswered(edition)) == 2


def test_an_area_without_common_ground_is_no_successor(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    edition = desk.draft({"1": square(0, 0, 400, 900), "4": square(0, 0, 100, 100), "3": square(500, 0, 1000, 900)})
    with pytest.raises(BadFile):
        give(edition, {area(desk, "2"): {area(desk, "4")}})


def test_each_who_names_it_can_be_set_aside(desk: Desk, by_beat: Callable[[], None]) -> None:
    by_beat()
    edition = desk.draft(renumbered())
    waiting = holdups.unanswered(edition)
    give(edition, aside=tuple((one.area.pk, one.holder, one.key) for one in waiting[:1]))
    assert holdups.unanswered(edition) == waiting[1:]
    give(edition, aside=tuple((one.area.pk, one.holder, one.key) for one in waiting))
    assert holdups.reasons(edition) == []
    assert SetAside.objects.filter(edition=edition).count() == 2


def test_a_finding_of_the_report_waits_for_a_look(desk: Desk) -> None:
    edition = desk.draft({"1": square(0, 0, 520, 900), "2": square(500, 0, 1000, 900)})
    quality.run(edition)
    waiting = [one.code for one in holdups.open_classes(edition)]
    assert "overlap" in waiting
    with pytest.raises(HeldUp, match="overlap"):
        activate_edition(edition.pk, commit=True, at=NOW)
    give(edition, accepted=tuple(waiting))
    assert holdups.reasons(edition) == []
    activate_edition(edition.pk, commit=True, at=NOW)


def test_nothing_is_answered_about_what_is_in_force(desk: Desk) -> None:
    edition = desk.draft(moved_border(400))
    activate_edition(edition.pk, commit=True, at=timezone.now())
    with pytest.raises(answers.NotADraft):
        give(edition, accepted=("overlap",))
