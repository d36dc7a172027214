"""The register of repeat places, through its pages: what counts, where, for whom."""

import csv
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import Incident
from layers.models import Kind
from tests import factories
from tests.analyse.conftest import Ground
from tests.link.squared import line, square


def listed(page: str) -> list[tuple[int, str]]:
    """(incidents, name) of every place on a page, from top to bottom."""
    found = re.findall(r'repeat-count [^>]*>(\d+)</strong>.*?class="row-link"[^>]*>([^<]*)<', page, re.DOTALL)
    return [(int(number), name) for number, name in found]


def test_a_lot_with_three_incidents_is_listed_and_one_with_two_is_not(ground: Ground) -> None:
    ground.happened(3, parcel="210")
    ground.happened(2, parcel="230")
    assert listed(ground.register()) == [(3, "1200 Main St")]
    assert listed(ground.register(incidents=2)) == [(3, "1200 Main St"), (2, "1220 Main St")]


def test_all_reports_of_an_incident_count_once(ground: Ground) -> None:
    first = ground.happened(2, parcel="210")[0]
    ground.happened(5, parcel="210", incident=first.incident, leads=False)
    assert listed(ground.register(incidents=2)) == [(2, "1200 Main St")]
    assert listed(ground.register()) == []


def test_an_incident_counts_where_it_was_reported_first(ground: Ground) -> None:
    """Thirty people press beside one hole: it is no hole in front of every house."""
    pothole = Incident.objects.create(jurisdiction=ground.town.jurisdiction, created_at=timezone.now())
    ground.happened(1, segment="m1", incident=pothole)
    ground.happened(4, parcel="210", incident=pothole, leads=False)
    ground.happened(1, segment="m1")
    ground.happened(1, parcel="210")
    assert listed(ground.register(incidents=2)) == [(2, "Main St, 101 to 197")]


def test_what_lies_on_no_lot_counts_for_the_block(ground: Ground) -> None:
    ground.happened(3, segment="m2")
    ground.happened(3, parcel="210", segment="m1")
    assert listed(ground.register(place="segment")) == [(3, "Main St, 201 to 297")]
    assert listed(ground.register(place="parcel")) == [(3, "1200 Main St")]


def test_a_thing_that_was_pressed_is_a_place_of_its_own(ground: Ground) -> None:
    ground.happened(3, asset="L-utility", segment="m1")
    names = [name for _number, name in listed(ground.register())]
    assert names == ["Asset:Street_Light L-utility", "Main St, 101 to 197"]


@pytest.mark.parametrize("number", ["ROAD", "---", "000-000"])
def test_a_street_under_a_placeholder_is_no_place(ground: Ground, number: str) -> None:
    kind = ground.paper.kinds["parcel"]
    factories.parcel(kind, number, square(900, 600, 950, 650), situs_address="")
    ground.happened(4, parcel=number, segment="m2")
    assert listed(ground.register()) == [(4, "Main St, 201 to 297")]


def test_a_street_that_is_numbered_like_a_lot_is_no_place(ground: Ground) -> None:
    factories.parcel(ground.paper.kinds["parcel"], "77-12", square(0, 490, 500, 510), situs_address="1 Main St")
    ground.happened(4, parcel="77-12", segment="m1")
    assert listed(ground.register()) == [(4, "Main St, 101 to 197")]


def test_a_piece_of_the_right_of_way_without_an_address_is_no_place(ground: Ground) -> None:
    factories.parcel(ground.paper.kinds["parcel"], "77-13", square(690, 100, 700, 120), situs_address="")
    ground.happened(4, parcel="77-13", segment="hw")
    assert listed(ground.register()) == [(4, "Highway 1")]


def test_land_with_a_lane_through_it_stays_a_place(ground: Ground) -> None:
    """A mobile-home park of 200 m by 200 m with a named lane is where people live."""
    lanes = Kind.objects.get(jurisdiction=ground.town.jurisdiction, code="centerline")
    factories.parcel(ground.paper.kinds["parcel"], "88-1", square(300, 600, 500, 800), situs_address="9 Palm Ln")
    factories.street(lanes, "lane", line((300, 700), (500, 700)), "Palm Ln", street_name="PALM")
    ground.happened(3, parcel="88-1")
    assert listed(ground.register()) == [(3, "9 Palm Ln")]


def test_a_condominium_is_one_place_and_says_how_many_units(ground: Ground) -> None:
    ground.happened(2, parcel="250")
    ground.happened(1, parcel="250-2")
    page = ground.register()
    assert listed(page) == [(3, "1240 Main St")]
    assert "2 units on this ground" in page


