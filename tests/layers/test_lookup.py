"""What lies at a point on a day."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from layers.lookup import NotAPlace, inside, place, side_of, statement
from layers.metric import within_m
from layers.models import AreaPiece, CenterlineShape, Jurisdiction, Kind
from tests import factories
from tests.examples import examples
from tests.layers.town import at, feature, line, load, square
from tests.planned import as_new

TODAY = date(2026, 6, 1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Jurisdiction:
    return factories.jurisdiction()


def beats(*shapes: tuple[str, Any]) -> list[dict[str, Any]]:
    return [feature(shape, code=code, name=f"Beat {code}") for code, shape in shapes]


def codes(town: Jurisdiction, x: float, y: float, on: date = TODAY) -> list[str]:
    return [hit.code for hit in place(town, *at(x, y), on).areas]


def test_a_place_far_from_the_city_is_a_place_where_nothing_is_known(town: Jurisdiction, tmp_path: Path) -> None:
    """The city's metre plane does not reach around the Earth; asking must not fail for that."""
    load(tmp_path, town, "beat", beats(("1", square(0, 0, 10, 10))))
    for lon, lat in product((-180, -90, -29.7, -29, 0, 60, 150, 180), (-90, -1, 0, 0.04, 45, 90)):
        for on in (TODAY, date(2001, 1, 1)):
            found = place(town, lon, lat, on)
            assert (found.areas, found.parcel, found.street) == ((), None, None), (lon, lat, on)
        assert not CenterlineShape.objects.filter(
            within_m("plane", Point(lon, lat), 30, metric_srid=town.metric_srid)
        ).exists(), (lon, lat)


def test_point_inside_gets_its_area_with_name_and_edition(town: Jurisdiction, tmp_path: Path) -> None:
    edition = load(tmp_path, town, "beat", beats(("1", square(0, 0, 10, 10))))
    hit = place(town, *at(5, 5), TODAY).area("beat")
    assert hit is not None
    assert (hit.code, hit.name, hit.edition, hit.method) == ("1", "Beat 1", edition.pk, "covers")
    assert hit.in_force_from is None


def test_point_on_a_shared_border_links_to_one_area(town: Jurisdiction, tmp_path: Path) -> None:
    load(tmp_path, town, "beat", beats(("2", square(10, 0, 20, 10)), ("1", square(0, 0, 10, 10))))
    assert codes(town, 10, 5) == ["1"]
    assert codes(town, 10, 0) == ["1"]


def test_overlap_goes_to_the_lowest_code_where_one_is_wanted(town: Jurisdiction, tmp_path: Path) -> None:
    load(tmp_path, town, "beat", beats(("B", square(0, 0, 10, 10)), ("A", square(5, 0, 15, 10))))
    assert codes(town, 7, 5) == ["A"]


def test_overlap_goes_to_the_lowest_priority_number_before_the_code(town: Jurisdiction, tmp_path: Path) -> None:
    load(tmp_path, town, "beat", beats(("A", square(0, 0, 10, 10)), ("B", square(5, 0, 15, 10))))
    town.areas.filter(code="A").update(priority=1)
    assert codes(town, 7, 5) == ["B"]


def test_overlap_gives_all_where_all_are_wanted(town: Jurisdiction, tmp_path: Path) -> None:
    shapes = beats(("A", square(0, 0, 10, 10)), ("B", square(5, 0, 15, 10)))
    load(tmp_path, town, "neighborhood", shapes, policy={"overlap": Kind.Overlap.ALL})
    assert codes(town, 7, 5) == ["A", "B"]


def test_point_in_a_gap_counts_to_the_nearest_area_up_to_the_bridged_distance(
    town: Jurisdiction, tmp_path: Path
) -> None:
    load(tmp_path, town, "beat", beats(("1", square(0, 0, 10, 10))), policy={"gap_m": 100})
    hit = place(town, *at(11, 5), TODAY).area("beat")
    assert hit is not None
    assert (hit.code, hit.method) == ("1", "bridged")
    assert hit.distance_m == pytest.approx(90.2, abs=0.5)


