"""Other people's clients: georeport reads both forms; what FixMyStreet's needs holds (contract 5.5)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from defusedxml.ElementTree import fromstring
from georeport import GeoReport
from requests.adapters import BaseAdapter

from geoserver_app.intake.models import ServiceRequest
from tests.link.squared import at
from tests.open311.conftest import V2, Endpoint
from tests.open311.test_listing import close, report
from tests.open311.test_updates import update

BASE = "https://311.almendra.example/open311/v2"


class _Straight(BaseAdapter):
    """Leads what the requests package asks to our own server, without a network."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self.endpoint = endpoint

    def send(self, request: Any, **_: Any) -> requests.Response:
        parts = urlsplit(request.url)
        asked = self.endpoint.client.get(parts.path, parse_qs(parts.query))
        answer = requests.Response()
        answer.status_code, answer._content, answer.url = asked.status_code, asked.content, request.url
        answer.headers.update(asked.headers)
        answer.encoding = requests.utils.get_encoding_from_headers(answer.headers)
        return answer

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def straight(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setattr(requests.Session, "get_adapter", lambda *_a, **_k: _Straight(endpoint))
    yield endpoint


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_georeport_package_reads_every_method(straight: Endpoint, form: str) -> None:
    numbers = [report(straight, service="every", answers={"number": 3}), report(straight, description="Ñandú & co")]
    client = GeoReport(BASE, jurisdiction="almendra", output_format=form)
    codes = {one["service_code"] for one in client.get_service_list()}
    assert {"every", "pothole", "weeds"} <= codes
    definition = client.get_service_definition("every")
    attributes = definition["attributes"] if form == "json" else definition["attributes"]["attribute"]
    assert [one["code"] for one in attributes][:2] == ["string", "number"]
    found = client.get_service_requests(start_date="2026-11-01T00:00:00Z", end_date="2026-11-30T00:00:00Z")
    assert {one["service_request_id"] for one in found} == set(numbers)
    one = client.get_service_request(numbers[1])
    assert one["service_request_id"] == numbers[1]
    both = client.get_service_requests(service_request_id=",".join(numbers), status="closed")
    assert len(both) == 2


@pytest.mark.parametrize("form", ["json", "xml"])
def test_the_georeport_package_is_told_of_errors_by_status(straight: Endpoint, form: str) -> None:
    client = GeoReport(BASE, output_format=form)
    with pytest.raises(requests.HTTPError, match="404"):
        client.get_service_request("26-000009-9")


def fixmystreet(endpoint: Endpoint, path: str, **sent: Any) -> Any:
    """POSTs as FixMyStreet does: form-encoded, with its key and the jurisdiction in the body."""
    given = {"api_key": endpoint.key, "jurisdiction_id": "almendra", **sent}
    return endpoint.client.post(V2 + path, given)


def test_a_report_of_fixmystreet_is_taken_whole(endpoint: Endpoint) -> None:
    lon, lat = at(350, 700)
    answer = fixmystreet(
        endpoint, "requests.xml", service_code="pothole", lat=lat, long=lon, email="rosa@example.org",
        first_name="Rosa", last_name="Invented", phone="",
        description="title: Hole\n\ndetail: Deep & wide\n\nurl: https://fms.example/1\n\nSubmitted via FixMyStreet\n",
        media_url=["https://fms.example/1.jpeg", "https://fms.example/2.jpeg"],
    )  # fmt: skip
    assert 200 <= answer.status_code < 300
    root = fromstring(answer.content)
    number = root.findtext("request/service_request_id")
    request = ServiceRequest.objects.get(service_request_id=number)
    assert request.media_links.count() == 2
    assert "Deep & wide" in request.description


def test_its_errors_are_code_and_description_in_the_roots_it_knows(endpoint: Endpoint) -> None:
    answer = fixmystreet(endpoint, "requests.xml", service_code="pothole")
    root = fromstring(answer.content)
    assert root.tag == "errors"
    (error,) = root.findall("error")
    assert error.findtext("code") == "400"
    assert "Say where" in error.findtext("description")
    assert endpoint.xml("services").tag == "services"
    assert endpoint.xml("requests").tag == "service_requests"
    assert endpoint.xml("servicerequestupdates").tag == "service_request_updates"


def test_it_asks_for_updates_with_its_key_and_sends_comments(endpoint: Endpoint) -> None:
    request = endpoint.sent()
    close(endpoint, str(request), endpoint.now)
    root = endpoint.xml("servicerequestupdates", api_key=endpoint.key, jurisdiction_id="almendra",
                        start_date="2026-11-16T00:00:00Z", end_date="2026-11-17T00:00:00Z")  # fmt: skip
    assert [one.findtext("status") for one in root.findall("request_update")] == ["OPEN", "FIXED"]
    other = endpoint.sent()
    answer = update(endpoint, other, update_id=None, update_id_ext="4711", public_anonymity_required="TRUE")
    assert answer.status_code == 201


def test_a_base_address_to_which_it_joins_names_directly_works(endpoint: Endpoint) -> None:
    base = endpoint.client.get("/open311/discovery.json").json()["endpoints"][0]["url"]
    assert endpoint.client.get(urlsplit(base).path + "services.xml").status_code == 200
