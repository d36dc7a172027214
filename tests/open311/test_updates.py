"""Contract 5.4, service request updates in mySociety's form."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from geoserver_app.accounts import keys
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.models import StatusChange
from tests.open311.conftest import NOW, V2, Endpoint
from tests.open311.test_listing import close, report
from tests.report.conftest import picture


def update(endpoint: Endpoint, number: Any, **fields: Any) -> Any:
    given = {
        "api_key": endpoint.key, "service_request_id": str(number), "update_id": "7",
        "updated_datetime": "2026-11-16T17:00:00Z", "status": "OPEN", "description": "It grew.", **fields,
    }  # fmt: skip
    sent = {name: value for name, value in given.items() if value is not None}
    return endpoint.client.post(f"{V2}servicerequestupdates.json", sent)


def test_updates_tell_what_became_of_requests_in_a_window(endpoint: Endpoint) -> None:
    number = report(endpoint)
    endpoint.now = NOW.replace(hour=12)
    close(endpoint, number, NOW.replace(hour=11), status_notes="Filled.")
    root = endpoint.xml("servicerequestupdates", start_date="2026-11-16T18:00:00Z", end_date="2026-11-16T20:00:00Z")
    assert root.tag == "service_request_updates"
    (one,) = root.findall("request_update")
    said = {part.tag: part.text for part in one}
    assert said.pop("update_id")
    assert said == {
        "service_request_id": number, "status": "FIXED", "updated_datetime": "2026-11-16T11:00:00-08:00",
        "description": "Filled.", "external_status_code": "closed",
    }  # fmt: skip
    assert [one["status"] for one in endpoint.get("servicerequestupdates")] == ["OPEN", "FIXED"]


def test_hidden_requests_have_no_updates(endpoint: Endpoint) -> None:
    report(endpoint, service="drug-house")
    assert endpoint.get("servicerequestupdates", start_date="2026-11-01T00:00:00Z") == []


def test_a_window_of_updates_has_its_limits(endpoint: Endpoint) -> None:
    long_one = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"}
    assert endpoint.ask("servicerequestupdates.json", long_one).status_code == 400
    turned = {"start_date": long_one["end_date"], "end_date": "2026-10-31T00:00:00Z"}
    assert endpoint.ask("servicerequestupdates.json", turned).status_code == 400


def test_words_are_added_once_by_whoever_sent_the_request(endpoint: Endpoint) -> None:
    request = endpoint.sent()
    first, second = (update(endpoint, request) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert json.loads(first.content) == json.loads(second.content)
    details = StatusChange.objects.filter(request=request, kind="details")
    assert [one.note for one in details] == ["It grew."]
    assert json.loads(first.content)[0]["update_id"] == str(details[0].pk)


def test_photos_come_along_and_addresses_are_never_fetched(endpoint: Endpoint) -> None:
    request = endpoint.sent()
    urls = ["https://photos.example/1.jpg", "https://photos.example/2.jpg"]
    for _ in range(2):  # the same update again adds nothing
        photo = SimpleUploadedFile("a.jpg", picture())
        assert update(endpoint, request, media_url=urls, media=photo).status_code == 201
    assert update(endpoint, request, update_id="8", media_url=urls[:1]).status_code == 201
    assert [one.url for one in request.media_links.all()] == urls
    assert [one.stage for one in request.media.all()] == ["added"]
    details = StatusChange.objects.filter(request=request, kind="details")
    assert [one.data["photos"] for one in details] == [3, 1]


def test_an_update_with_an_address_that_is_none_is_refused_whole(endpoint: Endpoint) -> None:
    request = endpoint.sent()
    refused = update(endpoint, request, media_url="javascript:alert(1)")
    assert refused.status_code == 400
    assert "media_url" in json.loads(refused.content)[0]["description"]
    assert not StatusChange.objects.filter(request=request, kind="details").exists()


def test_a_photo_of_what_is_not_mended_opens_the_request_again(endpoint: Endpoint) -> None:
    request = endpoint.sent()
    close(endpoint, str(request), NOW)
    url = "https://photos.example/still.jpg"
    assert update(endpoint, request, status="REOPEN", media_url=url).status_code == 201
    request.refresh_from_db()
    assert request.state not in ServiceRequest.CLOSED_STATES
    assert [one.url for one in request.media_links.all()] == [url]


def test_what_others_sent_is_not_to_be_added_to(endpoint: Endpoint) -> None:
    assert update(endpoint, report(endpoint)).status_code == 404
    request = endpoint.sent()
    _key, text = keys.make(endpoint.city.hall.jurisdiction, "Another", scopes=["update"], at=NOW)
    assert update(endpoint, request, api_key=text).status_code == 404
    _key, text = keys.make(endpoint.city.hall.jurisdiction, "Reports", scopes=["report"], at=NOW)
    assert update(endpoint, request, api_key=text).status_code == 403


def test_every_missing_parameter_is_named(endpoint: Endpoint) -> None:
    request = endpoint.sent()
    names = ("service_request_id", "update_id", "updated_datetime", "status", "description")
    answer = update(endpoint, request, **dict.fromkeys(names))
    assert [one["description"].split()[0] for one in json.loads(answer.content)] == list(names)
    assert update(endpoint, request, status="WHATEVER").status_code == 400
    assert update(endpoint, request, updated_datetime="yesterday").status_code == 400
    assert not StatusChange.objects.filter(kind="details").exists()


def test_a_closed_request_is_opened_again_and_takes_no_other_words(endpoint: Endpoint) -> None:
    request = endpoint.sent()
    close(endpoint, str(request), NOW.replace(hour=10))
    endpoint.now = NOW.replace(hour=11)
    assert update(endpoint, request, status="FIXED").status_code == 400
    assert update(endpoint, request, status="REOPEN", update_id="8").status_code == 201
    assert ServiceRequest.objects.get(pk=request.pk).state == "assigned"
    assert endpoint.get("servicerequestupdates")[-1]["status"] == "REOPEN"