def test_point_in_a_wide_gap_has_no_area(town: Jurisdiction, tmp_path: Path) -> None:
    load(tmp_path, town, "beat", beats(("1", square(0, 0, 10, 10))), policy={"gap_m": 50})
    assert place(town, *at(11, 5), TODAY).area("beat") is None


def test_point_in_a_hole_is_outside(town: Jurisdiction, tmp_path: Path) -> None:
    ring = square(0, 0, 10, 10).difference(square(4, 4, 6, 6))
    load(tmp_path, town, "beat", beats(("1", ring)), policy={"gap_m": 0})
    assert codes(town, 5, 5) == []
    assert codes(town, 4, 5) == ["1"]


def test_cut_of_subdividing_is_no_border_and_no_second_match(town: Jurisdiction, tmp_path: Path) -> None:
    # A comb with more vertices than one piece holds, so that it is cut; the cuts are asked for from the pieces.
    teeth = [(x / 10, 10 if x % 2 else 9) for x in range(401)]
    comb = line(*teeth, (40, 0), (0, 0), teeth[0])
    import shapely

    load(tmp_path, town, "neighborhood", beats(("1", shapely.Polygon(comb.coords))), policy={"overlap": "all"})
    pieces = list(AreaPiece.objects.all())
    assert len(pieces) > 1
    corner = pieces[0].geom.intersection(pieces[1].geom).centroid
    hits = place(town, corner.x, corner.y, TODAY).areas
    assert [(hit.code, hit.method) for hit in hits] == [("1", "covers")]


def test_request_of_2008_gets_the_first_edition(town: Jurisdiction, tmp_path: Path) -> None:
    load(tmp_path, town, "beat", beats(("old", square(0, 0, 10, 10))))
    load(tmp_path, town, "beat", beats(("new", square(0, 0, 10, 10))), since=date(2024, 7, 1), today=TODAY)
    assert codes(town, 5, 5, date(2008, 3, 6)) == ["old"]
    assert codes(town, 5, 5, date(2024, 6, 30)) == ["old"]
    assert codes(town, 5, 5, date(2024, 7, 1)) == ["new"]


def test_carried_shape_is_found_on_every_day(town: Jurisdiction, tmp_path: Path) -> None:
    same = ("1", square(0, 0, 10, 10))
    load(tmp_path, town, "beat", beats(same, ("2", square(10, 0, 20, 10))))
    load(tmp_path, town, "beat", beats(same, ("2", square(10, 0, 30, 10))), since=date(2024, 7, 1), today=TODAY)
    assert codes(town, 5, 5, date(2008, 3, 6)) == codes(town, 5, 5) == ["1"]
    assert codes(town, 25, 5, date(2008, 3, 6)) == []
    assert codes(town, 25, 5) == ["2"]


def test_stale_flag_makes_no_wrong_answer(town: Jurisdiction, tmp_path: Path) -> None:
    # An edition that begins tomorrow is not the current one yet: asked for tomorrow, it answers all the same.
    load(tmp_path, town, "beat", beats(("old", square(0, 0, 10, 10))))
    load(tmp_path, town, "beat", beats(("new", square(0, 0, 10, 10))), since=date(2026, 6, 2), today=TODAY)
    assert codes(town, 5, 5, TODAY) == ["old"]
    assert codes(town, 5, 5, date(2026, 6, 2)) == ["new"]


def parcels(*shapes: tuple[str, Any]) -> list[dict[str, Any]]:
    return [feature(shape, code=number) for number, shape in shapes]


def test_ground_parcel_of_stacked_ones_is_the_lowest_number(town: Jurisdiction, tmp_path: Path) -> None:
    lot = square(0, 0, 1, 1)
    load(tmp_path, town, "parcel", parcels(("101-C", lot), ("101-A", lot), ("101-B", lot)))
    hit = place(town, *at(0.5, 0.5), TODAY).parcel
    assert hit is not None
    assert (hit.parcel_number, hit.stacked) == ("101-A", 3)


def test_point_on_a_lot_line_has_one_parcel_that_is_not_stacked(town: Jurisdiction, tmp_path: Path) -> None:
    load(tmp_path, town, "parcel", parcels(("1", square(0, 0, 1, 1)), ("2", square(1, 0, 2, 1))))
    hit = place(town, *at(1, 0.5), TODAY).parcel
    assert hit is not None
    assert (hit.parcel_number, hit.stacked) == ("1", 1)


