"""Correcting a place and changing a service, each on a page of its own."""

import pytest

from geoserver_app.catalog.models import ServiceAttribute
from geoserver_app.intake.models import Answer, ServiceRequest
from tests.console.conftest import Hall, address
from tests.link import squared


def fresh(request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=request.pk)


def test_the_place_is_moved_and_linked_anew(hall: Hall) -> None:
    assert hall.paper
    request = hall.request(place=(250, 500))
    lon, lat = squared.at(400, 500)
    sent = {"lon": lon, "lat": lat, "method": "pin", "address_text": "300 Main St", "note": "Seen by the crew"}
    answer = hall.client("liaison").post(f"{address(request)}place/", sent)
    assert answer.status_code == 303
    moved = fresh(request)
    assert moved.geom is not None and moved.geom.coords == pytest.approx((lon, lat))
    assert moved.address_text == "300 Main St" and hall.paper.area("beat:2") in moved.area_ids
    assert "Moved to" in hall.get("dispatcher", address(request))


def test_an_exact_spot_is_exact(hall: Hall) -> None:
    assert hall.paper
    request = hall.request(place=(250, 500))
    lon, lat = squared.at(400, 500)
    hall.client("liaison").post(f"{address(request)}place/", {"lon": lon, "lat": lat, "method": "pin", "exact": "on"})
    assert fresh(request).accuracy_m == 0


@pytest.mark.parametrize("sent", [{"lon": "", "lat": "36"}, {"lon": "200", "lat": "36"}, {"lon": "west", "lat": "x"}])
def test_what_is_no_place_is_refused_with_the_form(hall: Hall, sent: dict[str, str]) -> None:
    request = hall.request()
    answer = hall.client("liaison").post(f"{address(request)}place/", {**sent, "method": "pin"})
    assert answer.status_code == 400 and 'id="place-form"' in answer.content.decode()


def test_a_press_on_the_picture_proposes_a_place(hall: Hall) -> None:
    request = hall.request()
    query = "bbox=-119.73,35.99,-119.71,36.01&size=640x420&at.x=320&at.y=210"
    page = hall.get("liaison", f"{address(request)}place/?{query}")
    assert "Nothing is changed until you move the request there." in page and 'value="-119.720000"' in page


def test_who_may_not_correct_is_refused(hall: Hall) -> None:
    request = hall.request()
    assert hall.client("council").get(f"{address(request)}place/").status_code == 403
    assert hall.client("council").post(f"{address(request)}service/", {"service_code": "pothole"}).status_code == 403
    assert hall.client("warden").get(f"{address(request)}place/").status_code == 404


def test_a_service_is_found_by_its_name(hall: Hall) -> None:
    request = hall.request()
    page = hall.get("liaison", f"{address(request)}service/?q=blocked+driveway")
    assert "?service_code=blocked-driveway" in page


def asked(hall: Hall) -> ServiceAttribute:
    values = [{"key": "car", "en": "A car", "es": "Un carro"}, {"key": "truck", "en": "A truck", "es": "Un camión"}]
    return ServiceAttribute.objects.create(
        service=hall.town.driveway, code="vehicle", position=1, datatype="singlevaluelist", required=True,
        question={"en": "What stands there?", "es": "¿Qué hay?"}, values=values,
    )  # fmt: skip


def test_the_service_is_changed_with_the_answers_of_its_form(hall: Hall) -> None:
    assert hall.paper and asked(hall)
    request = hall.request(place=(250, 500))
    page = f"{address(request)}service/"
    assert "What stands there?" in hall.get("dispatcher", f"{page}?service_code=blocked-driveway")
    sent = {"service_code": "blocked-driveway", "answer-vehicle": "truck"}
    assert hall.client("dispatcher").post(page, sent).status_code == 303
    assert fresh(request).service == hall.town.driveway
    assert Answer.objects.get(request=request).value == "truck"
    assert "A truck" in hall.get("dispatcher", address(request))


def test_a_required_answer_is_asked_for(hall: Hall) -> None:
    asked(hall)
    request = hall.request()
    answer = hall.client("dispatcher").post(f"{address(request)}service/", {"service_code": "blocked-driveway"})
    assert answer.status_code == 400 and "Please answer this question." in answer.content.decode()
    assert fresh(request).service == hall.town.pothole


def test_a_service_that_is_not_there_is_not_found(hall: Hall) -> None:
    page = f"{address(hall.request())}service/"
    assert hall.client("dispatcher").post(page, {"service_code": "moon-landing"}).status_code == 404
