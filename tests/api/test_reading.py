"""Who reads what: everybody exactly the public set, a key of staff exactly what its person sees in the console."""

import csv
import io
from typing import Any

import pytest
from django.utils import timezone

from geoserver_app.accounts.models import ApiKey, Assignment, User
from geoserver_app.accounts.rights import rights_of
from geoserver_app.api import shapes
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.published import filters
from geoserver_app.work.sight import visible_to
from tests.api.conftest import Programs, assert_refused
from tests.rights.story import SECRETS


def public_numbers() -> set[str]:
    return set(ServiceRequest.objects.public().values_list("service_request_id", flat=True))


def test_without_a_key_exactly_the_public_set_is_there(programs: Programs) -> None:
    story = programs.story
    assert set(programs.numbers()) == public_numbers() == {str(story.ordinary), str(story.masked), str(story.closed)}
    assert programs.get("requests", count="reports", total="true")["total"] == 3
    for request in story.requests.values():
        status = 200 if str(request) in public_numbers() else 404
        assert programs.ask(f"requests/{request}").status_code == status


@pytest.mark.parametrize("query", [
    {}, {"count": "incidents"}, {"status": "open"}, {"status": "closed"}, {"status": "recent"},
    {"service_code": "pothole"}, {"service_code": "pothole,weeds"}, {"group": "streets"}, {"area": "beat:1"},
    {"area": "beat:1,beat:2"}, {"requested_from": "2026-11-16", "requested_to": "2026-11-16"},
    {"requested_to": "2026-11-15"}, {"cells": "0.0.0"}, {"cells": "30.0.0"}, {"state": "closed"},
])  # fmt: skip
def test_every_filter_chooses_what_the_public_export_has(programs: Programs, query: dict[str, str]) -> None:
    answer = programs.client.get("/feeds/requests.csv", query)
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [one["service_request_id"] for one in programs.get("requests", **query)["items"]] == [
        row["service_request_id"] for row in rows
    ]


def test_the_list_has_the_filters_of_the_public_list_and_no_others() -> None:
    ours = set(shapes.Listing.model_fields) - set(shapes.Where.model_fields) - {"limit", "after", "total"}
    assert ours == {*filters.NAMES, *filters.NAMES_OF_STAFF}


def test_a_filter_that_cannot_be_meant_is_refused_with_its_own_sentence(programs: Programs) -> None:
    assert "names no area" in assert_refused(programs.ask("requests", area="beat:99"), 400)["detail"]
    (fault,) = assert_refused(programs.ask("requests", limit="0"), 400)["errors"]
    assert fault["name"] == "limit"
    assert_refused(programs.ask("requests", status="done"), 400)


def test_keys_without_a_person_see_no_more_than_everybody(programs: Programs) -> None:
    for key in (programs.key("report"), programs.key("update"), programs.key("work", who="trusted")):
        assert set(programs.numbers(key)) == public_numbers()
        assert_refused(programs.ask(f"requests/{programs.story.sensitive}", key), 404)
        assert programs.get(f"requests/{programs.story.ordinary}", key)["staff"] is None


def test_nothing_that_must_stay_hidden_is_in_any_answer_to_the_public(programs: Programs) -> None:
    found = []
    for path in ("requests?count=reports", *(f"requests/{one}" for one in programs.story.requests.values())):
        text = programs.ask(path).content.decode().lower()
        found += [f"{path}: {secret}" for secret in SECRETS if secret.lower() in text]
    assert found == []
    masked = programs.get(f"requests/{programs.story.masked}")
    true = programs.story.masked.geom
    assert true is not None
    assert (masked["long"], masked["lat"]) != (true.x, true.y)


def test_a_key_of_staff_lists_and_opens_exactly_what_its_person_sees(programs: Programs) -> None:
    for who, user in programs.story.people.items():
        key = programs.key("read", who=who)
        rights = rights_of(user, at=programs.now)
        seen = {str(one) for one in visible_to(ServiceRequest.objects.all(), rights)}
        answer = programs.ask("requests", key, count="reports")
        listed = {one["service_request_id"] for one in answer.json()["items"]} if answer.status_code == 200 else set()
        assert listed == seen, who
        assert answer.status_code == (404 if who == "gis" else 200)
        for request in programs.story.requests.values():
            status = 200 if str(request) in seen else 404
            assert programs.ask(f"requests/{request}", key).status_code == status, (who, request)


def test_staff_read_true_places_and_notes_but_never_who_reported(programs: Programs) -> None:
    key = programs.key("read", who="trusted")
    one = programs.get(f"requests/{programs.story.ordinary}", key)
    assert "the crew thinks" in str(one["history"])
    assert one["staff"] == {
        "channel": "web", "priority": "normal", "resolution": "", "field_action_datetime": None, "is_public": True,
        "leads": True, "department": "streets", "desk": "desk", "assignee": "", "agency": "",
    }  # fmt: skip
    true = programs.story.masked.geom
    assert true is not None
    assert programs.get(f"requests/{programs.story.masked}", key)["lat"] == true.y
    for request in programs.story.requests.values():
        text = programs.ask(f"requests/{request}", key).content.decode()
        assert "Rosalinda" not in text.replace("rosalinda@example.org", "")
        assert "Benito" not in text
        assert request.access_code not in text
    assert programs.numbers(key, state="closed") == [str(programs.story.closed)]
    assert programs.numbers(key, department="streets,parks", channel="phone") == []


def test_a_key_ends_with_the_rights_of_its_person(programs: Programs) -> None:
    key = programs.key("read", who="trusted")
    assert str(programs.story.sensitive) in programs.numbers(key)
    Assignment.objects.filter(user=programs.story.people["trusted"]).update(sensitive=False)
    assert str(programs.story.sensitive) not in programs.numbers(key)
    User.objects.filter(pk=programs.story.people["trusted"].pk).update(is_active=False)
    assert_refused(programs.ask("requests", key), 404)
    assert_refused(programs.ask(f"requests/{programs.story.ordinary}", key), 404)
    ApiKey.objects.update(revoked_at=timezone.now())
    assert_refused(programs.ask("requests", key), 401)


def test_a_page_goes_on_where_the_one_before_ended(programs: Programs) -> None:
    everything = programs.numbers()
    seen: list[str] = []
    path = "/api/requests?count=reports&limit=1&lang=es"
    while path:
        answer = programs.client.get(path)
        page: dict[str, Any] = answer.json()
        seen += [one["service_request_id"] for one in page["items"]]
        assert (f'<{page["next"]}>; rel="next"' if page["next"] else None) == answer.headers.get("Link")
        path = page["next"] or ""
    assert seen == everything
    for wrong in ("x", "1", "1.", ".1", "1.2.3", "9" * 18 + ".1"):
        assert_refused(programs.ask("requests", after=wrong), 400)
    assert programs.numbers(after="99999999999999999.1") == everything


def test_one_request_says_all_that_everybody_may_know(programs: Programs) -> None:
    one = programs.get(f"requests/{programs.story.closed}")
    assert (one["status"], one["state"], one["service_code"]) == ("closed", "closed", "pothole")
    assert one["requested_datetime"] == "2026-11-16T09:00:00-08:00"
    assert one["closed_datetime"] == "2026-11-16T10:00:00-08:00"
    assert {"kind": "beat", "code": "1"} in one["areas"]
    assert [step["state"] for step in one["history"]][-1] == "closed"
    (listed,) = programs.get("requests", status="closed")["items"]
    assert listed.items() <= one.items()
    assert programs.get(f"requests/{programs.story.closed}", lang="es")["service_name"]
