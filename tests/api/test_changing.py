"""What programs change: reports that they send, and steps of the work in the name of a person, through flow alone."""

import json
from typing import Any

import pytest

from geoserver_app.accounts.models import ApiKey
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.models import StatusChange
from tests.api.conftest import Programs, assert_refused
from tests.link.squared import at

LON, LAT = at(350, 700)
REPORT: dict[str, Any] = {"service_code": "pothole", "long": LON, "lat": LAT, "description": "A hole"}


def test_a_report_is_taken_in_and_placed_as_by_any_other_door(programs: Programs) -> None:
    key = programs.key("report")
    answer = programs.send(
        "requests", {**REPORT, "email": "me@example.org", "media_urls": ["https://a.example/1"]}, key
    )
    assert answer.status_code == 201, answer.content
    said = answer.json()
    request = ServiceRequest.objects.get(service_request_id=said["service_request_id"])
    assert said == {"service_request_id": str(request), "token": None, "notice": ""}
    assert answer["Location"] == f"http://testserver/api/requests/{request}"
    assert (request.state, request.description) == ("assigned", "A hole")
    assert request.reporter.email == "me@example.org"
    assert request.geom is not None
    assert (round(request.geom.x, 9), round(request.geom.y, 9)) == (round(LON, 9), round(LAT, 9))


def test_answers_are_checked_by_the_same_form(programs: Programs) -> None:
    key = programs.key("report")
    wrong = {**REPORT, "service_code": "need", "answers": {"x": "y"}}
    told = assert_refused(programs.send("requests", wrong, key), 400)
    assert sorted(one["detail"].partition(":")[0] for one in told["errors"]) == ["attribute[which]", "attribute[x]"]
    good = {"singlevaluelist": "a", "multivaluelist": ["a", "b"], "number": 3}
    answer = programs.send("requests", {**REPORT, "service_code": "every", "answers": good}, key)
    one = programs.get(f"requests/{answer.json()['service_request_id']}")
    assert {row["code"]: row["value"] for row in one["answers"]} == {
        "number": 3, "singlevaluelist": "a", "multivaluelist": ["a", "b"],
    }  # fmt: skip


def test_a_report_sent_twice_under_one_key_is_one(programs: Programs) -> None:
    key = programs.key("report")
    headers = {"idempotency-key": "77"}
    first = programs.send("requests", REPORT, key, **headers).json()
    assert programs.send("requests", REPORT, key, **headers).json() == first
    assert_refused(programs.send("requests", {**REPORT, "description": "Another"}, key, **headers), 400)


@pytest.mark.parametrize("wrong", [
    {"service_code": None}, {"service_code": 1}, {"lat": None}, {"lat": "x"}, {"lat": 91}, {"long": 1e308},
    {"description": "x" * 4001}, {"media_urls": ["ftp://x"]}, {"email": "x"}, {"nonsense": 1}, {"answers": {"a": {}}},
    {"answers": []},
])  # fmt: skip
def test_what_does_not_fit_is_refused_and_nothing_is_stored(programs: Programs, wrong: dict[str, Any]) -> None:
    before = ServiceRequest.objects.count()
    assert_refused(programs.send("requests", {**REPORT, **wrong}, programs.key("report")), 400)
    assert ServiceRequest.objects.count() == before


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "7", '"x"', "[" * 100_000, '{"service_code": NaN}'])
def test_a_body_that_is_no_report_is_refused(programs: Programs, body: str) -> None:
    assert_refused(programs.send("requests", body, programs.key("report")), 400)


