"""Trap 6: the gate runs on every path. A report by Open311 becomes what the same report on the web becomes."""

from typing import Any

import pytest
from django.forms.models import model_to_dict

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.link.models import Membership
from geoserver_app.route.models import Decision
from tests.link.squared import at
from tests.open311.conftest import Endpoint

# Numbers, moments, and what says by which door it came.
APART = {"id", "service_request_id", "access_code", "idempotency_key", "incident", "channel", "received_at"}
PLACES = {
    "in beat 1": (350, 700), "on the border of two beats": (500, 700), "in the gap of the beats": (350, 950),
    "in two council districts": (500, 300), "on a lot": (210, 530), "on the street": (400, 500), "outside": (3000, 500),
}  # fmt: skip


def on_the_web(endpoint: Endpoint, x: float, y: float) -> ServiceRequest:
    lon, lat = at(x, y)
    before = ServiceRequest.objects.count()
    form = {"key": "0" * 32, "service": "weeds", "lon": str(lon), "lat": str(lat), "do": "send", "description": "High"}
    answer = endpoint.client.post("/report/", form)
    assert answer.status_code == 303, answer.content.decode()[:2000]
    assert ServiceRequest.objects.count() == before + 1
    return ServiceRequest.objects.latest("pk")


def by_open311(endpoint: Endpoint, x: float, y: float) -> ServiceRequest:
    lon, lat = at(x, y)
    return endpoint.sent(service_code="weeds", lat=lat, long=lon, description="High")


def present(request: ServiceRequest) -> dict[str, Any]:
    columns = {name: value for name, value in model_to_dict(request).items() if name not in APART}
    moments = {name for name, value in columns.items() if hasattr(value, "tzinfo")}
    return {name: value for name, value in columns.items() if name not in moments}


@pytest.mark.parametrize("place", PLACES)
def test_the_same_report_by_both_doors_is_linked_routed_and_shown_alike(
    endpoint: Endpoint, place: str, settings: Any
) -> None:
    settings.DEFAULT_JURISDICTION = "almendra"
    web, other = on_the_web(endpoint, *PLACES[place]), by_open311(endpoint, *PLACES[place])
    assert present(other) == present(web)
    for model, columns in ((Membership, ("kind", "area", "method")), (Decision, ("post", "winner"))):
        rows = [
            list(model.objects.filter(request=one).order_by(*columns).values_list(*columns)) for one in (web, other)
        ]
        assert rows[0] == rows[1]
    reviews = [set(one.reviews.values_list("stage", "reason")) for one in (web, other)]
    assert reviews[0] == reviews[1]
