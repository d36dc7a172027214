"""The desk of duplicates and the reports of one thing on a request's page; who may decide, and who may not."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from geoserver_app.catalog.models import Service
from geoserver_app.duplicates.models import Difference, Joining
from geoserver_app.intake.models import ServiceRequest
from tests.console.conftest import Hall

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def two(hall: Hall) -> tuple[ServiceRequest, ServiceRequest]:
    """Two potholes, five minutes and no metre apart, with the streets department."""
    Service.objects.filter(code="pothole").update(duplicate_radius_m=30, duplicate_days=45)
    now = timezone.now()
    common = {"state": "assigned", "department": hall.town.works}
    first = hall.town.request(at=now - timedelta(hours=2), description="Deep pothole by the school", **common)
    second = hall.town.request(at=now - timedelta(hours=1), description="pothole near the school, deep", **common)
    return first, second


def test_a_dispatcher_finds_the_pair_and_merges_it(hall: Hall, two: tuple[ServiceRequest, ServiceRequest]) -> None:
    first, second = two
    page = text(hall.client("dispatcher").get("/console/same/"))
    assert first.service_request_id in page and second.service_request_id in page and "at the same spot" in page
    done = hall.client("dispatcher").post(
        "/console/same/",
        {"keep": first.service_request_id, "other": second.service_request_id, "do": "merge", "score": "91"},
    )
    assert done.status_code == 303
    second.refresh_from_db()
    assert (second.incident_id, second.leads, Joining.objects.get().score) == (first.incident_id, False, 91)
    assert second.service_request_id not in text(hall.client("dispatcher").get("/console/same/")).partition("<ol")[2]


def test_what_is_not_the_same_is_not_asked_again(hall: Hall, two: tuple[ServiceRequest, ServiceRequest]) -> None:
    first, second = two
    client = hall.client("dispatcher")
    client.post(
        "/console/same/", {"keep": first.service_request_id, "other": second.service_request_id, "do": "differ"}
    )
    assert Difference.objects.count() == 1
    assert "Nothing that is open" in text(client.get("/console/same/"))


def test_the_liaison_of_another_department_sees_and_merges_nothing(
    hall: Hall, two: tuple[ServiceRequest, ServiceRequest]
) -> None:
    first, second = two
    page = text(hall.client("warden").get("/console/same/"))
    assert first.service_request_id not in page
    answer = hall.client("warden").post(
        "/console/same/", {"keep": first.service_request_id, "other": second.service_request_id, "do": "merge"}
    )
    assert answer.status_code == 404
    assert not Joining.objects.exists()
    assert hall.client("council").get("/console/same/").status_code == 403


def test_a_page_takes_its_report_out_again(hall: Hall, two: tuple[ServiceRequest, ServiceRequest]) -> None:
    first, second = two
    client = hall.client("dispatcher")
    address = f"/console/requests/{second.service_request_id}/same/"
    assert client.post(address, {"do": "merge", "number": first.service_request_id}).status_code == 303
    page = text(client.get(f"/console/requests/{first.service_request_id}/"))
    assert second.service_request_id in page and "2 people reported it." in page
    follower = text(client.get(f"/console/requests/{second.service_request_id}/"))
    assert f"This is one more report of {first.service_request_id}" in follower
    assert client.post(address, {"do": "take_out"}).status_code == 303
    second.refresh_from_db()
    assert second.leads


def test_work_on_a_report_that_follows_is_refused_with_a_sentence(
    hall: Hall, two: tuple[ServiceRequest, ServiceRequest]
) -> None:
    first, second = two
    client = hall.client("dispatcher")
    client.post(f"/console/requests/{second.service_request_id}/same/", {"do": "merge", "number": str(first)})
    answer = client.post(f"/console/requests/{second.service_request_id}/act/accept/", {"seen": ""})
    assert "one more report of" in text(answer)
    second.refresh_from_db()
    assert second.state == "assigned"


def test_the_desk_speaks_spanish(hall: Hall, two: tuple[ServiceRequest, ServiceRequest]) -> None:
    page = text(hall.client("dispatcher").get("/console/same/", headers={"accept-language": "es"}))
    assert "¿El mismo problema?" in page and "en el mismo lugar" in page
