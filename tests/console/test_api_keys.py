"""API keys in the console: made by administrators, shown once, revoked."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from geoserver_app.accounts import keys
from geoserver_app.accounts.models import ApiKey, User
from geoserver_app.accounts.roles import Role
from tests import life

FORM = {"name": "Council app", "scopes": ["report"], "per_minute": "30", "per_day": "1000"}


@pytest.fixture
def town(db: None, settings: Any) -> life.Town:
    settings.DEFAULT_JURISDICTION = "almendra"
    made = life.town()
    made.person("ada", Role.ADMIN)
    return made


def browser(town: life.Town, name: str) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(town.people[name])
    return client


def test_a_key_is_shown_once_and_works(town: life.Town) -> None:
    ada = browser(town, "ada")
    answer = ada.post("/console/api-keys/", FORM)
    (text,) = re.findall(r"<code>(onemap_[\w-]+)</code>", answer.content.decode())
    assert answer["Cache-Control"] == "private, no-store"
    found = keys.find(text, town.jurisdiction)
    assert found is not None
    assert (found.name, found.per_minute, found.created_by) == ("Council app", 30, town.people["ada"])
    again = ada.get("/console/api-keys/").content.decode()
    assert text not in again
    assert found.start in again


def test_what_is_missing_is_said_and_nothing_is_made(town: life.Town) -> None:
    ada = browser(town, "ada")
    for wrong in ({**FORM, "scopes": []}, {**FORM, "name": ""}, {**FORM, "per_day": "0"}):
        assert ada.post("/console/api-keys/", wrong).status_code == 422
    assert ada.post("/console/api-keys/", FORM).status_code == 200
    twice = ada.post("/console/api-keys/", FORM)
    assert twice.status_code == 422
    assert "Another key has this name" in twice.content.decode()
    assert ApiKey.objects.count() == 1


def test_a_revoked_key_lets_nobody_in_and_frees_its_name(town: life.Town) -> None:
    ada = browser(town, "ada")
    key, text = keys.make(town.jurisdiction, "Council app", scopes=["report"], at=timezone.now())
    assert ada.post(f"/console/api-keys/{key.pk}/revoke/").status_code == 303
    assert keys.find(text, town.jurisdiction) is None
    assert ada.post("/console/api-keys/", FORM).status_code == 200
    assert "revoked" in ada.get("/console/api-keys/").content.decode()


def test_nobody_but_who_manages_people_comes_here(town: life.Town) -> None:
    for name in ("agent", "dispatcher", "liaison", "council"):
        assert browser(town, name).get("/console/api-keys/").status_code == 403
        assert browser(town, name).post("/console/api-keys/", FORM).status_code == 403


def test_calls_are_counted_for_the_page(town: life.Town) -> None:
    key, _text = keys.make(town.jurisdiction, "Council app", scopes=["report"], at=timezone.now())
    at: datetime = timezone.now()
    for _ in range(3):
        assert keys.count(key, at=at) == 0
    assert "<td>3<span" in browser(town, "ada").get("/console/api-keys/").content.decode()


def test_a_key_of_staff_names_the_person_for_whom_it_acts(town: life.Town) -> None:
    ada, liaison = browser(town, "ada"), town.people["liaison"]
    refused = ada.post("/console/api-keys/", {**FORM, "scopes": ["read"]})
    assert refused.status_code == 422
    assert "Say for whom" in refused.content.decode()
    nobody = User.objects.create(username="nobody-here")
    assert ada.post("/console/api-keys/", {**FORM, "scopes": ["work"], "user": nobody.pk}).status_code == 422
    made = ada.post("/console/api-keys/", {**FORM, "scopes": ["read", "work"], "user": liaison.pk})
    assert "for " in made.content.decode()
    key = ApiKey.objects.get()
    assert (key.user, key.scopes) == (liaison, ["read", "work"])
    ada.post("/console/api-keys/", {**FORM, "name": "Plain", "user": liaison.pk})
    assert ApiKey.objects.get(name="Plain").user is None
