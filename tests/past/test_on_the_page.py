"""Staff read on a request's page what the old system had said of it; everybody else does not."""

import pytest
from django.test import Client

from geoserver_app.accounts.roles import Role
from geoserver_app.intake.models import ServiceRequest
from tests.console.conftest import BACKEND
from tests.past.conftest import Bring, row
from tests.route.city import City

pytestmark = pytest.mark.django_db
LINK = "https://old.example/photo?id=7"


def page(city: City, number: str, *, language: str = "en") -> str:
    client = Client()
    name = f"dispatcher-{language}"
    client.force_login(city.hall.person(name, Role.DISPATCHER), backend=BACKEND)
    made = ServiceRequest.objects.get(external_id=number)
    return client.get(f"/console/requests/{made.service_request_id}/?lang={language}").content.decode()


def test_what_the_old_system_said_stands_on_the_page_of_a_request(city: City, bring: Bring) -> None:
    bring(row("A-1", Beat="02", Text=f"see {LINK} <b>"), photos="Text", keep=["Via"])
    told = page(city, "A-1")
    assert "Brought in from notes, where its number was A-1." in told
    assert '<dd>02 <span class="odd">here: 1</span></dd>' in told
    assert f'<a href="{LINK}" rel="noopener noreferrer nofollow external">' in told
    assert "<dt>Via</dt><dd>Call</dd>" in told
    assert "Viene de notes" in page(city, "A-1", language="es")


def test_where_both_agree_only_the_old_word_is_told(city: City, bring: Bring) -> None:
    bring(row("A-1", Beat="01"))
    told = page(city, "A-1")
    assert "<dd>01</dd>" in told
    assert "here:" not in told


def test_residents_see_nothing_of_it(city: City, bring: Bring) -> None:
    bring(row("A-1", Text=f"see {LINK}"), photos="Text", keep=["Via"])
    made = ServiceRequest.objects.get()
    told = Client().get(f"/requests/{made.service_request_id}/").content.decode()
    assert made.service_request_id in told
    assert LINK not in told
    assert "notes" not in told


def test_the_public_list_tells_the_day_of_the_city(city: City, bring: Bring) -> None:
    bring(row("A-1", Opened="03/02/2026 23:30"))
    told = Client().get("/requests/").content.decode()
    assert '<time datetime="2026-03-02T23:30:00-08:00">March 2, 2026</time>' in told
