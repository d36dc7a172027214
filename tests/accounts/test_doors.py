"""A page says who may open it; a page of the staff that says nothing opens for nobody."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from geoserver_app.accounts.doors import capabilities_of, request_rights, requires
from geoserver_app.accounts.roles import Capability, Role
from geoserver_app.urls import handler400, handler403, handler404, handler500
from geoserver_app.urls import urlpatterns as product
from tests.accounts.conftest import Town

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.test_doors")]
__all__ = ["handler400", "handler403", "handler404", "handler500"]


@requires(Capability.REVIEW, Capability.PLAN)
def queue(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request_rights(request).scopes)} scopes")


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("should never be read")


urlpatterns = [path("console/queue", queue), path("plan/forgotten", forgotten), path("", include(product))]


def test_a_stranger_is_sent_to_log_in_and_back() -> None:
    answer = Client().get("/console/queue?x=1")
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/console/queue%3Fx%3D1"


@pytest.mark.parametrize(("method", "accept"), [("get", "application/json"), ("post", "text/html")])
def test_a_program_and_a_form_are_refused_instead(method: str, accept: str) -> None:
    answer = getattr(Client(), method)("/console/queue", headers={"accept": accept})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.DISPATCHER, 200), (Role.PLANNER, 200), (Role.AGENT, 403), (Role.COUNCIL, 403), (None, 403)],
)
def test_one_of_the_capabilities_is_enough(town: Town, client: Client, role: Role | None, status: int) -> None:
    client.force_login(town.person("somebody", role))
    assert client.get("/console/queue").status_code == status


def test_a_staff_page_that_says_nothing_is_refused_to_everybody(town: Town, client: Client) -> None:
    client.force_login(town.person("manager", Role.MANAGER))
    assert client.get("/plan/forgotten").status_code == 403
    assert Client().get("/plan/forgotten").status_code == 403


def test_a_view_tells_what_it_needs() -> None:
    assert capabilities_of(queue) == {Capability.REVIEW, Capability.PLAN}
    assert capabilities_of(forgotten) is None


def test_rights_are_looked_up_once_a_request(town: Town, client: Client, django_assert_max_num_queries: Any) -> None:
    client.force_login(town.person("manager", Role.MANAGER))
    with django_assert_max_num_queries(3):  # session, user, assignments
        assert client.get("/console/queue").content == b"1 scopes"
