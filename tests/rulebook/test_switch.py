"""A version comes in, what waits follows, what somebody has taken up stays; and the old one comes back."""

import pytest

from geoserver_app import flow
from geoserver_app.editions.models import Turn
from geoserver_app.flow_rules import activate_rules, go_back, waiting_elsewhere
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.route.errors import BadRules, NotADraft
from geoserver_app.route.models import RuleSet
from geoserver_app.work.models import StatusChange
from tests.route.city import TREES, rule
from tests.rulebook.conftest import NOW, OTHER_TREES, WEST, Office, followed

pytestmark = pytest.mark.django_db


def accepted(office: Office, request: ServiceRequest) -> None:
    flow.transition(request.pk, to="accepted", by=office.city.hall.rights("dispatcher", NOW), at=NOW)


def test_what_waits_follows_and_its_new_desk_is_told(office: Office) -> None:
    waits = office.report()
    Message.objects.all().delete()
    done = followed(activate_rules(office.draft(*TREES, WEST).pk, at=NOW))
    assert (done.turn.state, done.turn.total, done.turn.moved) == ("done", 1, 1)
    assert office.desk_of(waits) == "safety"
    line = StatusChange.objects.filter(request=waits).latest("pk")
    assert (line.kind, line.data["rules"]) == ("moved", done.rules.version)
    assert "safety@almendra.example" in set(Message.objects.values_list("to_address", flat=True))


def test_what_somebody_has_taken_up_stays(office: Office) -> None:
    taken, handed, waits = office.report(), office.report(), office.report()
    accepted(office, taken)
    rights = office.city.hall.rights("dispatcher", NOW)
    waste = office.city.posts["waste"]
    flow.hand_on(handed.pk, waste.department, post=waste, by=rights, at=NOW, reason="Ours")
    done = followed(activate_rules(office.draft(*TREES, WEST).pk, at=NOW))
    assert done.turn.total == 1
    assert [office.desk_of(one) for one in (taken, handed, waits)] == ["streets", "waste", "safety"]


def test_what_is_taken_up_before_the_worker_comes_stays(office: Office) -> None:
    one = office.report()
    done = activate_rules(office.draft(*TREES, WEST).pk, at=NOW)
    accepted(office, one)
    assert followed(done).turn.handed_on == 0
    assert office.desk_of(one) == "streets"


def test_open_requests_may_be_left_where_they_are(office: Office) -> None:
    one = office.report()
    done = activate_rules(office.draft(*TREES, WEST).pk, again=False, at=NOW)
    assert (done.turn.state, done.turn.total) == ("done", 0)
    assert (office.desk_of(one), office.desk_of(office.report())) == ("streets", "safety")


def test_it_is_said_beforehand_how_many_follow(office: Office) -> None:
    office.report()
    office.report(x=700)
    assert waiting_elsewhere(office.draft(*TREES, WEST)) == 1
    assert Turn.objects.count() == 0


def test_going_back_leaves_what_was_taken_up_since_and_moves_what_came_since(office: Office) -> None:
    early = office.report()
    former = office.active()
    followed(activate_rules(office.draft(*TREES, WEST).pk, at=NOW))
    taken, late = office.report(), office.report()
    accepted(office, taken)
    back = followed(go_back(former.pk, at=NOW))
    assert [office.desk_of(one) for one in (early, taken, late)] == ["streets", "safety", "streets"]
    assert (back.turn.restored, back.turn.handed_on) == (1, 1)
    assert back.rules.note == f"As version {former.version}."


def test_an_older_version_comes_back_as_any_other(office: Office) -> None:
    one = office.report()
    first = office.active()
    followed(activate_rules(office.draft(*TREES, WEST).pk, at=NOW))
    followed(activate_rules(office.draft(*OTHER_TREES, WEST).pk, at=NOW))
    back = followed(go_back(first.pk, at=NOW))
    assert back.turn.undoes is None
    assert office.desk_of(one) == "streets"


def test_only_what_was_in_force_comes_back(office: Office) -> None:
    for rule_set in (office.draft(*TREES), office.active()):
        with pytest.raises(NotADraft, match="only one that was in force"):
            go_back(rule_set.pk, at=NOW)


def test_a_version_with_a_fault_is_not_put_in_force(office: Office) -> None:
    draft = office.draft(WEST, rule("late", {"services": ["pothole"], "areas": ["beat:1"]}, post="parks/desk"))
    with pytest.raises(BadRules, match=r"rule 2: It says otherwise than rule 1 \(west\)"):
        activate_rules(draft.pk, at=NOW)
    assert RuleSet.objects.get(pk=draft.pk).state == "draft"
