"""What a place lies on, what of it is in doubt, and which evidence goes before the map."""

import pytest

from geoserver_app.link.ground import Evidence, Ground, Lies, settle
from tests.link.squared import Squared
from tests.link.test_link_one import linked


def lies(squared: Squared, x: float, y: float, **fields: object) -> set[str]:
    return set(linked(squared, x, y, **fields).ground.codes)


def doubt(squared: Squared, x: float, y: float, **fields: object) -> set[str]:
    ground = linked(squared, x, y, **{"place_method": "pin", **fields}).ground
    return set(Ground(ground.doubt & ~Lies.PARCEL).codes)


def test_each_kind_of_ground_is_named(squared: Squared) -> None:
    assert lies(squared, 250, 505) == {"right_of_way"}
    assert lies(squared, 230, 530) == {"private_parcel"}
    assert lies(squared, 230, 547) == {"private_parcel", "easement"}
    assert lies(squared, 150, 560) == {"public_parcel", "park"}
    assert lies(squared, 150, 440) == {"public_parcel"}
    assert lies(squared, 850, 750) == {"water"}
    assert lies(squared, 700, 200) == {"right_of_way", "state_highway"}
    assert lies(squared, 1200, 300) == {"outside"}
    assert lies(squared, 400, 300) == set()


def test_a_pin_two_metres_from_the_parcel_line_is_in_doubt_on_both_sides(squared: Squared) -> None:
    assert doubt(squared, 230, 512) == {"right_of_way", "private_parcel"}
    assert doubt(squared, 230, 508) == {"right_of_way", "private_parcel"}


def test_a_pin_farther_from_the_line_than_its_accuracy_is_not(squared: Squared) -> None:
    assert doubt(squared, 230, 516) == set()
    assert doubt(squared, 230, 504) == set()


def test_the_doubt_reaches_as_far_as_the_device_says(squared: Squared) -> None:
    assert doubt(squared, 230, 516, place_method="device", accuracy_m=10.0) == {
        "right_of_way", "private_parcel",
    }  # fmt: skip
    assert doubt(squared, 230, 512, place_method="device", accuracy_m=1.0) == set()


def test_an_address_and_an_asset_are_where_they_are(squared: Squared) -> None:
    assert doubt(squared, 230, 512, place_method="address") == set()
    assert doubt(squared, 230, 512, place_method="asset") == set()


def test_an_exact_place_on_the_very_line_is_in_no_doubt(squared: Squared) -> None:
    assert doubt(squared, 100, 510, place_method="asset") == set()


def test_a_line_between_two_private_lots_is_no_doubt_about_whose_ground_it_is(squared: Squared) -> None:
    ground = linked(squared, 221, 530, place_method="pin").ground
    assert ground.doubt == Lies.PARCEL
    assert ground.line_m == pytest.approx(1, abs=0.01)


def test_the_line_of_a_park_or_an_easement_is_a_doubt_about_it(squared: Squared) -> None:
    assert "park" in doubt(squared, 150, 608)
    assert "park" in doubt(squared, 150, 612)
    assert doubt(squared, 230, 541) == {"easement"}


def test_the_edge_of_a_highway_is_a_doubt_about_the_highway(squared: Squared) -> None:
    assert doubt(squared, 700, 488) == {"state_highway"}
    assert "state_highway" in doubt(squared, 700, 492)


def test_without_polygons_of_streets_the_parcel_line_is_the_street_line(open_streets: Squared) -> None:
    squared = open_streets
    assert doubt(squared, 230, 512) == {"right_of_way", "private_parcel"}
    assert doubt(squared, 230, 508) == {"right_of_way", "private_parcel"}
    assert doubt(squared, 230, 530) == set()


GROUND = Ground(Lies.PRIVATE_PARCEL | Lies.EASEMENT, Lies.PRIVATE_PARCEL | Lies.RIGHT_OF_WAY)


def test_the_asset_goes_before_the_answer_and_the_answer_before_the_map() -> None:
    asset = settle(GROUND, Evidence("asset:tree", "city", "private"))
    answer = settle(GROUND, Evidence(means="park"))
    ground = settle(GROUND, Evidence(means="fallen"))
    assert (asset.lies_on, asset.source) == (Lies.RIGHT_OF_WAY | Lies.EASEMENT, "asset")
    assert (answer.lies_on, answer.source) == (Lies.PARK | Lies.EASEMENT, "answer")
    assert (ground.lies_on, ground.source) == (GROUND.lies_on, "ground")


def test_evidence_of_ownership_ends_the_doubt_about_it() -> None:
    assert settle(GROUND, Evidence(means="row")).doubt == Lies(0)
    assert settle(GROUND, Evidence(means="wires")).doubt == GROUND.doubt


def test_an_asset_of_somebody_else_says_nothing_about_the_ground() -> None:
    assert settle(GROUND, Evidence("asset:street_light", "utility")).source == "ground"


def test_a_tapped_tree_says_whose_it_is(squared: Squared) -> None:
    links = linked(squared, 230, 511, place_method="asset", asset_id=squared.asset("T-city"))
    assert (links.evidence.asset_kind, links.evidence.asset_owner) == ("asset:tree", "city")
    assert settle(links.ground, links.evidence).lies_on == Lies.RIGHT_OF_WAY
