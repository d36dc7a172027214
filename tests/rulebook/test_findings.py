"""What is said of a version before it is put in force: what can never happen, and what looks like a slip."""

from typing import Any

import pytest
from django.db import connection

from geoserver_app.accounts.models import PostHolder
from geoserver_app.catalog.models import Service
from geoserver_app.org.models import Agency, Post
from geoserver_app.route.compare import compare
from geoserver_app.route.coverage import PLACES, coverage
from geoserver_app.route.findings import findings
from geoserver_app.route.versions import copy
from layers.models import Area
from tests import life
from tests.route.city import TREES, rule
from tests.rulebook.conftest import WEST, Office

pytestmark = pytest.mark.django_db


def found(office: Office, *rules: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    return [(one.severity.value, one.code, one.rule) for one in findings(office.draft(*rules))]


def test_sound_rules_have_no_findings(office: Office) -> None:
    assert found(office, *TREES, WEST) == []


def test_a_rule_behind_a_wider_one_never_gets_a_turn(office: Office) -> None:
    wide = rule("wide", {"services": ["pothole"]}, post="parks/desk")
    assert found(office, wide, WEST) == [("fault", "unreachable", 2)]
    assert found(office, WEST, wide) == []


def test_two_rules_may_hide_a_third_between_them(office: Office) -> None:
    one = rule("one", {"services": ["pothole"]}, post="parks/desk")
    two = rule("two", {"services": ["tree"]}, post="parks/desk")
    both = rule("both", {"services": ["pothole", "tree"], "lies_on": ["park"]}, post="code/desk")
    (hidden,) = findings(office.draft(one, two, both))
    assert hidden.code == "unreachable"
    assert "rule 1 (one), 2 (two)" in hidden.in_words("en")
    assert found(office, one, both) == []


def test_ground_and_what_is_said_of_it_are_compared(office: Office) -> None:
    said = rule("said", {"services": ["tree"], "evidence": ["row", "wires"]}, post="parks/desk")
    lies = rule("lies", {"services": ["tree"], "lies_on": ["right_of_way"]}, post="code/desk")
    assert found(office, said, lies) == [("fault", "unreachable", 2)]
    assert found(office, lies, said) == []


def test_a_rule_for_places_outside_is_not_hidden_by_one_for_those_inside(office: Office) -> None:
    inside = rule("inside", {"services": ["pothole"]}, post="parks/desk")
    outside = rule("outside", {"services": ["pothole"], "lies_on": ["outside"]}, triage=True)
    assert found(office, inside, outside) == []


def test_the_same_condition_with_another_desk_contradicts(office: Office) -> None:
    other = rule("other", WEST["if"], post="parks/desk")
    assert found(office, WEST, other) == [("fault", "contradicts", 2)]


@pytest.mark.parametrize(
    "condition",
    [
        {"services": ["tree"], "lies_on": ["park"], "not_on": ["park", "water"]},
        {"services": ["tree"], "evidence": ["row"], "not_on": ["right_of_way"]},
        {"services": ["tree"], "weekdays": ["friday", "sunday"], "office": "open"},
    ],
)
def test_conditions_that_exclude_each_other_are_a_fault(office: Office, condition: dict[str, Any]) -> None:
    assert found(office, rule("never", condition, post="code/desk")) == [("fault", "never", 1)]


def test_retired_services_are_told(office: Office) -> None:
    draft = office.draft(WEST, rule("two", {"services": ["signal", "tree"]}, post="code/desk"))
    Service.objects.filter(code__in=["pothole", "signal"]).update(retired_on=life.MONDAY.date())
    assert [(one.severity.value, one.code, one.rule) for one in findings(draft)] == [
        ("fault", "only_retired", 1), ("warning", "retired", 2), ("warning", "retired_row", None),
        ("warning", "retired_row", None),
    ]  # fmt: skip


def test_an_area_without_a_shape_is_told(office: Office) -> None:
    beats = office.city.squared.kinds["beat"]
    Area.objects.create(jurisdiction=office.place, kind=beats, code="9")
    gone = rule("gone", {"services": ["pothole"], "areas": ["beat:9"]}, post="code/desk")
    beside = rule("beside", {"services": ["pothole"], "areas": ["beat:9", "beat:1"]}, post="code/desk")
    assert found(office, gone, beside) == [("warning", "no_shape", 1), ("warning", "some_no_shape", 2)]


def test_desks_that_are_closed_or_left_are_told(office: Office) -> None:
    user = office.city.hall.people["ada"]
    PostHolder.objects.create(post=office.city.posts["safety"], user=user)
    gone = rule("gone", {"services": ["tree"]}, post="parks/desk", agency="state")
    draft = office.draft(WEST, gone)
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    Post.objects.filter(pk=office.city.posts["parks"].pk).update(active=False)
    Agency.objects.filter(code="state").update(active=False)
    told = findings(draft)
    assert {(one.code, one.rule) for one in told} >= {("closed_desk", 2), ("closed_agency", 2), ("person_left", 1)}
    assert next(one for one in told if one.rule == 1).in_words("es").startswith("Quienes atendían el puesto")


def test_every_finding_has_words_in_both_languages() -> None:
    from geoserver_app.route.finding_texts import TEXTS

    assert all(english.count("{}") == spanish.count("{}") for english, spanish in TEXTS.values())


def test_every_service_has_an_owner_on_every_place(office: Office) -> None:
    by_service = {one.service.code: one for one in coverage(office.draft(*TREES, WEST))}
    assert sum(one.gaps for one in by_service.values()) == 0
    where = dict(zip(PLACES, by_service["tree"].owners, strict=True))
    posts = office.city.posts
    assert (where["park"].post, where["private_parcel"].post) == (posts["parks"].pk, posts["code"].pk)
    assert (where["right_of_way"].rule, where["nowhere"].rule) == (5, None)
    assert not where["outside"].is_gap


def test_what_nobody_owns_is_found(office: Office) -> None:
    active = office.active()
    draft = copy(active, at=life.MONDAY)
    weeds = draft.defaults.get(service=office.city.services["weeds"])
    weeds.area_id = office.city.squared.area("beat:1")
    weeds.save()
    gaps = {one.service.code: one.gaps for one in coverage(draft) if one.gaps}
    assert gaps == {"weeds": len(PLACES) - 1}  # what lies outside the city goes to triage on purpose


def test_two_versions_are_compared(office: Office) -> None:
    before = office.draft(*TREES)
    moved = (TREES[1], TREES[0], *TREES[2:-1], WEST)
    after = office.draft(*moved, safe_post="parks/desk")
    after.defaults.filter(service=office.city.services["weeds"]).update(priority="high")
    done = compare(before, after)
    assert {(one.code, one.before is None, one.after is None, one.what) for one in done.rules} == {
        ("west", True, False, ()), ("private", False, True, ()), ("wires", False, False, ("position",)),
    }  # fmt: skip
    assert ([one.service for one in done.rows], done.desks) == (["weeds"], True)
    assert compare(before, copy(before, at=life.MONDAY)).is_same


def test_coverage_asks_the_database_once(office: Office, django_assert_max_num_queries: Any) -> None:
    draft = office.draft(*TREES, WEST)
    with django_assert_max_num_queries(8, connection=connection):
        coverage(draft)
