"""Whose a request is, by programs: handed on, named to a person, referred; in somebody's name and by their right."""

from typing import Any

import pytest

from geoserver_app.accounts.models import Assignment
from geoserver_app.forward.models import AgencyEndpoint
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.work.models import StatusChange
from tests.api.conftest import Programs, assert_refused

PARKS = {"department": "parks", "reason": "A tree, not the street"}
COUNTY = {"agency": "county-roads", "reason": "A county road"}
STRANGERS = ("other_liaison", "other_deputy", "gis")  # of whom none sees it
ONLOOKERS = ("council", "planner", "admin")


def send(programs: Programs, who: str, path: str, body: Any, number: object = None) -> Any:
    """What the key of somebody is answered, about the pothole of the streets department unless told."""
    return programs.send(f"requests/{number or programs.story.ordinary}/{path}", body, programs.staff(who))


def last(programs: Programs) -> StatusChange:
    return StatusChange.objects.filter(request=programs.story.ordinary).latest("pk")


def test_a_liaison_hands_on_and_sees_it_no_more(programs: Programs) -> None:
    answer = send(programs, "liaison", "handovers", PARKS)
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert (said["state"], said["status"]) == ("assigned", "open")
    assert (said["department"], said["desk"], said["assignee"], said["agency"]) == ("parks", "desk", "", "")
    line = last(programs)
    assert (line.kind, line.note) == ("handed_on", PARKS["reason"])
    assert (line.by, line.post_after.department.code) == (programs.story.people["liaison"], "parks")
    assert_refused(send(programs, "liaison", "handovers", {**PARKS, "department": "streets"}), 404)
    assert send(programs, "other_liaison", "transitions", {"to": "accepted"}).status_code == 200


def test_a_dispatcher_refers_to_an_agency_and_takes_it_back(programs: Programs) -> None:
    said = send(programs, "dispatcher", "referrals", COUNTY).json()
    assert (said["state"], said["department"], said["agency"]) == ("referred", "streets", "county-roads")
    staff = programs.get(f"requests/{programs.story.ordinary}", programs.staff("dispatcher"))["staff"]
    assert (staff["department"], staff["agency"]) == ("streets", "county-roads")
    assert (last(programs).kind, last(programs).note) == ("referred", COUNTY["reason"])
    assert_refused(send(programs, "dispatcher", "referrals", COUNTY), 409)
    back = send(programs, "dispatcher", "handovers", {"department": "streets", "reason": "Ours after all"}).json()
    assert (back["state"], back["department"], back["agency"]) == ("assigned", "streets", "")


def test_a_person_of_the_department_is_named_or_oneself_or_nobody(programs: Programs) -> None:
    assert send(programs, "liaison", "assignments", {"assignee": "lena"}).json()["assignee"] == "lena"
    assert send(programs, "dispatcher", "assignments", {"assignee": "dora"}).json()["assignee"] == "dora"
    assert send(programs, "agent", "assignments", {"assignee": ""}).json()["assignee"] == ""
    for who, name in (("liaison", "otto"), ("dispatcher", "lena "), ("agent", "anna"), ("liaison", "nobody")):
        assert "does not work" in assert_refused(send(programs, who, "assignments", {"assignee": name}), 400)["detail"]
    Assignment.objects.filter(user=programs.story.people["liaison"]).update(to_day="2026-11-15")
    assert_refused(send(programs, "dispatcher", "assignments", {"assignee": "lena"}), 400)


@pytest.mark.parametrize(("path", "body"), [
    ("handovers", PARKS), ("referrals", COUNTY), ("assignments", {"assignee": ""}),
])  # fmt: skip
def test_nobody_says_whose_it_is_who_may_not_in_the_console(programs: Programs, path: str, body: Any) -> None:
    before = StatusChange.objects.count()
    for who in STRANGERS:
        assert_refused(send(programs, who, path, body), 404)
    for who in ONLOOKERS:
        assert_refused(send(programs, who, path, body), 403)
    for who in ("liaison", "dispatcher", "manager"):
        assert_refused(send(programs, who, path, body, programs.story.sensitive), 404)
    address = f"requests/{programs.story.ordinary}/{path}"
    for key, status in (("", 401), (programs.key("report"), 403), (programs.key("read", who="liaison"), 403)):
        assert_refused(programs.send(address, body, key), status)
    assert StatusChange.objects.count() == before


@pytest.mark.parametrize(("path", "body", "status"), [
    ("handovers", {"department": "nowhere", "reason": "x"}, 400),
    ("handovers", {**PARKS, "desk": "none"}, 400),
    ("handovers", {**PARKS, "reason": " \u0000 "}, 400),
    ("handovers", {"department": "parks"}, 400),
    ("handovers", {**PARKS, "post": "desk"}, 400),
    ("handovers", {"department": "closed-down", "reason": "x"}, 400),
    ("handovers", {"department": "several", "reason": "x"}, 400),
    ("handovers", {"department": "streets", "desk": "desk", "reason": "x"}, 409),
    ("referrals", {"agency": "nobody\u0000\ud83d", "reason": "x"}, 400),
    ("referrals", {"agency": "gone", "reason": "x"}, 400),
    ("referrals", {**COUNTY, "reason": "  "}, 400),
    ("referrals", {**COUNTY, "reason": "x" * 501}, 400),
])  # fmt: skip
def test_what_does_not_fit_says_so_and_changes_nothing(
    programs: Programs, path: str, body: dict[str, Any], status: int
) -> None:
    place = programs.story.city.hall.jurisdiction
    Department.objects.create(jurisdiction=place, code="closed-down", name="Gone", active=False)
    several = Department.objects.create(jurisdiction=place, code="several", name="Several")
    for code in ("first", "second"):
        Post.objects.create(department=several, code=code, name=code)
    Agency.objects.create(jurisdiction=place, code="gone", name="Gone", active=False)
    before = StatusChange.objects.count()
    assert_refused(send(programs, "liaison", path, body), status)
    assert StatusChange.objects.count() == before


def test_what_is_closed_stays_with_whom_it_is(programs: Programs) -> None:
    for path, body in (("handovers", PARKS), ("referrals", COUNTY), ("assignments", {"assignee": ""})):
        assert_refused(send(programs, "dispatcher", path, body, programs.story.closed), 409)
    assert ServiceRequest.objects.get(pk=programs.story.closed.pk).state == "closed"


def test_the_codes_are_listed_for_those_who_hand_on(programs: Programs) -> None:
    agency = Agency.objects.get(code="county-roads")
    AgencyEndpoint.objects.create(agency=agency, url="https://county.example/v2/")
    key = programs.staff("liaison")
    parks = next(one for one in programs.get("departments", key, lang="es")["items"] if one["code"] == "parks")
    assert parks == {"code": "parks", "name": "parks (es)", "desks": [{"code": "desk", "name": "Mesa"}]}
    agencies = programs.get("agencies", key)["items"]
    assert agencies[0] == {
        "code": "county-roads", "name": "County Road Department", "telephone": "(559) 555-0177",
        "takes_by_open311": True,
    }  # fmt: skip
    assert [one["takes_by_open311"] for one in agencies[1:]] == [False]
    etag = programs.ask("departments", key)["ETag"]
    headers = {"x-api-key": key, "if-none-match": etag}
    assert programs.client.get("/api/departments", headers=headers).status_code == 304
    for path in ("departments", "agencies"):
        assert_refused(programs.ask(path), 401)
        assert_refused(programs.ask(path, programs.key("report", "read", who="liaison")), 403)
        for who in (*ONLOOKERS, "gis"):
            assert_refused(programs.ask(path, programs.staff(who)), 403)
