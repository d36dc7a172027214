"""What a resident reads of why it went there: one sentence, of what the reader may know and no more."""

from typing import Any

import pytest
from django.test import Client

from geoserver_app import flow
from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.route.plain import because
from geoserver_app.route.versions import activate
from tests import life
from tests.route.city import TREES
from tests.rulebook.conftest import NOW, WEST, Office

pytestmark = pytest.mark.django_db


def told(request: ServiceRequest, language: str = "en", *, own: bool = False) -> str:
    return because(ServiceRequest.objects.select_related("service").get(pk=request.pk), language, own=own)


def in_wires(office: Office) -> ServiceRequest:
    return office.report("tree", 230, 530, answers={"where": "wires"})


def test_a_tree_says_where_it_stands(office: Office) -> None:
    request = office.report("tree", 500, 505)
    assert told(request) == "This went to Forestry because the tree stands between sidewalk and street."
    assert told(request, "es") == "Esto le tocó a forestry (es) porque el árbol está entre la banqueta y la calle."


def test_what_happened_goes_before_where(office: Office) -> None:
    assert told(in_wires(office)) == "This went to Utilities because it touches wires."


def test_the_table_says_that_it_is_the_department_s_work(office: Office) -> None:
    assert told(office.report()) == "This went to Streets because that department takes care of such reports (Pothole)."


def test_the_ground_under_a_place_that_is_shown_roughly_is_not_told(office: Office) -> None:
    request = office.report("tree", 500, 505)
    Service.objects.filter(code="tree").update(privacy="block_face")
    assert told(request) == "This went to Forestry because that is the city's rule for such cases."
    assert "between sidewalk and street" in told(request, own=True)


def test_a_private_answer_is_not_told_nor_the_ground_that_it_gave_away(office: Office) -> None:
    wires, yard = in_wires(office), office.report("tree", 230, 530, answers={"where": "yard"})
    ServiceAttribute.objects.filter(code="where").update(private=True)
    assert "that is the city's rule" in told(wires)
    assert "that is the city's rule" in told(yard)
    assert "it touches wires" in told(wires, own=True)
    assert "on private ground" in told(yard, own=True)


def test_an_area_is_told_only_where_the_public_row_names_it(office: Office) -> None:
    activate(office.draft(*TREES, WEST), at=NOW)
    request = office.report()
    public = set(ServiceRequest.objects.get(pk=request.pk).public_area_ids or ())
    assert office.city.squared.area("beat:1") in public
    assert told(request).startswith("This went to Safety because the place lies in ")
    ServiceRequest.objects.filter(pk=request.pk).update(public_area_ids=[])
    assert "that is the city's rule" in told(request)


def test_what_a_person_decided_has_no_reason(office: Office) -> None:
    request, waste = office.report(), office.city.posts["waste"]
    rights = office.city.hall.rights("dispatcher", NOW)
    flow.hand_on(request.pk, waste.department, post=waste, by=rights, at=NOW, reason="Ours")
    assert told(request) == ""
    assert told(office.report(x=2000)) == ""  # outside the city: triage looks at it


def test_the_page_tells_it_while_somebody_has_it(office: Office, settings: Any) -> None:
    settings.DEFAULT_JURISDICTION = "almendra"
    request = office.report(when=life.MONDAY)
    page = Client().get(f"/requests/{request.service_request_id}/").content.decode()
    assert "This went to Streets because" in page
    page = Client().get(f"/requests/{request.service_request_id}/?lang=es").content.decode()
    assert "Esto le tocó a" in page
    ServiceRequest.objects.filter(pk=request.pk).update(state="triage")
    assert "This went to" not in Client().get(f"/requests/{request.service_request_id}/?lang=en").content.decode()
