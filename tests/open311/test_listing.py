"""Contract 5.2 F and G, and the extensions of 5.4: reading requests."""

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from geoserver_app import flow
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import Answer, ServiceRequest
from geoserver_app.intake.submission import Contact, Submission
from geoserver_app.open311 import narrowing
from geoserver_app.work.actor import Actor
from geoserver_app.work.steps import Words
from tests import life
from tests.link.squared import at
from tests.open311.conftest import NOW, V2, Endpoint, faults_of

FIELDS = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
}  # fmt: skip


def report(endpoint: Endpoint, when: datetime = NOW, service: str = "pothole", x: float = 350, **given: Any) -> str:
    """The number of a request that was made on the web at a moment."""
    lon, lat = at(x, 700)
    city = endpoint.city
    sent = Submission(
        city.hall.jurisdiction.pk, Service.objects.get(code=service).pk, "web", lon=lon, lat=lat, place_method="pin",
        requested_datetime=when, **given,
    )  # fmt: skip
    return flow.submit(sent, at=when).request.service_request_id


def numbers(endpoint: Endpoint, **query: Any) -> list[str]:
    return [one["service_request_id"] for one in endpoint.get("requests", **query)]


def close(endpoint: Endpoint, number: str, when: datetime, **words: str) -> None:
    by = Actor.staff(endpoint.city.hall.people["dispatcher"].pk, frozenset(Capability))
    request = ServiceRequest.objects.get(service_request_id=number)
    flow.transition(request.pk, to="closed", by=by, at=when, words=Words(resolution="repaired", **words))


def test_an_item_has_every_field_and_the_types_of_the_contract(endpoint: Endpoint) -> None:
    number = report(endpoint, description="A deep hole")
    (one,) = endpoint.get("requests")
    assert set(one) == FIELDS
    assert one["service_request_id"] == number
    assert one["status"] == "open"
    assert (one["service_code"], one["service_name"]) == ("pothole", "Pothole")
    assert one["description"] == "A deep hole"
    assert one["agency_responsible"] == "Streets"
    assert one["requested_datetime"] == "2026-11-16T09:00:00-08:00"
    assert isinstance(one["lat"], float)
    assert one["media_url"] is None
    root = endpoint.xml("requests")
    assert root.tag == "service_requests"
    assert {part.tag for part in root[0]} == FIELDS


def test_axis_order_comes_back_as_it_was_sent(endpoint: Endpoint) -> None:
    lon, lat = at(350, 700)
    request = endpoint.sent()
    (one,) = endpoint.get(f"requests/{request}")
    assert (one["lat"], one["long"]) == pytest.approx((lat, lon), abs=1e-9)
    root = endpoint.xml(f"requests/{request}")
    assert float(root.findtext("request/lat") or 0) == pytest.approx(lat, abs=1e-9)


def test_one_request_is_a_list_of_one(endpoint: Endpoint) -> None:
    number = report(endpoint)
    assert [one["service_request_id"] for one in endpoint.get(f"requests/{number}")] == [number]
    assert len(endpoint.xml(f"requests/{number}")) == 1
    assert endpoint.get(f"requests/{number.replace('-', '')}")[0]["service_request_id"] == number


@pytest.mark.parametrize("form", ["xml", "json"])
def test_an_unknown_or_a_hidden_request_is_404_in_its_form(endpoint: Endpoint, form: str) -> None:
    hidden = report(endpoint, service="drug-house")
    for number in ("26-000009-9", "x", hidden):
        answer = endpoint.ask(f"requests/{number}.{form}")
        assert answer.status_code == 404
        assert faults_of(answer, form)[0][0] == 404


def test_hidden_requests_are_in_no_list_however_it_is_asked(endpoint: Endpoint) -> None:
    hidden = report(endpoint, service="drug-house")
    lon, lat = at(350, 700)
    near = {"lat": lat, "long": lon, "radius": 500}
    for query in ({}, {"service_request_id": hidden}, {"service_code": "drug-house"}, near,
                  {"updated_after": "2026-01-01T00:00:00Z"}, {"area": "beat:1"}, {"count": "incidents"}):  # fmt: skip
        assert numbers(endpoint, **query) == []


