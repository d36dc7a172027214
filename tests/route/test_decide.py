"""Who gets a request: the first exception that matches, else the table of defaults, else triage."""

from typing import Any

import pytest

from geoserver_app.org.models import Agency
from geoserver_app.route.decide import Routing, triage
from tests import life
from tests.route.city import TREES, City, rule
from tests.route.conftest import Rules


@pytest.mark.parametrize(
    ("where", "x", "y", "department"),
    [
        ("strip", 230, 505, "forestry"),
        ("yard", 230, 530, "code"),
        ("park", 150, 560, "parks"),
        ("wires", 230, 505, "utilities"),
        ("fallen", 230, 505, "waste"),
    ],
)
def test_five_trees_go_to_five_departments(
    city: City, rules: Rules, where: str, x: float, y: float, department: str
) -> None:
    rules(*TREES)
    assert city.desk(city.route("tree", x, y, answers={"where": where})) == department


@pytest.mark.parametrize(
    ("x", "y", "department"),
    [(400, 503, "forestry"), (230, 530, "code"), (150, 560, "parks"), (230, 547, "utilities"), (700, 200, "forestry")],
)
def test_without_an_answer_the_ground_decides(city: City, rules: Rules, x: float, y: float, department: str) -> None:
    rules(*TREES)
    assert city.desk(city.route("tree", x, y, place_method="address")) == department


def test_a_tapped_tree_goes_before_the_answer(city: City, rules: Rules) -> None:
    rules(*TREES)
    asset = city.squared.asset("T-city")
    routing = city.route("tree", 230, 511, place_method="asset", asset_id=asset, answers={"where": "yard"})
    assert city.desk(routing) == "forestry"


def test_a_pin_within_its_accuracy_of_the_parcel_line_goes_to_the_safe_desk_and_asks(city: City, rules: Rules) -> None:
    rules(*TREES)
    routing = city.route("tree", 230, 512)
    assert (routing.way, city.desk(routing), routing.near_line) == ("safe", "triage", True)
    assert routing.winner is None
    assert [doubt.reason for doubt in routing.reviews] == ["near_line"]
    assert routing.reviews[0].detail == {
        "doubt": ["right_of_way", "private_parcel"], "candidates": [5, 7], "rules": 1,
    }  # fmt: skip


def test_the_residents_answer_ends_the_doubt(city: City, rules: Rules) -> None:
    rules(*TREES)
    routing = city.route("tree", 230, 512, answers={"where": "yard"})
    assert (routing.way, city.desk(routing), routing.reviews) == ("rule", "code", ())


def test_doubt_that_changes_nothing_asks_nobody(city: City, rules: Rules) -> None:
    rules(
        rule("street", {"services": ["tree"], "lies_on": ["right_of_way"]}, post="forestry/desk"),
        rule("lot", {"services": ["tree"], "lies_on": ["private_parcel"]}, post="forestry/desk"),
    )
    assert city.route("tree", 230, 512).way == "rule"
    assert city.route("pothole", 230, 512).way == "default"


def test_doubt_between_an_exception_and_the_table_is_doubt_too(city: City, rules: Rules) -> None:
    rules(rule("lot", {"services": ["tree"], "lies_on": ["private_parcel"]}, post="code/desk"))
    routing = city.route("tree", 230, 512)
    assert (routing.way, routing.candidates) == ("safe", (0, 1))


def test_a_rule_for_both_sides_of_the_line_is_not_in_doubt(city: City, rules: Rules) -> None:
    rules(rule("both", {"services": ["tree"], "lies_on": ["private_parcel", "right_of_way"]}, post="parks/desk"))
    assert city.desk(city.route("tree", 230, 512)) == "parks"


def test_not_on_is_the_opposite_of_lies_on(city: City, rules: Rules) -> None:
    rules(rule("off-street", {"services": ["tree"], "not_on": ["right_of_way"]}, post="code/desk"))
    assert city.desk(city.route("tree", 230, 530)) == "code"
    assert city.desk(city.route("tree", 400, 500)) == "forestry"
    assert city.route("tree", 230, 512).way == "safe"


