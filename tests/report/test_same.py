"""Is it one of these? Asked once before sending, of the public row alone; who adds oneself loses nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from geoserver_app import flow_incidents
from geoserver_app.catalog.models import Service
from geoserver_app.duplicates import notices_written
from geoserver_app.intake.models import Answer, Reporter, ServiceRequest
from tests.link.squared import at as spot
from tests.report.conftest import Hall

NEAR = spot(404, 500)
ANOTHER_KEY = "fedcba9876543210fedcba9876543210"
A_THIRD_KEY = "ffffffffffffffff0000000000000000"


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


@pytest.fixture
def merged(hall: Hall, known: ServiceRequest) -> tuple[ServiceRequest, ServiceRequest]:
    """(what is offered, what it was merged into meanwhile)."""
    hall.post(key=ANOTHER_KEY, **place(NEAR), same="none")
    _first, kept = hall.stored()
    flow_incidents.merge(kept.pk, known.pk, by=hall.life.rights("dispatcher"))
    return known, kept


def page_after(hall: Hall, answer: Any) -> str:
    assert answer.status_code == 303, text(answer)
    return text(hall.client.get(answer["Location"]))


def test_who_chose_what_was_merged_meanwhile_follows_the_other_and_is_told(
    hall: Hall, merged: tuple[ServiceRequest, ServiceRequest]
) -> None:
    offered, kept = merged
    told = page_after(hall, hall.post(key=A_THIRD_KEY, **place(NEAR), same=offered.service_request_id))
    assert f"{offered} was put together with {kept} meanwhile: this report was added to that one." in told
    assert hall.stored()[-1].incident_id == kept.incident_id and not hall.stored()[-1].leads


def test_what_was_merged_into_something_that_is_not_public_is_not_followed_and_not_named(
    hall: Hall, merged: tuple[ServiceRequest, ServiceRequest]
) -> None:
    offered, kept = merged
    ServiceRequest.objects.filter(pk=kept.pk).update(is_public=False, public_geom=None, public_address="")
    told = page_after(hall, hall.post(key=A_THIRD_KEY, **place(NEAR), same=offered.service_request_id))
    assert "so this report stands by itself" in told and str(kept) not in told
    assert hall.stored()[-1].leads


@pytest.mark.parametrize(
    "became", [{"state": "closed"}, {"state": "cancelled"}, {"is_public": False, "public_geom": None}]
)
def test_who_chose_what_is_not_open_any_more_is_told_once_before_sending(
    hall: Hall, known: ServiceRequest, became: dict[str, Any]
) -> None:
    closed = {"closed_at": known.received_at} if "state" in became else {"public_address": ""}
    ServiceRequest.objects.filter(pk=known.pk).update(**became, **closed)
    mine = {"key": ANOTHER_KEY, **place(NEAR), "description": "Deep one"}
    answer = hall.post(**mine, same=known.service_request_id)
    assert answer.status_code == 422 and len(hall.stored()) == 1
    assert f"{known} was closed meanwhile." in text(answer) and "Deep one" in text(answer)
    assert f'value="{known}"' not in text(answer)
    assert hall.post(**mine).status_code == 303
    assert hall.stored()[-1].leads


def test_a_number_that_never_was_is_answered_like_one_that_is_not_public(hall: Hall, known: ServiceRequest) -> None:
    answer = hall.post(key=ANOTHER_KEY, **place(NEAR), same="26-999999-9")
    assert answer.status_code == 422 and "26-999999-9 was closed meanwhile." in text(answer)


def test_a_known_problem_and_a_duplicate_are_asked_in_one_step(hall: Hall, known: ServiceRequest) -> None:
    now = timezone.now()
    words = notices_written.Wording({"en": "Storm, we know.", "es": "Tormenta, ya sabemos."}, now + timedelta(days=1))
    notice = notices_written.place(
        hall.life.jurisdiction, [known.service], words, by=hall.life.people["dispatcher"].pk, at=now, begins_at=now
    )
    mine = {"key": ANOTHER_KEY, **place(NEAR)}
    answer = text(hall.post(**mine))
    for said in ("Storm, we know.", "Say whether it is one of these"):
        assert said in answer
    assert len(hall.stored()) == 1
    sent = hall.post(**mine, same="none", known_kept=f"anyway:{notice.pk}:different")
    assert sent.status_code == 303 and len(hall.stored()) == 2


def test_nothing_is_the_same_at_the_other_end_of_the_world(hall: Hall, known: ServiceRequest) -> None:
    for lon, lat in ((150, 0.04), (-29.7, 0)):
        for path in ("/report/same?service=pothole", "/report/here?x=1", "/report/?service=pothole", "/here?x=1"):
            answer = hall.client.get(f"{path}&lon={lon}&lat={lat}")
            assert answer.status_code == 200, path