def test_the_place_is_the_public_one_and_no_person_is_in_it(endpoint: Endpoint) -> None:
    who = Contact("Rosalinda Invented", "rosalinda@example.org", "(559) 555-0142", tell_by="email")
    number = report(
        endpoint, service="weeds", x=230, contact=who, address_text="1230 Secret St", description="Call Rosa"
    )
    answer = endpoint.ask(f"requests/{number}.json", {"extensions": "true"})
    text = answer.content.decode()
    for secret in ("Rosa", "rosalinda", "555", "1230 Secret", f"{at(230, 700)[0]:.5f}"):
        assert secret not in text
    request = ServiceRequest.objects.get()
    assert json.loads(answer.content)[0]["long"] == pytest.approx(request.public_geom.x)


def test_closed_means_updated_when_it_was_closed(endpoint: Endpoint) -> None:
    number = report(endpoint)
    close(endpoint, number, NOW + timedelta(hours=2), status_notes="Filled.")
    (one,) = endpoint.get(f"requests/{number}")
    assert (one["status"], one["status_notes"]) == ("closed", "Filled.")
    assert one["updated_datetime"] == "2026-11-16T11:00:00-08:00"


def test_without_anything_it_is_the_last_ninety_days_newest_first(endpoint: Endpoint) -> None:
    days = [0, 1, 89, 91]
    made = {day: report(endpoint, NOW - timedelta(days=day)) for day in days}
    assert numbers(endpoint) == [made[0], made[1], made[89]]


def test_a_window_includes_both_its_edges_whatever_the_zone(endpoint: Endpoint) -> None:
    number = report(endpoint, life.local("2026-11-01 01:30:05"))
    for start, end in (("2026-11-01T01:30:05-07:00", "2026-11-01T08:30:05Z"), ("2026-11-01T09:30:05+01:00",) * 2):
        assert numbers(endpoint, start_date=start, end_date=end) == [number]
    assert numbers(endpoint, start_date="2026-11-01T08:30:06Z") == []
    assert numbers(endpoint, end_date="2026-11-01T08:30:04Z") == []


def test_ninety_days_over_the_end_of_summer_time_are_ninety_days(endpoint: Endpoint) -> None:
    local = {"start_date": "2026-08-18T00:00:00-07:00", "end_date": "2026-11-16T00:00:00-08:00"}
    assert endpoint.ask("requests.json", local).status_code == 200
    answer = endpoint.ask("requests.json", {**local, "end_date": "2026-11-16T00:00:02-08:00"})
    assert faults_of(answer, "json") == [(400, "start_date and end_date may not span more than 90 days")]


def test_half_a_window_is_filled_up_to_ninety_days(endpoint: Endpoint) -> None:
    old, later = report(endpoint, NOW - timedelta(days=200)), report(endpoint, NOW - timedelta(days=100))
    start = (NOW - timedelta(days=201)).astimezone(UTC).isoformat().replace("+00:00", "Z")
    assert numbers(endpoint, start_date=start) == [old]
    assert numbers(endpoint, end_date=(NOW - timedelta(days=99)).astimezone(UTC).isoformat()) == [later]


def test_a_plus_that_became_a_blank_is_understood(endpoint: Endpoint) -> None:
    assert endpoint.client.get(f"{V2}requests.json?start_date=2026-11-01T00:00:00+01:00").status_code == 200


@pytest.mark.parametrize("text", [
    "2026-11-01", "2026-11-01T00:00:00", "yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "2026-11-01T00:00:00+99:00",
])  # fmt: skip
def test_a_moment_without_a_zone_or_sense_is_400(endpoint: Endpoint, text: str) -> None:
    for name in ("start_date", "end_date", "updated_after"):
        assert endpoint.ask("requests.json", {name: text}).status_code == 400


def test_empty_parameters_are_as_if_they_were_not_sent(endpoint: Endpoint) -> None:
    number = report(endpoint)
    empty = dict.fromkeys(("status", "start_date", "service_code", "service_request_id", "bbox", "page", "lat"), "")
    assert numbers(endpoint, **empty) == [number]


def test_services_and_statuses_are_lists_with_commas(endpoint: Endpoint) -> None:
    pothole, signal, weeds = (report(endpoint, service=one) for one in ("pothole", "signal", "weeds"))
    close(endpoint, signal, NOW + timedelta(hours=1))
    assert set(numbers(endpoint, service_code="pothole,signal")) == {pothole, signal}
    assert numbers(endpoint, status="closed") == [signal]
    assert set(numbers(endpoint, status="open")) == {pothole, weeds}
    assert len(numbers(endpoint, status="open,closed")) == 3
    assert numbers(endpoint, service_code="nothing") == []
    assert endpoint.ask("requests.json", {"status": "lost"}).status_code == 400