def test_the_first_match_wins_and_the_second_is_the_runner_up(city: City, rules: Rules) -> None:
    rules(
        rule("no", {"services": ["pothole"]}, post="parks/desk"),
        rule("one", {"groups": ["trees"]}, post="code/desk"),
        rule("two", {"services": ["tree"]}, post="waste/desk"),
    )
    routing = city.route("tree", 400, 300)
    assert (routing.winner, routing.runner_up, city.desk(routing)) == (2, 3, "code")


def test_the_table_is_split_by_the_services_deciding_kind(city: City, rules: Rules) -> None:
    defaults = [
        {"service": "weeds", "post": "code/desk", "areas": {"1": "parks/desk", "2": "waste/desk"}},
        *({"service": code, "post": "streets/desk"} for code in ("tree", "pothole", "signal")),
        *({"service": code, "post": "safety/desk"} for code in ("blocked-driveway", "drug-house")),
    ]
    rules(defaults=defaults)
    assert city.desk(city.route("weeds", 400, 300)) == "parks"
    assert city.desk(city.route("weeds", 600, 300)) == "waste"
    assert city.desk(city.route("weeds", 400, 980)) == "code"  # in the gap of the beats: the row of everywhere


def test_a_road_that_is_a_border_belongs_to_one_side_for_one_service_and_to_the_other_for_another(
    city: City, rules: Rules
) -> None:
    defaults = [
        {"service": "weeds", "post": "code/desk", "areas": {"1": "parks/desk", "2": "waste/desk"}},
        {"service": "signal", "post": "streets/desk", "areas": {"C1": "safety/desk", "C2": "utilities/desk"}},
        {"service": "tree", "post": "forestry/desk"},
        {"service": "pothole", "post": "streets/desk"},
        *({"service": code, "post": "safety/desk"} for code in ("blocked-driveway", "drug-house")),
    ]
    rules(defaults=defaults)
    # x = 510: east of the beats' border, west of where council district C1 ends.
    assert city.desk(city.route("weeds", 510, 300)) == "waste"
    assert city.desk(city.route("signal", 510, 300)) == "safety"


def test_what_a_rule_leaves_out_comes_from_the_table(city: City, rules: Rules) -> None:
    rules(
        rule("night", {"services": ["blocked-driveway"], "office": "closed"}, priority="urgent", copies=["safety/desk"])
    )
    routing = city.route("driveway", 400, 300, at=life.local("2026-11-20 12:00"))  # a Friday
    assert (routing.way, city.desk(routing), routing.priority) == ("rule", "safety", "urgent")
    assert routing.copies == (city.posts["safety"].pk,)
    assert city.route("driveway", 400, 300).way == "default"


def test_a_referral_keeps_a_department_that_watches(city: City, rules: Rules) -> None:
    rules(*TREES)
    routing = city.route("tree", 700, 200)
    assert routing.agency_id == Agency.objects.get(code="state").pk
    assert city.desk(routing) == "forestry"


def test_a_rule_can_send_to_triage_and_a_person_must_look(city: City, rules: Rules) -> None:
    rules(rule("look", {"services": ["tree"], "answers": {"trouble": ["roots"]}}, triage=True))
    routing = city.route("tree", 400, 300, answers={"trouble": ["dead", "roots"]})
    assert (routing.triage, city.desk(routing)) == (True, "triage")
    assert [doubt.reason for doubt in routing.reviews] == ["sent_to_triage"]


