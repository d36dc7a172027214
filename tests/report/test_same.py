"""Is it one of these? Asked once before sending, of the public row alone; who adds oneself loses nothing."""

from typing import Any

import pytest

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import Answer, Reporter, ServiceRequest
from tests.link.squared import at as spot
from tests.report.conftest import Hall

NEAR = spot(404, 500)
ANOTHER_KEY = "fedcba9876543210fedcba9876543210"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def place(at: tuple[float, float]) -> dict[str, str]:
    return {"lon": str(at[0]), "lat": str(at[1])}


@pytest.fixture
def known(hall: Hall) -> ServiceRequest:
    """A pothole that somebody reported, with words that nobody released."""
    Service.objects.filter(code="pothole").update(duplicate_radius_m=30, duplicate_days=45)
    hall.post(description="My neighbor Bob digs there", name="Ana", email="ana@example.com", tell_by="email")
    (first,) = hall.stored()
    return first


def asked(hall: Hall, at: tuple[float, float] = NEAR) -> str:
    query = {"service": "pothole", **place(at), "method": "pin"}
    return text(hall.client.get("/report/same", query))


def test_what_is_known_is_told_by_its_public_row_and_no_more(hall: Hall, known: ServiceRequest) -> None:
    shown = asked(hall)
    assert known.service_request_id in shown
    for secret in ("Bob", "Ana", "ana@example.com", known.access_code):
        assert secret not in shown


def test_what_is_not_public_is_not_told(hall: Hall, known: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=known.pk).update(is_public=False, public_geom=None, public_address="")
    assert known.service_request_id not in asked(hall)


def test_what_the_public_sees_elsewhere_is_not_found_at_its_true_place(hall: Hall, known: ServiceRequest) -> None:
    far = spot(900, 900)
    ServiceRequest.objects.filter(pk=known.pk).update(public_geom=f"SRID=4326;POINT({far[0]} {far[1]})")
    assert known.service_request_id not in asked(hall)
    assert known.service_request_id in asked(hall, far)


def test_what_is_closed_is_not_offered(hall: Hall, known: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=known.pk).update(state="closed", closed_at=known.received_at)
    assert known.service_request_id not in asked(hall)


def test_without_scripts_it_is_asked_once_and_nothing_is_lost(hall: Hall, known: ServiceRequest) -> None:
    mine = {"key": ANOTHER_KEY, **place(NEAR), "description": "Deep one", "name": "Beto"}
    answer = hall.post(**mine)
    assert answer.status_code == 422 and len(hall.stored()) == 1
    for said in ("Is it one of these?", known.service_request_id, "Deep one", "Beto"):
        assert said in text(answer)
    assert hall.post(**mine, same_shown=known.service_request_id).status_code == 303
    first, second = hall.stored()
    assert first.incident_id != second.incident_id


def test_who_says_that_it_is_another_one_is_believed(hall: Hall, known: ServiceRequest) -> None:
    assert hall.post(key=ANOTHER_KEY, **place(NEAR), same="none").status_code == 303
    assert len({one.incident_id for one in hall.stored()}) == 2


def test_adding_oneself_is_one_more_report_with_its_own_number(hall: Hall, known: ServiceRequest) -> None:
    answer = hall.post(
        key=ANOTHER_KEY, **place(NEAR), same=known.service_request_id, description="Deep one", email="beto@example.com",
        tell_by="email", name="Beto",
    )  # fmt: skip
    assert answer.status_code == 303
    first, second = hall.stored()
    assert (second.incident_id, second.leads, second.description) == (first.incident_id, False, "Deep one")
    assert second.service_request_id != first.service_request_id
    assert Reporter.objects.get(request=second).email == "beto@example.com"
    told = text(hall.client.get(f"/requests/{first.service_request_id}/"))
    assert "2 people have reported this problem" in told and "Beto" not in told


def test_who_adds_oneself_need_not_answer_what_is_known(hall: Hall, known: ServiceRequest) -> None:
    service = Service.objects.get(code="pothole")
    service.attributes.create(
        code="size", position=1, datatype="string", required=True, question={"en": "How big?", "es": "¿De qué tamaño?"}
    )
    assert hall.post(key=ANOTHER_KEY, **place(NEAR), same=known.service_request_id).status_code == 303
    assert not Answer.objects.exists()


def test_a_number_that_is_not_near_joins_nothing(hall: Hall, known: ServiceRequest) -> None:
    far = spot(700, 500)
    assert hall.post(key=ANOTHER_KEY, **place(far), same=known.service_request_id).status_code == 303
    assert len({one.incident_id for one in hall.stored()}) == 2


def test_it_is_asked_in_spanish(hall: Hall, known: ServiceRequest) -> None:
    hall.client.get("/report/?lang=es")
    assert "¿Es uno de estos?" in asked(hall)


def test_nothing_is_the_same_at_the_other_end_of_the_world(hall: Hall, known: ServiceRequest) -> None:
    for lon, lat in ((150, 0.04), (-29.7, 0)):
        for path in ("/report/same?service=pothole", "/report/here?x=1", "/report/?service=pothole", "/here?x=1"):
            answer = hall.client.get(f"{path}&lon={lon}&lat={lat}")
            assert answer.status_code == 200, path