def test_numbers_override_every_other_argument_and_unknown_ones_are_absent(endpoint: Endpoint) -> None:
    old = report(endpoint, NOW - timedelta(days=300))
    new = report(endpoint)
    query = {"service_request_id": f"{old},{new},26-999999-9", "status": "closed", "start_date": "2030-01-01T00:00:00Z"}
    assert numbers(endpoint, **query) == [new, old]
    assert numbers(endpoint, service_request_id="x") == []


def test_nothing_found_is_an_empty_list_in_both_forms(endpoint: Endpoint) -> None:
    assert endpoint.get("requests") == []
    answer = endpoint.ask("requests.xml")
    assert answer.content.endswith(b"<service_requests></service_requests>")


def test_a_thousand_at_most_and_the_address_of_the_next(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrowing, "MOST", 2)
    made = [report(endpoint, NOW - timedelta(days=day)) for day in range(5)]
    answer = endpoint.ask("requests.json", {"status": "open"})
    assert [one["service_request_id"] for one in json.loads(answer.content)] == made[:2]
    assert answer["X-Total-Count"] == "5"
    seen = made[:2]
    report(endpoint, NOW + timedelta(seconds=1))  # what comes in meanwhile moves nothing
    while "Link" in answer:
        address, _, relation = answer["Link"].partition(">")
        assert relation == '; rel="next"'
        assert "status" in parse_qs(urlsplit(address[1:]).query)
        answer = endpoint.client.get(address[1:].removeprefix("http://testserver"))
        seen += [one["service_request_id"] for one in json.loads(answer.content)]
    assert seen == made


def test_pages_begin_at_one_and_hold_what_was_asked(endpoint: Endpoint) -> None:
    made = [report(endpoint, NOW - timedelta(hours=hour)) for hour in range(3)]
    assert numbers(endpoint, page=1, page_size=2) == numbers(endpoint, page=0, page_size=2) == made[:2]
    assert numbers(endpoint, page=2, page_size=2) == made[2:]
    assert numbers(endpoint, page=9, page_size=2) == []
    for wrong in ({"page": -1}, {"page_size": 0}, {"page_size": 1001}, {"page": "x"}):
        assert endpoint.ask("requests.json", wrong).status_code == 400


def test_changed_since_knows_no_age_and_goes_on_where_one_stopped(endpoint: Endpoint) -> None:
    old = report(endpoint, NOW - timedelta(days=300))
    new = report(endpoint)
    close(endpoint, old, NOW + timedelta(hours=1))
    since = (NOW - timedelta(minutes=1)).astimezone(UTC).isoformat()
    assert numbers(endpoint, updated_after=since) == [new, old]
    assert numbers(endpoint, updated_after=since, updated_before=NOW.astimezone(UTC).isoformat()) == [new]
    assert numbers(endpoint, updated_before=since) == []


def test_a_box_in_two_forms_a_radius_and_an_area(endpoint: Endpoint) -> None:
    west, east = report(endpoint, x=350), report(endpoint, x=900)
    (left, low), (right, high) = at(300, 650), at(400, 750)
    assert numbers(endpoint, bbox=f"{left},{low},{right},{high}") == [west]
    assert numbers(endpoint, long_sw=left, lat_sw=low, long_ne=right, lat_ne=high) == [west]
    lon, lat = at(350, 710)
    (near,) = endpoint.get("requests", lat=lat, long=lon, radius=50)
    assert near["service_request_id"] == west
    assert near["distance"] == pytest.approx(10, abs=0.2)
    assert numbers(endpoint, area="beat:1") == [west]
    assert numbers(endpoint, area="beat:2") == [east]


