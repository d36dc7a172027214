"""Contract 5.1: forms, headers, and errors on every failure in both forms; several jurisdictions."""

from typing import Any

import pytest
from django.db import OperationalError

from geoserver_app.accounts import keys
from geoserver_app.open311 import listing
from geoserver_app.org.models import CityHall
from layers.models import Jurisdiction
from tests import factories
from tests.link.squared import at, square
from tests.open311.conftest import NOW, V2, Endpoint, faults_of

CORS = "Access-Control-Allow-Origin"


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("path", ["services/none", "requests/none", "tokens/none", "nothing", "x/y"])
def test_what_does_not_exist_is_404_in_the_form_of_its_path(endpoint: Endpoint, path: str, form: str) -> None:
    answer = endpoint.ask(f"{path}.{form}")
    assert answer.status_code == 404
    ((code, said),) = faults_of(answer, form)
    assert code == 404
    assert said
    assert answer[CORS] == "*"


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_method_that_is_not_answered_is_405_with_those_that_are(endpoint: Endpoint, form: str) -> None:
    for method in ("delete", "put", "patch"):
        answer = getattr(endpoint.client, method)(f"{V2}requests.{form}")
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"
        assert faults_of(answer, form)[0][0] == 405
    assert endpoint.client.post(f"{V2}services.{form}").status_code == 405


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_fault_of_ours_is_500_in_the_form_and_tells_nothing(
    endpoint: Endpoint, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(listing, "_rows", broken)
    answer = endpoint.ask(f"requests.{form}")
    assert answer.status_code == 500
    assert faults_of(answer, form)[0][0] == 500
    assert b"secret" not in answer.content


def test_a_database_that_is_away_is_503_with_when_to_come_again(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(listing, "_rows", away)
    answer = endpoint.ask("requests.json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert faults_of(answer, "json")[0][0] == 503


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_host_that_is_not_ours_is_400_in_the_form(endpoint: Endpoint, form: str) -> None:
    answer = endpoint.ask(f"requests.{form}", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert faults_of(answer, form)[0][0] == 400


def test_a_body_that_is_too_large_is_400(endpoint: Endpoint, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = endpoint.send("xml", description="x" * 2000)
    assert faults_of(answer, "xml")[0][0] in {400, 403}
    answer = endpoint.client.post(
        f"{V2}requests.xml", "a=" + "x" * 2000, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
    assert faults_of(answer, "xml")[0][0] == 400


def test_no_suffix_is_xml_and_another_one_is_nothing(endpoint: Endpoint) -> None:
    assert endpoint.ask("services")["Content-Type"] == "text/xml; charset=utf-8"
    assert endpoint.ask("services.csv").status_code == 404
    assert endpoint.ask("requests.html").status_code == 404
    assert endpoint.ask("services.xml").content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<services>')


def test_a_base_address_joined_with_two_slashes_works(endpoint: Endpoint) -> None:
    assert endpoint.client.get("/open311/v2//services.xml").status_code == 200


def test_answers_may_be_read_by_any_page_and_depend_on_no_cookie(endpoint: Endpoint) -> None:
    answer = endpoint.ask("services.json", headers={"accept-language": "es", "origin": "https://app.example"})
    assert answer[CORS] == "*"
    assert "Vary" not in answer
    assert not answer.cookies
    assert answer.content == endpoint.ask("services.json").content


def test_head_is_get_without_a_body_and_options_says_what_may_be_asked(endpoint: Endpoint) -> None:
    head, get = endpoint.client.head(f"{V2}services.json"), endpoint.ask("services.json")
    assert head.status_code == 200
    assert head.content == b""
    assert head["Content-Length"] == str(len(get.content))
    assert head["ETag"] == get["ETag"]
    options = endpoint.client.options(f"{V2}requests.json")
    assert options.status_code == 204
    assert options["Allow"] == options["Access-Control-Allow-Methods"] == "GET, POST, HEAD, OPTIONS"
    assert "X-Api-Key" in options["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["services.xml", "services/every.json", "requests.json"])
def test_an_answer_that_is_known_is_304(endpoint: Endpoint, path: str) -> None:
    first = endpoint.ask(path)
    known = endpoint.ask(path, headers={"if-none-match": first["ETag"]})
    assert known.status_code == 304
    assert known.content == b""
    assert known["ETag"] == first["ETag"]
    assert endpoint.ask(path, headers={"if-none-match": '"another"'}).status_code == 200


def test_an_answer_changes_its_etag_with_what_it_says(endpoint: Endpoint) -> None:
    before = endpoint.ask("requests.json")["ETag"]
    endpoint.sent()
    assert endpoint.ask("requests.json")["ETag"] != before


def test_reading_too_often_is_429_with_when_to_come_again(endpoint: Endpoint, settings: Any) -> None:
    settings.OPEN311_READS_PER_ADDRESS = 2
    assert [endpoint.ask("services.xml").status_code for _ in range(3)] == [200, 200, 429]
    answer = endpoint.ask("services.json")
    assert int(answer["Retry-After"]) >= 1
    assert faults_of(answer, "json")[0][0] == 429


def second(endpoint: Endpoint) -> Jurisdiction:
    place = factories.jurisdiction("verde", outline=square(1000, 0, 1500, 1000))
    CityHall.objects.create(
        jurisdiction=place, telephone="(559) 555-0190", languages=["es"], host_names=["www.verde.example"]
    )
    return place


def test_several_jurisdictions_must_be_told_apart(endpoint: Endpoint) -> None:
    second(endpoint)
    for form in ("xml", "json"):
        answer = endpoint.ask(f"services.{form}")
        assert answer.status_code == 400
        assert "almendra, verde" in faults_of(answer, form)[0][1]
        answer = endpoint.ask(f"services.{form}", {"jurisdiction_id": "atlantis"})
        assert answer.status_code == 404
    assert len(endpoint.get("services", jurisdiction_id="almendra")) > 5
    for name in ("verde", "www.verde.example", "verde.example"):
        assert endpoint.get("services", jurisdiction_id=name) == []
    assert endpoint.assert_refused(400, api_key="x" * 10)[0]["description"].startswith("jurisdiction_id is missing")
    assert endpoint.sent(jurisdiction_id="almendra")


def test_requests_and_keys_stay_in_their_jurisdiction(endpoint: Endpoint) -> None:
    place = second(endpoint)
    request = endpoint.sent(jurisdiction_id="almendra")
    assert endpoint.get("requests", jurisdiction_id="verde") == []
    assert endpoint.ask(f"requests/{request}.json", {"jurisdiction_id": "verde"}).status_code == 404
    _key, text = keys.make(place, "Verde's", scopes=["report"], at=NOW)
    endpoint.assert_refused(403, jurisdiction_id="almendra", api_key=text)


def test_a_place_in_the_other_jurisdiction_is_refused_with_its_name(endpoint: Endpoint) -> None:
    second(endpoint)
    lon, lat = at(1200, 500)
    (fault,) = endpoint.assert_refused(jurisdiction_id="almendra", lat=lat, long=lon)
    assert fault["code"] == 4001
    assert "jurisdiction_id=verde" in fault["description"]


def test_one_jurisdiction_needs_not_be_named_and_a_strange_one_is_404(endpoint: Endpoint) -> None:
    assert endpoint.get("services") == endpoint.get("services", jurisdiction_id="almendra")
    assert endpoint.ask("services.json", {"jurisdiction_id": "atlantis"}).status_code == 404