def test_a_key_is_needed_and_must_be_for_it(programs: Programs) -> None:
    answer = programs.send("requests", REPORT)
    assert_refused(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"
    assert_refused(programs.send("requests", REPORT, "onemap_wrong"), 401)
    assert_refused(programs.send("requests", REPORT, programs.staff("liaison")), 403)
    assert_refused(programs.step(programs.story.ordinary, "", "accepted"), 401)
    assert_refused(programs.step(programs.story.ordinary, programs.key("report"), "accepted"), 403)
    assert_refused(programs.step(programs.story.ordinary, programs.key("read", who="liaison"), "accepted"), 403)
    assert ServiceRequest.objects.get(pk=programs.story.ordinary.pk).state == "assigned"


def test_a_step_is_taken_in_the_name_of_the_keys_person(programs: Programs) -> None:
    key, request = programs.staff("liaison"), programs.story.ordinary
    answer = programs.step(request, key, "accepted", note="on our list")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "service_request_id": str(request), "state": "accepted", "status": "open", "resolution": "",
        "updated_datetime": "2026-11-16T11:00:00-08:00", "department": "streets", "desk": "desk",
        "assignee": "lena", "agency": "",
    }  # fmt: skip
    line = StatusChange.objects.filter(request=request).latest("pk")
    assert (line.by, line.to_state, line.note) == (programs.story.people["liaison"], "accepted", "on our list")
    closed = programs.step(request, key, "closed", resolution="repaired", status_notes="Filled with asphalt.")
    assert (closed.json()["status"], closed.json()["resolution"]) == ("closed", "repaired")
    assert programs.get(f"requests/{request}")["status_notes"] == "Filled with asphalt."


def test_nobody_takes_a_step_that_the_person_may_not_take(programs: Programs) -> None:
    story = programs.story
    before = StatusChange.objects.count()
    for who in ("other_liaison", "other_deputy", "gis"):
        assert_refused(programs.step(story.ordinary, programs.staff(who), "accepted"), 404)
    for who in ("council", "planner", "admin"):
        assert_refused(programs.step(story.ordinary, programs.staff(who), "accepted"), 403)
    for who in ("liaison", "dispatcher", "manager", "admin"):
        assert_refused(programs.step(story.sensitive, programs.staff(who), "cancelled", note="x"), 404)
    assert StatusChange.objects.count() == before


def test_a_step_that_does_not_follow_or_lacks_something_says_so(programs: Programs) -> None:
    key, request = programs.staff("liaison"), programs.story.ordinary
    assert "resolution" in assert_refused(programs.step(request, key, "closed"), 400)["detail"]
    assert_refused(programs.step(request, key, "closed", resolution="nonsense"), 400)
    assert_refused(programs.step(request, key, "referred"), 400)
    assert_refused(programs.step(request, key, "done", field_action_datetime="2026-11-16T09:30:00"), 400)
    assert_refused(programs.step(request, key, "done", field_action_datetime="2030-01-01T00:00:00Z"), 400)
    assert_refused(programs.step(programs.story.closed, key, "accepted"), 409)
    assert_refused(programs.step("26-999999-9", key, "accepted"), 404)
    assert ServiceRequest.objects.get(pk=request.pk).state == "assigned"


def test_a_key_that_comes_too_often_is_told_when_to_come_again(programs: Programs) -> None:
    key = programs.key("report", per_minute=2)
    for _ in range(2):
        assert programs.ask("services", key).status_code == 200
    answer = programs.ask("services", key)
    assert_refused(answer, 429)
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert ApiKey.objects.get().uses.filter(seconds=60).get().count == 3


def test_who_comes_without_a_key_is_counted_by_the_network_address(programs: Programs, settings: Any) -> None:
    settings.OPEN311_READS_PER_ADDRESS = 2
    assert [programs.ask("services").status_code for _ in range(3)] == [200, 200, 429]
    assert int(programs.ask("services")["Retry-After"]) >= 1
    assert programs.client.get("/open311/v2/services.json").status_code == 429  # the two doors count together
    assert programs.ask("services", programs.key("report")).status_code == 200


def test_the_key_goes_as_a_bearer_too(programs: Programs) -> None:
    key = programs.key("report")
    answer = programs.client.post(
        "/api/requests", json.dumps(REPORT), content_type="application/json", headers={"authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 201
