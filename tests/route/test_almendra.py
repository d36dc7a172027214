"""The invented city's rules, in the town on squared paper: more than twenty-five of them hang on the place."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point

from geoserver_app.catalog.loading import load_services
from geoserver_app.catalog.models import Service
from geoserver_app.link.one import link
from geoserver_app.link.subject import subject_at
from geoserver_app.org.calendar import calendar_of
from geoserver_app.org.loading import load_departments, load_office
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.org.records import Faults
from geoserver_app.route.decide import Routing, decide
from geoserver_app.route.facts import facts_of
from geoserver_app.route.loading import load_rules
from geoserver_app.route.models import RuleSet
from geoserver_app.route.versions import activate
from layers.models import Jurisdiction
from tests import factories, life
from tests.kept import built
from tests.link.squared import TODAY, Squared, at, square, town

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "almendra"
BEATS = ("11", "12", "13", "21", "22", "31", "32", "33", "41", "42")
# Conditions that a rule can only have because of where the place is.
OF_PLACE = {
    "areas",
    "lies_on",
    "not_on",
    "asset_kinds",
    "asset_owners",
    "parcel_owner_classes",
    "land_uses",
    "evidence",
}


@pytest.fixture(scope="module")
def _almendra(django_db_setup: None, django_db_blocker: Any) -> Iterator[Squared]:
    with built(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def almendra(_almendra: Squared, db: None) -> Squared:
    """Almendra's offices, services and rules, in the town on squared paper."""
    return copy.deepcopy(_almendra)


def build() -> Squared:
    squared = town()
    place, faults = squared.jurisdiction, Faults()
    load_office(FOLDER, place, faults)
    place = squared.jurisdiction = Jurisdiction.objects.get(pk=place.pk)
    load_departments(FOLDER, place, faults)
    load_services(FOLDER, place, faults, on=TODAY)
    faults.refuse()
    _what_the_rules_name(squared)
    activate(load_rules(FOLDER / "rules.yaml", place, at=life.MONDAY).rule_set, at=life.MONDAY)
    return squared


def _what_the_rules_name(squared: Squared) -> None:
    for code in BEATS:
        factories.area(squared.kinds["beat"], code, square(5000, 5000, 5010, 5010))
    factories.area(squared.kinds["neighborhood"], "N01", square(5000, 5000, 5010, 5010))
    lot = {"owner_class": "utility", "land_use": "Railroad"}
    factories.parcel(squared.kinds["parcel"], "rail", square(400, 510, 440, 550), **lot)
    factories.parcel(squared.kinds["parcel"], "county", square(440, 510, 480, 550), owner_class="county")
    signals = factories.kind(squared.jurisdiction, "asset:signal", "asset", "any")
    factories.asset(signals, "S-state", Point(*at(700, 485), srid=4326), owner_class="state")


def route(squared: Squared, code: str, x: float, y: float, **asked: Any) -> Routing:
    service = Service.objects.select_related("jurisdiction").get(code=code)
    answers = asked.pop("answers", {})
    moment = asked.pop("at", life.MONDAY)
    lon, lat = at(x, y)
    subject = subject_at(service, lon, lat, at=moment, answers=answers, **{"place_method": "address", **asked})
    facts = facts_of(
        service, link(subject), at=moment, channel="web", language="es", answers=answers,
        calendar=calendar_of(service.jurisdiction),
    )  # fmt: skip
    return decide(facts, jurisdiction_id=service.jurisdiction_id)


def department(routing: Routing) -> str:
    return Department.objects.get(pk=routing.department_id).code


def agency(routing: Routing) -> str | None:
    return Agency.objects.get(pk=routing.agency_id).code if routing.agency_id else None


def test_twenty_five_exceptions_hang_on_the_place(almendra: Squared) -> None:
    rules = RuleSet.objects.get(state="active").rules.all()
    assert len([rule for rule in rules if OF_PLACE & rule.condition.keys()]) >= 25


@pytest.mark.parametrize(
    ("where", "x", "y", "expected"),
    [
        ("yard", 230, 530, "code_enforcement"),
        ("strip", 230, 505, "urban_forestry"),
        ("wires", 230, 505, "public_utilities"),
        ("fallen", 230, 505, "solid_waste"),
        ("park", 150, 560, "parks_recreation"),
    ],
)
def test_whose_job_is_a_tree(almendra: Squared, where: str, x: float, y: float, expected: str) -> None:
    assert department(route(almendra, "tree", x, y, answers={"where": where})) == expected


@pytest.mark.parametrize(
    ("service", "x", "y", "expected", "referred"),
    [
        ("pothole", 400, 500, "public_works", None),
        ("pothole", 230, 530, "code_enforcement", None),
        ("pothole", 150, 560, "parks_recreation", None),
        ("pothole", 150, 440, "public_works", "school_district"),
        ("pothole", 700, 200, "public_works", "state_highways"),
        ("graffiti", 420, 530, "public_works", "railroad"),
        ("graffiti", 230, 530, "code_enforcement", None),
        ("illegal_dumping", 850, 750, "public_utilities", "irrigation_district"),
        ("illegal_dumping", 420, 530, "solid_waste", "railroad"),
        ("dead_animal", 700, 200, "solid_waste", "state_highways"),
        ("weeds", 300, 500, "public_works", None),
        ("weeds", 230, 530, "code_enforcement", None),
        ("tree", 230, 547, "public_utilities", None),
        ("abandoned_vehicle", 700, 200, "public_safety", "county_sheriff"),
        ("street_flooding", 700, 200, "public_utilities", "state_highways"),
        ("encampment", 420, 530, "city_manager", "railroad"),
    ],
)
def test_the_same_report_in_another_place_is_another_desks(
    almendra: Squared, service: str, x: float, y: float, expected: str, referred: str | None
) -> None:
    routing = route(almendra, service, x, y)
    assert (department(routing), agency(routing)) == (expected, referred)


def test_a_blocked_driveway_is_told_to_the_parking_manager_and_the_dispatch_officer(almendra: Squared) -> None:
    routing = route(almendra, "blocked_driveway", 230, 505)
    posts = Post.objects.in_bulk([routing.post_id, *routing.copies])
    assert [posts[pk].code for pk in (routing.post_id, *routing.copies)] == ["parking_manager", "dispatch"]
    assert routing.priority == "high"
    assert route(almendra, "blocked_driveway", 230, 505, at=life.local("2026-11-20 10:00")).priority == "urgent"


def test_a_light_of_the_power_company_is_referred_to_it(almendra: Squared) -> None:
    tapped = almendra.asset("L-utility")
    assert agency(route(almendra, "street_light", 400, 509, asset_id=tapped, place_method="asset")) == "power_company"


def test_every_service_has_a_desk(almendra: Squared) -> None:
    for service in Service.objects.select_related("jurisdiction"):
        assert route(almendra, service.code, 400, 300).department_id is not None