@pytest.fixture
def street(town: Jurisdiction) -> Jurisdiction:
    of = factories.kind(town, "centerline", "centerline", "line")
    from django.contrib.gis.geos import LineString

    factories.street(
        of, "s1", LineString(at(0, 0), at(10, 0), srid=4326), "W Olive Ave", street_name="OLIVE",
        from_address_left=4501, to_address_left=4599, from_address_right=4500, to_address_right=4598,
    )  # fmt: skip
    return town


def test_nearest_street_says_side_block_and_metres(street: Jurisdiction) -> None:
    hit = place(street, *at(5, 0.2), TODAY).street
    assert hit is not None
    assert (hit.full_name, hit.block, hit.side) == ("W Olive Ave", 4500, "left")
    assert hit.distance_m == pytest.approx(22.2, abs=0.2)


def test_street_beyond_the_limit_is_none(street: Jurisdiction) -> None:
    assert place(street, *at(5, 2), TODAY).street is None


def test_other_jurisdiction_sees_nothing_of_ours(town: Jurisdiction, tmp_path: Path) -> None:
    load(tmp_path, town, "beat", beats(("1", square(0, 0, 10, 10))))
    other = factories.jurisdiction("neighbor")
    assert place(other, *at(5, 5), TODAY).areas == ()


def test_one_round_trip(street: Jurisdiction, django_assert_num_queries: Any) -> None:
    # Django counts none of its own queries: the look-up goes past it in one prepared statement.
    with django_assert_num_queries(0):
        place(street, *at(5, 0.2), TODAY)


@pytest.mark.parametrize(("lon", "lat"), [(200, 36), (-119.72, 91), (float("nan"), 36), (float("inf"), 0)])
def test_numbers_that_are_no_place_are_refused(town: Jurisdiction, lon: float, lat: float) -> None:
    with pytest.raises(NotAPlace, match="no place"):
        place(town, lon, lat, TODAY)


def test_swapped_axes_are_named(town: Jurisdiction) -> None:
    with pytest.raises(NotAPlace, match="longitude comes first"):
        place(town, 36.0, -119.72, TODAY)


def test_border_of_the_city_is_inside(town: Jurisdiction) -> None:
    assert inside(town, -119.77, 36.0)
    assert not inside(town, -119.78, 36.0)


def test_side_is_told_along_the_line() -> None:
    import shapely

    bend = shapely.LineString([(0, 0), (10, 0), (10, 10)])
    assert side_of(bend, shapely.Point(5, 1)) == "left"
    assert side_of(bend, shapely.Point(11, 5)) == "right"


def test_the_plan_uses_the_partial_indexes(town: Jurisdiction) -> None:
    lon, lat = at(5, 5)
    as_new("layers")
    values = {"jurisdiction": town.pk, "lon": lon, "lat": lat, "on": TODAY, "street_m": 150.0}
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain " + statement(), values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for index in ("area_piece_in_force", "parcel_shape_in_force", "centerline_plane_in_force"):
        assert index in plan


class AnyPoint(TestCase):
    """Properties over random points of a town with a border, an overlap and a gap."""

    def setUp(self) -> None:
        import tempfile

        self.town = factories.jurisdiction()
        shapes = beats(("1", square(0, 0, 10, 10)), ("2", square(10, 0, 20, 10)), ("3", square(18, 0, 25, 10)))
        with tempfile.TemporaryDirectory() as folder:
            load(Path(folder), self.town, "beat", shapes, policy={"gap_m": 0})

    @settings(max_examples=examples(50), deadline=None)
    @given(st.floats(-5, 30), st.floats(-5, 15))
    def test_exactly_one_area_where_any_covers_and_none_elsewhere(self, x: float, y: float) -> None:
        import shapely

        lon, lat = at(x, y)
        drawn = {"1": square(0, 0, 10, 10), "2": square(10, 0, 20, 10), "3": square(18, 0, 25, 10)}
        expected = [code for code, shape in drawn.items() if shape.covers(shapely.Point(lon, lat))][:1]
        assert [hit.code for hit in place(self.town, lon, lat, TODAY).areas] == expected