def test_only_the_days_that_were_asked_for_count(ground: Ground) -> None:
    ground.happened(3, parcel="210")
    assert listed(ground.register(days=4)) == [(3, "1200 Main St")]
    assert listed(ground.register(days=2, incidents=2)) == []
    long_ago = (timezone.now() - timedelta(days=400)).date().isoformat()
    assert listed(ground.register(requested_to=long_ago)) == []


def test_withdrawn_reports_and_questions_are_no_incidents(ground: Ground) -> None:
    question = Service.objects.create(
        jurisdiction=ground.town.jurisdiction, group=ground.town.pothole.group, code="permit", name="Permit?",
        kind="information", department=ground.town.works,
    )  # fmt: skip
    ground.happened(2, parcel="210")
    ground.happened(3, parcel="210", state="cancelled")
    ground.happened(3, parcel="210", service=question)
    assert listed(ground.register(incidents=2)) == [(2, "1200 Main St")]


def test_filters_by_service_and_area(ground: Ground) -> None:
    ground.happened(3, parcel="210", area_ids=[ground.paper.area("beat:1")])
    ground.happened(3, parcel="230", service=ground.town.driveway)
    assert listed(ground.register(service_code="pothole")) == [(3, "1200 Main St")]
    assert listed(ground.register(area="beat:1")) == [(3, "1200 Main St")]
    assert len(listed(ground.register(group="streets"))) == 2


def test_everybody_sees_the_places_of_their_own_requests_only(ground: Ground) -> None:
    ground.happened(3, parcel="210", department=ground.town.works)
    ground.happened(3, parcel="230", department=ground.town.parking, service=ground.town.driveway)
    assert listed(ground.register("liaison")) == [(3, "1200 Main St")]
    assert listed(ground.register("warden")) == [(3, "1220 Main St")]
    assert listed(ground.register("deputy")) == []
    assert len(listed(ground.register("planner"))) == 2


def test_sensitive_reports_count_for_those_alone_who_may_see_them(ground: Ground) -> None:
    ground.happened(3, parcel="210", service=ground.town.tip)
    assert listed(ground.register("planner")) == listed(ground.register("dispatcher")) == []
    page = ground.register("trusted")
    assert listed(page) == [(3, "1200 Main St")] and "Drug house tip" in page
    place = f"/console/repeat/parcel/{ground.paper.parcel('210')}/"
    assert ground.client("dispatcher").get(place).status_code == 404
    assert ground.client("trusted").get(place).status_code == 200


def test_a_place_shows_its_incidents_each_with_its_reports(ground: Ground) -> None:
    first, second = ground.happened(2, parcel="210")
    again = ground.happened(1, parcel="230", incident=first.incident, leads=False)[0]
    page = ground.get("planner", f"/console/repeat/parcel/{ground.paper.parcel('210')}/?incidents=2")
    shown = re.findall(r'<tr class="row" data-number="([^"]+)"', page)
    assert shown == [first.service_request_id, second.service_request_id]
    assert "1 more report:" in page and again.service_request_id in page


def test_the_file_has_every_place_and_no_formula(ground: Ground) -> None:
    kind = ground.paper.kinds["parcel"]
    factories.parcel(kind, "99-1", square(900, 300, 920, 320), situs_address="=1+1")
    ground.happened(4, parcel="99-1")
    ground.happened(3, parcel="250")
    answer = ground.client("planner").get("/console/repeat.csv")
    rows = list(csv.DictReader(answer.content.decode().splitlines()))
    assert [(row["kind"], row["code"], row["incidents"], row["units"]) for row in rows] == [
        ("parcel", "99-1", "4", "1"), ("parcel", "250", "3", "2"),
    ]  # fmt: skip
    assert rows[0]["place"] == "'=1+1" and rows[1]["services"] == "Pothole 3"
    assert ground.client("council").get("/console/repeat.csv").status_code == 403


@pytest.mark.parametrize("asked", ["incidents=1", "days=x", "requested_to=2026-02-31", "page=0", "incidents=٣"])
def test_a_question_that_makes_no_sense_is_answered_with_a_sentence(ground: Ground, asked: str) -> None:
    answer = ground.client("planner").get(f"/console/repeat/?{asked}")
    assert answer.status_code == 400 and asked.partition("=")[0] in answer.content.decode()


def test_the_register_speaks_spanish(ground: Ground) -> None:
    ground.happened(3, parcel="210")
    page = ground.register(lang="es")
    assert "Lugares repetidos" in page and "<strong>1 lugar</strong> con 3 incidentes o más" in page
