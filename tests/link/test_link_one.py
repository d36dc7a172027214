"""Links of one place: what it lies in, on and near."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from geoserver_app.link.ground import Lies
from geoserver_app.link.links import Links
from geoserver_app.link.one import link
from geoserver_app.link.privacy import Policy
from geoserver_app.link.subject import Located, Subject
from layers.lookup import NotAPlace
from tests.link.squared import TODAY, Squared, at

EXACT = Policy("exact", is_public=True, text_at_once=True)


def subject(squared: Squared, x: float, y: float, **fields: Any) -> Subject:
    lon, lat = at(x, y)
    given = {"on": TODAY, "policy": EXACT, "place_method": "address", **fields}
    return Subject(jurisdiction=squared.jurisdiction, lon=lon, lat=lat, **given)


def linked(squared: Squared, x: float, y: float, **fields: Any) -> Links:
    return link(subject(squared, x, y, **fields))


def methods(links: Links, squared: Squared, kind: str) -> list[tuple[str, set[str]]]:
    kind_id = squared.kinds[kind].pk
    return [(row.method, squared.names(row.alternatives)) for row in links.memberships if row.kind_id == kind_id]


def test_a_place_plainly_inside_has_its_areas_and_no_exceptions(squared: Squared) -> None:
    links = linked(squared, 400, 300)
    assert squared.names(links.area_ids) == {"municipality:own", "beat:1", "neighborhood:N1", "council_district:C1"}
    assert links.memberships == ()
    assert (links.near_border, links.inside, links.reviews) == (False, True, ())


def test_a_place_on_a_shared_border_counts_to_one_area_and_says_so(squared: Squared) -> None:
    links = linked(squared, 500, 300)
    assert len(squared.names(links.area_ids) & {"beat:1", "beat:2"}) == 1
    assert methods(links, squared, "beat") in ([("edge", {"beat:2"})], [("edge", {"beat:1"})])
    assert links.near_border


def test_a_place_near_a_border_names_the_other_side_with_the_metres(squared: Squared) -> None:
    links = linked(squared, 490, 300)
    row = next(row for row in links.memberships if row.kind_id == squared.kinds["beat"].pk)
    assert (row.area_id, row.method, row.alternatives) == (
        squared.area("beat:1"), "near_border", (squared.area("beat:2"),),
    )  # fmt: skip
    assert row.distance_m == pytest.approx(10, abs=0.01)


def test_overlap_of_a_kind_that_allows_one_is_chosen_by_code_and_marked(squared: Squared) -> None:
    links = linked(squared, 500, 200)
    assert "council_district:C1" in squared.names(links.area_ids)
    assert "council_district:C2" not in squared.names(links.area_ids)
    assert methods(links, squared, "council_district") == [("ambiguous", {"council_district:C2"})]


def test_overlap_of_a_kind_that_allows_all_counts_to_all(squared: Squared) -> None:
    links = linked(squared, 575, 300)
    assert {"neighborhood:N1", "neighborhood:N2"} <= squared.names(links.area_ids)
    assert methods(links, squared, "neighborhood") == []


def test_a_gap_is_bridged_up_to_the_kinds_distance(squared: Squared) -> None:
    links = linked(squared, 200, 940)
    row = next(row for row in links.memberships if row.kind_id == squared.kinds["beat"].pk)
    assert (row.area_id, row.method) == (squared.area("beat:1"), "bridged")
    assert row.distance_m == pytest.approx(40, abs=0.01)


def test_a_wide_gap_is_a_row_without_area_never_null_in_silence(squared: Squared) -> None:
    links = linked(squared, 200, 980, deciding_kind="beat")
    row = next(row for row in links.memberships if row.kind_id == squared.kinds["beat"].pk)
    assert (row.area_id, row.method) == (None, "gap")
    assert [doubt.reason for doubt in links.reviews] == ["in_gap"]


def test_a_gap_that_decides_nothing_needs_nobody(squared: Squared) -> None:
    assert linked(squared, 200, 980, deciding_kind="council_district").reviews == ()


def test_the_editions_of_the_day_decide(squared: Squared) -> None:
    then, now = linked(squared, 400, 300, on=date(2008, 5, 1)), linked(squared, 400, 300)
    assert "beat:2" in squared.names(then.area_ids)
    assert "beat:1" in squared.names(now.area_ids)


def test_past_editions_have_their_own_borders_and_bridges(squared: Squared) -> None:
    near = linked(squared, 295, 300, on=date(2024, 12, 31))
    assert methods(near, squared, "beat") == [("near_border", {"beat:2"})]
    bridged = linked(squared, 400, 940, on=date(2024, 12, 31))
    assert methods(bridged, squared, "beat")[0][0] == "bridged"
    assert "beat:2" in squared.names(bridged.area_ids)


def test_outside_the_city_says_whose_it_is_and_how_to_reach_them(squared: Squared) -> None:
    links = linked(squared, 1200, 300)
    assert [doubt.reason for doubt in links.reviews] == ["outside"]
    assert links.reviews[0].detail["municipality"] == {
        "name": "encina", "telephone": "(559) 555-0170", "contact": "Public Works",
    }  # fmt: skip
    assert Lies.OUTSIDE in links.ground.lies_on
    assert not [row for row in links.memberships if row.method in {"bridged", "gap"}]


def test_a_place_on_the_city_limit_is_inside(squared: Squared) -> None:
    assert linked(squared, 1000, 300).inside


def test_without_a_place_it_is_said_and_nothing_is_linked(squared: Squared) -> None:
    nowhere = replace(subject(squared, 0, 0), lon=None, lat=None, address_text="behind the old cannery")
    links = link(nowhere)
    assert (links.area_ids, links.parcel_id) == ((), None)
    assert [(doubt.reason, doubt.detail) for doubt in links.reviews] == [
        ("no_place", {"address": "behind the old cannery"})
    ]
    assert link(replace(nowhere, place_wanted=False)).reviews == ()


def test_an_address_far_from_the_pin_is_told_and_both_are_kept(squared: Squared) -> None:
    lon, lat = at(400, 501)
    links = linked(squared, 250, 501, place_method="pin", located=Located(lon, lat, "180 Main St"))
    doubt = next(doubt for doubt in links.reviews if doubt.reason == "address_far_from_pin")
    assert (doubt.detail["metres"], doubt.detail["address"]) == (150, "180 Main St")
    near = linked(squared, 350, 501, place_method="pin", located=Located(lon, lat, "180 Main St"))
    assert near.reviews == ()


def test_of_stacked_parcels_the_one_with_the_lowest_number_is_the_ground(squared: Squared) -> None:
    assert linked(squared, 250, 530).parcel_id == squared.parcel("250")


def test_the_street_is_the_nearest_segment(squared: Squared) -> None:
    assert linked(squared, 250, 530).centerline_id == squared.segment("m1")
    assert linked(squared, 690, 300).centerline_id == squared.segment("hw")
    assert linked(squared, 300, 800).centerline_id is None


def test_an_area_that_staff_chose_stands(squared: Squared) -> None:
    beat, chosen = squared.kinds["beat"].pk, squared.area("beat:2")
    links = linked(squared, 400, 300, manual=((beat, chosen),))
    assert chosen in links.area_ids
    assert squared.area("beat:1") not in links.area_ids
    assert methods(links, squared, "beat") == [("manual", {"beat:1"})]


def test_impossible_degrees_are_refused(squared: Squared) -> None:
    with pytest.raises(NotAPlace, match="swapped"):
        link(replace(subject(squared, 0, 0), lon=36.0, lat=-119.7))


def test_linking_is_one_round_trip(squared: Squared, django_assert_num_queries: Any) -> None:
    asked = subject(squared, 250, 505, place_method="pin")
    with django_assert_num_queries(1):
        link(asked)


def test_streets_without_polygons_are_what_no_parcel_covers(open_streets: Squared) -> None:
    squared = open_streets
    assert linked(squared, 250, 505).ground.codes == ("right_of_way",)
    assert linked(squared, 250, 530).ground.codes == ("private_parcel",)
    assert linked(squared, 300, 800).ground.codes == ()
    assert linked(squared, 700, 300).ground.codes == ("right_of_way", "state_highway")
