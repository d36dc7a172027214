"""The rules in the administration: a version is copied into a draft, changed, checked and put in force."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from geoserver_app.accounts.roles import Role
from geoserver_app.route.models import Rule, RuleSet
from tests.accounts.browser import client_of, form_of
from tests.route.city import TREES, City

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(city: City, tmp_path: Path) -> RuleSet:
    return city.load(tmp_path / "rules.yaml", *TREES)


@pytest.fixture
def browser(city: City) -> Client:
    return client_of(city.hall.person("ada", Role.ADMIN))


def act(browser: Client, action: str, *versions: RuleSet) -> str:
    data = {"action": action, "_selected_action": [str(one.pk) for one in versions]}
    return browser.post("/admin/route/ruleset/", data, follow=True).content.decode()


def changed(browser: Client, page: str, **values: Any) -> Any:
    return browser.post(page, form_of(browser, page) | values)


def test_a_copy_is_changed_checked_and_put_in_force(city: City, first: RuleSet, browser: Client) -> None:
    assert "is a draft with everything of 1" in act(browser, "copy_into_draft", first)
    draft = RuleSet.objects.get(version=2)
    rule = Rule.objects.get(rule_set=draft, code="in-park")
    page = f"/admin/route/rule/{rule.pk}/change/"
    desk = city.posts["forestry"]
    answer = changed(browser, page, post=str(desk.pk), department=str(desk.department_id))
    assert answer.status_code == 302, answer.context["errors"]
    assert "is in order" in act(browser, "look_through", draft)
    assert "is in force" in act(browser, "put_in_force", draft)
    first.refresh_from_db()
    draft.refresh_from_db()
    assert (first.state, draft.state, draft.activated_by_id) == ("retired", "active", city.hall.people["ada"].pk)
    assert city.desk(city.route("tree", 150, 520)) == "forestry"


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ('{"services": ["tee"]}', "tee"),
        ("[]", "A condition is a mapping"),
        ("{}", "This field is required"),
        ('{"where": 1}', "is no condition"),
    ],
)
def test_a_condition_that_cannot_be_is_told_in_a_sentence(
    city: City, first: RuleSet, browser: Client, condition: str, told: str
) -> None:
    act(browser, "copy_into_draft", first)
    rule = Rule.objects.get(rule_set__version=2, code="in-park")
    page = f"/admin/route/rule/{rule.pk}/change/"
    assert told in changed(browser, page, condition=condition).content.decode()


def test_a_version_in_force_is_only_looked_at(first: RuleSet, browser: Client) -> None:
    rule = Rule.objects.get(rule_set=first, code="in-park")
    page = f"/admin/route/rule/{rule.pk}/change/"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"code": "other"}).status_code == 403
    assert browser.post(f"/admin/route/rule/{rule.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get("/admin/route/ruleset/add/").status_code == 403
    assert "Only a draft is put in force" in act(browser, "put_in_force", first)


def test_nobody_else_gets_in(city: City, first: RuleSet) -> None:
    for role in (Role.DISPATCHER, Role.AGENT, Role.MANAGER, Role.GIS):
        person = client_of(city.hall.person(f"p-{role}", role))
        assert person.get("/admin/route/ruleset/").status_code in {302, 403}