def test_outside_the_city_triage_decides_unless_a_rule_is_for_outside(city: City, rules: Rules) -> None:
    rules(rule("any", {"services": ["tree"]}, post="code/desk"))
    assert (city.route("tree", 1200, 300).way, city.route("tree", 1200, 300).triage) == ("outside", True)
    rules(rule("far", {"services": ["tree"], "lies_on": ["outside"]}, post="code/desk", agency="state"))
    assert city.desk(city.route("tree", 1200, 300)) == "code"
    assert city.route("tree", 400, 300).way == "default"


def test_a_request_without_a_place_is_routed_too(city: City, rules: Rules) -> None:
    rules(*TREES)
    assert city.desk(city.route("tree", None, None)) == "forestry"
    assert city.desk(city.route("tree", None, None, answers={"where": "fallen"})) == "waste"


def test_without_any_rules_it_goes_to_triage_with_a_review(city: City) -> None:
    routing = city.route("tree", 400, 300)
    assert (routing.triage, routing.department_id) == (True, None)
    assert [doubt.reason for doubt in routing.reviews] == ["no_rules"]


def test_a_service_that_no_row_knows_goes_to_triage_with_a_review(city: City, rules: Rules) -> None:
    rules(*TREES)
    new = city.hall.pothole
    new.pk, new.code = None, "new-service"
    new._state.adding = True
    new.save()
    city.services["new"] = new
    routing = city.route("new", 400, 300)
    assert (routing.way, city.desk(routing), [doubt.reason for doubt in routing.reviews]) == (
        "none", "triage", ["no_rule"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        ({"areas": ["beat:1"]}, {}, {"x": 600}),
        ({"areas": ["beat:2", "neighborhood:N1"]}, {"x": 575}, {"x": 800}),
        ({"channels": ["phone", "walk_in"]}, {"channel": "phone"}, {}),
        ({"languages": ["es"]}, {"language": "es"}, {}),
        ({"weekdays": ["monday"]}, {}, {"at": life.local("2026-11-17 09:00")}),
        ({"time": {"from": "18:00", "to": "07:00"}}, {"at": life.local("2026-11-16 23:00")}, {}),
        ({"time": {"from": "08:00", "to": "09:00"}}, {"at": life.local("2026-11-16 08:59")}, {}),
        ({"office": "closed"}, {"at": life.local("2026-11-26 10:00")}, {}),
        ({"office": "open"}, {}, {"at": life.local("2026-11-20 10:00")}),
        ({"priority": ["normal"]}, {}, {"service": "driveway"}),
        ({"parcel_owner_classes": ["school district"]}, {"x": 150, "y": 440}, {}),
        ({"land_uses": ["Vacant"]}, {"x": 290, "y": 530}, {"x": 230, "y": 530}),
        ({"answers": {"where": ["yard"]}, "services": ["tree"]}, {"answers": {"where": "yard"}}, {}),
    ],
)
def test_each_condition(
    city: City, rules: Rules, condition: dict[str, Any], yes: dict[str, Any], no: dict[str, Any]
) -> None:
    rules(rule("it", condition, post="waste/desk"))

    def asked(service: str = "tree", x: float = 400, y: float = 300, **more: Any) -> Routing:
        return city.route(service, x, y, **more)

    assert (asked(**yes).winner, asked(**no).winner) == (1, None)


def test_asset_kind_and_owner(city: City, rules: Rules) -> None:
    rules(rule("light", {"asset_kinds": ["asset:street_light"], "asset_owners": ["utility"]}, agency="state"))
    light, tree = city.squared.asset("L-utility"), city.squared.asset("T-city")
    assert city.route("signal", 400, 509, asset_id=light, place_method="asset").winner == 1
    assert city.route("signal", 230, 509, asset_id=tree, place_method="asset").winner is None


def test_where_a_stage_fails_triage_gets_it(city: City, rules: Rules) -> None:
    rules(*TREES)
    routing = triage(city.hall.jurisdiction.pk, priority="high", reason="stage_failed", stage="route")
    assert (city.desk(routing), routing.priority, routing.triage) == ("triage", "high", True)
    assert routing.reviews[0].detail == {"stage": "route"}
