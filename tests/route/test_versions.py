"""Versions never change once they are active; one is active at a time; decisions keep the one that made them."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from geoserver_app.route.decide import decide, keep
from geoserver_app.route.errors import NotADraft
from geoserver_app.route.explain import explain
from geoserver_app.route.facts import facts_in
from geoserver_app.route.models import Decision, RuleSet
from geoserver_app.route.program import program_of
from geoserver_app.route.replay import replay
from geoserver_app.route.versions import activate, copy, faults
from tests import life
from tests.route.city import TREES, City, rule
from tests.route.conftest import Rules


def refused(change: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        change()


def test_an_active_version_never_changes(city: City, rules: Rules) -> None:
    active = rules(*TREES)
    one = active.rules.first()
    assert one is not None
    refused(lambda: active.rules.update(priority="low"))
    refused(one.delete)
    refused(lambda: one.copies.add(city.posts["parks"]))
    refused(lambda: active.defaults.all().delete())
    refused(lambda: RuleSet.objects.filter(pk=active.pk).update(safe_post=city.posts["parks"]))
    refused(lambda: RuleSet.objects.filter(pk=active.pk).update(state="draft", activated_at=None))
    refused(active.delete)


def test_a_draft_can_be_edited_and_thrown_away(city: City, rules: Rules) -> None:
    draft = rules(*TREES, active=False)
    draft.rules.update(priority="low")
    draft.delete()
    assert not RuleSet.objects.exists()


def test_activation_retires_the_version_before(city: City, rules: Rules) -> None:
    first, second = rules(*TREES), rules(active=False)
    activate(second, at=life.MONDAY)
    first.refresh_from_db()
    assert (first.state, first.retired_at, second.state) == ("retired", life.MONDAY, "active")
    assert city.route("tree", 230, 530).rule_set_id == second.pk


def test_what_is_not_a_draft_cannot_be_activated_again(city: City, rules: Rules) -> None:
    first = rules(*TREES)
    with pytest.raises(NotADraft, match="never changes"):
        activate(first, at=life.MONDAY)


def test_a_copy_decides_as_the_original(city: City, rules: Rules) -> None:
    first = rules(*TREES, rule("told", {"services": ["weeds"]}, copies=["parks/desk"]))
    draft = copy(first, at=life.MONDAY)
    assert (draft.state, draft.version) == ("draft", 2)
    assert faults(draft) == []
    for x, y in ((230, 505), (230, 530), (230, 512), (150, 560)):
        facts = city.facts("tree", x, y)
        one = decide(facts, jurisdiction_id=0, program=program_of(first))
        other = decide(facts, jurisdiction_id=0, program=program_of(draft))
        assert (one.winner, one.department_id, one.way) == (other.winner, other.department_id, other.way)
    assert decide(city.facts("weeds", 400, 300), jurisdiction_id=0, program=program_of(draft)).copies


def test_a_decision_is_appended_and_only_the_newest_is_current(city: City, rules: Rules) -> None:
    rules(*TREES)
    request = city.hall.request(service=city.services["tree"])
    for x in (230, 400):
        facts = city.facts("tree", x, 530)
        keep(request.pk, facts, decide(facts, jurisdiction_id=city.hall.jurisdiction.pk), at=life.MONDAY)
    rows = list(Decision.objects.filter(request=request).order_by("pk"))
    assert [(row.winner, row.is_current) for row in rows] == [(7, False), (None, True)]


def test_a_decision_is_replayed_by_the_version_that_made_it(city: City, rules: Rules) -> None:
    rules(*TREES)
    request = city.hall.request(service=city.services["tree"])
    facts = city.facts("tree", 230, 530, answers={"where": "yard"})
    kept = keep(request.pk, facts, decide(facts, jurisdiction_id=city.hall.jurisdiction.pk), at=life.MONDAY)
    city.services["tree"].group = city.hall.pothole.group
    city.services["tree"].save()
    rules(rule("all", {"groups": ["streets"]}, post="streets/desk"))
    kept = Decision.objects.select_related("rule_set").get(pk=kept.pk)
    assert kept.rule_set is not None
    replayed = replay(program_of(kept.rule_set), facts_in(kept))
    assert (replayed.winner, replayed.desk.department_id) == (kept.winner, kept.department)
    assert "version 1 of the rules" in explain(request).text


def test_facts_are_stored_as_far_as_the_rules_ask_about_them(city: City, rules: Rules) -> None:
    rules(rule("west", {"services": ["tree"], "areas": ["beat:1"], "answers": {"where": ["yard"]}}, post="code/desk"))
    request = city.hall.request(service=city.services["tree"])
    facts = city.facts("tree", 400, 300, answers={"where": "yard", "trouble": ["dead"]})
    kept = keep(request.pk, facts, decide(facts, jurisdiction_id=city.hall.jurisdiction.pk), at=life.MONDAY)
    assert (kept.area_ids, kept.answers) == ([city.squared.area("beat:1")], {"where": "yard"})
