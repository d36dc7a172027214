"""Who sees what in the console, as one story: nothing is shown that no assignment allows."""

from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from geoserver_app.accounts.doors import capabilities_of
from geoserver_app.console import urls
from geoserver_app.work.models import Copy
from tests.console.conftest import Hall, address

EVERYBODY = ("agent", "dispatcher", "liaison", "warden", "council", "deputy", "manager", "planner", "gis", "admin")


def views(patterns: list[URLPattern | URLResolver]) -> list[URLPattern]:
    found = []
    for one in patterns:
        found += views(one.url_patterns) if isinstance(one, URLResolver) else [one]
    return found


def test_every_address_says_who_may_open_it() -> None:
    assert get_resolver("geoserver_app.urls")
    closed = [view.name for view in views(list(urls.urlpatterns)) if capabilities_of(view.callback) is None]
    assert closed == []


@pytest.mark.parametrize("path", ["", "pins.json", "newer.json", "outbox/", "outbox/by-hand/", "requests/26-000001-1/"])
def test_a_stranger_is_sent_to_log_in(hall: Hall, path: str) -> None:
    answer = hall.client().get(f"/console/{path}")
    assert answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")


def test_a_stranger_changes_nothing(hall: Hall) -> None:
    request = hall.request()
    assert hall.act(None, request, "accept").status_code == 403
    request.refresh_from_db()
    assert request.state == "assigned"


# Who sees a request of Public Works on their list, and who opens its page.
SEES = {
    "agent": True, "dispatcher": True, "liaison": True, "warden": False, "council": True, "deputy": False,
    "manager": True, "planner": True, "gis": False, "admin": True,
}  # fmt: skip


@pytest.mark.parametrize("name", EVERYBODY)
def test_lists_map_and_page_agree_on_what_somebody_sees(hall: Hall, name: str) -> None:
    request = hall.request()
    number = request.service_request_id
    client = hall.client(name)
    assert (number in client.get("/console/?tab=open").content.decode()) == SEES[name]
    assert (client.get(address(request)).status_code == 200) == SEES[name]
    pins = client.get("/console/pins.json?tab=open")
    assert (pins.status_code == 200 and number in pins.content.decode()) == SEES[name]


def test_a_deputy_sees_the_own_beat_alone(hall: Hall) -> None:
    inside = hall.request(area_ids=[hall.paper.area("beat:1")])
    outside = hall.request(area_ids=[hall.paper.area("beat:2")])
    page = hall.get("deputy", "/console/")
    assert inside.service_request_id in page and outside.service_request_id not in page
    assert hall.client("deputy").get(address(outside)).status_code == 404


def test_what_is_sensitive_is_for_those_it_is_meant_for(hall: Hall) -> None:
    tip = hall.request(service=hall.town.tip)
    assert hall.client("manager").get(address(tip)).status_code == 200
    assert hall.client("dispatcher").get(address(tip)).status_code == 404
    assert tip.service_request_id not in hall.get("dispatcher", "/console/?tab=open")


def test_a_request_of_others_is_not_told_apart_from_one_that_is_not_there(hall: Hall) -> None:
    theirs, missing = hall.request(), "26-999999-1"
    there = hall.client("warden").get(address(theirs), headers={"accept": "application/json"})
    not_there = hall.client("warden").get(f"/console/requests/{missing}/", headers={"accept": "application/json"})
    assert there.status_code == not_there.status_code == 404
    same = there.json()["error"]["message"].replace(theirs.service_request_id, missing)
    assert same == not_there.json()["error"]["message"]


def test_a_copy_lets_see_but_not_act(hall: Hall) -> None:
    request = hall.request()
    Copy.objects.create(request=request, post=hall.town.parking_post, at=timezone.now())
    page = hall.get("warden", address(request))
    assert "You may look at this request" in page and "act/accept" not in page
    assert request.service_request_id in hall.get("warden", "/console/?tab=copies")
    answer = hall.act("warden", request, "accept")
    assert answer.status_code == 403
    assert "You may look at this request, but not work on it." in answer.content.decode()


@pytest.mark.parametrize("name", ["council", "planner", "admin"])
def test_who_only_looks_gets_no_buttons_and_no_names(hall: Hall, name: str) -> None:
    request = hall.request(reporter={"name": "Rosa Lima", "phone": "(559) 555-0155"})
    page = hall.get(name, address(request))
    assert "Rosa Lima" not in page and "555-0155" not in page
    assert "<button" not in page.partition('id="actions-title"')[2].partition("</section>")[0]
    assert hall.act(name, request, "note", text="hello").status_code == 403


def test_a_liaison_sees_the_reporter_and_a_deputy_does_not(hall: Hall) -> None:
    beat = hall.paper.area("beat:1")
    request = hall.request(area_ids=[beat], reporter={"name": "Rosa Lima"})
    assert "Rosa Lima" in hall.get("liaison", address(request))
    assert "Rosa Lima" not in hall.get("deputy", address(request))


def test_what_to_decide_is_for_those_who_review(hall: Hall) -> None:
    request = hall.request()
    hall.review(request, "no_place", address="1 Nowhere St")
    assert "The address “1 Nowhere St” was not found." in hall.get("dispatcher", "/console/")
    assert "What the machine could not decide" not in hall.get("liaison", "/console/")
    assert "act/looked_at" not in hall.get("liaison", address(request))


@pytest.mark.parametrize("name", ["planner", "gis", "admin"])
def test_who_has_no_queue_lands_on_links(hall: Hall, name: str) -> None:
    page = hall.get(name, "/console/")
    assert "No queue of requests is yours" in page and 'class="tabs"' not in page


def test_a_photo_is_for_those_who_see_its_request(hall: Hall) -> None:
    photo = hall.photo(hall.request())
    path = f"{address(photo.request)}photos/{photo.pk}/"
    answer = hall.client("liaison").get(path)
    assert answer["Content-Type"] == "image/jpeg" and "no-store" in answer["Cache-Control"]
    assert hall.client("warden").get(path).status_code == 404
    assert hall.client().get(path).status_code == 302


def test_a_photo_is_not_found_below_another_request(hall: Hall) -> None:
    photo, other = hall.photo(hall.request()), hall.request()
    assert hall.client("liaison").get(f"{address(other)}photos/{photo.pk}/").status_code == 404


def test_somebody_whose_assignment_has_ended_is_a_stranger(hall: Hall) -> None:
    hall.town.people["liaison"].assignments.update(to_day=timezone.now().date() - timedelta(days=2))
    assert hall.client("liaison").get("/console/").status_code == 403