@pytest.mark.parametrize("wrong", [{"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "nan,1,2,3"}, {"bbox": "3,0,1,1"},
                                   {"lat_sw": "1"}, {"lat": "36"}, {"lat": "36", "long": "-119", "radius": "0"},
                                   {"radius": "100"}, {"area": "beat:99"}, {"area": "x"}, {"count": "x"},
                                   {"requested_from": "2026-02-30"}])  # fmt: skip
def test_geography_that_makes_no_sense_is_400(endpoint: Endpoint, wrong: dict[str, str]) -> None:
    assert endpoint.ask("requests.json", wrong).status_code == 400


def test_the_filters_of_our_own_pages_mean_the_same_here(endpoint: Endpoint) -> None:
    first = report(endpoint, life.local("2026-11-10 00:00"))
    again = report(endpoint, NOW, incident_id=ServiceRequest.objects.get().incident_id)
    assert numbers(endpoint, count="incidents") == [first]
    assert numbers(endpoint, count="reports") == [again, first]
    assert numbers(endpoint, group="streets") == [again, first]
    assert numbers(endpoint, group="trees") == []
    assert endpoint.ask("requests.json", {"group": "nonsense"}).status_code == 400
    assert numbers(endpoint, requested_from="2026-11-10", requested_to="2026-11-10") == [first]
    close(endpoint, first, NOW + timedelta(hours=1))
    still_open = report(endpoint, NOW)
    assert numbers(endpoint, status="recent") == [still_open, again, first]
    endpoint.now = NOW + timedelta(days=32)
    assert numbers(endpoint, status="recent") == [still_open]
    assert numbers(endpoint, status="recent,closed") == [still_open, again, first]


def test_what_stands_on_a_drawn_cell_is_listed_by_its_name(endpoint: Endpoint) -> None:
    near, far = report(endpoint, x=350), report(endpoint, x=450)
    shown = ServiceRequest.objects.get(service_request_id=near).public_geom
    assert shown is not None
    cell = tile_of(shown.x, shown.y, zoom=20)
    assert numbers(endpoint, cells=cell) == [near]
    assert sorted(numbers(endpoint, cells="0.0.0")) == sorted([near, far])
    assert numbers(endpoint, cells=f"{cell},{cell}", status="closed") == []
    for wrong in ("20.1", "31.0.0", "1.2.0", "a.b.c"):
        assert endpoint.ask("requests.json", {"cells": wrong}).status_code == 400


def tile_of(lon: float, lat: float, *, zoom: int) -> str:
    """The Web Mercator tile of a point (degrees), as the map names what it draws there: zoom.column.row."""
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return f"{zoom}.{int((lon + 180) / 360 * 2**zoom)}.{int(y * 2**zoom)}"


def test_extensions_are_only_given_when_asked_for(endpoint: Endpoint) -> None:
    answers = {"singlevaluelist": "a", "multivaluelist": ["a", "b"], "string": "free words", "plate": "7A", "number": 3}
    number = report(endpoint, service="every", answers=answers)
    assert Answer.objects.count() == 5
    close(endpoint, number, NOW + timedelta(hours=1), status_notes="Done.")
    (plain,) = endpoint.get(f"requests/{number}")
    assert set(plain) == FIELDS
    (one,) = endpoint.get(f"requests/{number}", extensions="true")
    assert set(one) == FIELDS | {"attributes", "extended_attributes", "notes"}
    assert one["attributes"] == [
        {"label": "Question number?", "name": "3", "value": "3", "code": "number"},
        {"label": "Question singlevaluelist?", "name": "First & last", "value": "a", "code": "singlevaluelist"},
        {"label": "Question multivaluelist?", "name": "First & last, Second", "value": "a,b", "code": "multivaluelist"},
    ]
    assert one["extended_attributes"]["detailed_status"] == "PROCESSED"
    assert {"kind": "beat", "code": "1"} in one["extended_attributes"]["areas"]
    assert one["notes"][-1] == {"datetime": "2026-11-16T10:00:00-08:00", "type": "closed", "description": "Done."}
    root = endpoint.xml(f"requests/{number}", extensions="true")
    assert root.findtext("request/attributes/attribute/code") == "number"
    assert root.findtext("request/extended_attributes/areas/area/kind")


def test_what_was_never_meant_for_everybody_is_in_no_note(endpoint: Endpoint) -> None:
    number = report(endpoint)
    request = ServiceRequest.objects.get(service_request_id=number)
    by = Actor.staff(endpoint.city.hall.people["dispatcher"].pk, frozenset(Capability))
    flow.note(request.pk, "inside only", public=False, by=by, at=NOW)
    flow.note(request.pk, "for all", public=True, by=by, at=NOW)
    text = endpoint.ask(f"requests/{number}.json", {"extensions": "true"}).content.decode()
    assert "inside only" not in text
    assert "for all" in text


def test_an_old_number_of_an_import_leads_to_its_request(endpoint: Endpoint) -> None:
    number = report(endpoint, source="notes-2007", external_id="A 17")
    assert endpoint.get("requests/A%2017")[0]["service_request_id"] == number
