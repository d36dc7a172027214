"""Slivers, strips, enclaves; nesting; what lies outside or beside its place; streets and their numbers."""

from typing import Any

import pytest
import shapely

from layers.kinds import KindChoice
from layers.models import Edition, Jurisdiction, Kind
from layers.quality import report
from layers.quality.streets import Range
from tests.gis.conftest import Drafted, count, found, squares
from tests.layers import town


def test_a_strip_under_five_metres_wide_is_told_with_its_length(draft: Drafted) -> None:
    ground = shapely.union(town.square(0, 0, 6, 10), town.square(6, 5, 9, 5.04))
    made = report.run(draft("beat", [town.feature(ground, code="b1")]))
    (one,) = found(made, "narrow")
    assert one.detail["width_m"] == pytest.approx(4.4, abs=0.2)
    assert one.detail["length_m"] == pytest.approx(275, abs=5)


def test_an_enclave_names_who_lies_in_it(draft: Drafted) -> None:
    around = shapely.difference(town.square(0, 0, 10, 10), town.square(4, 4, 5, 5))
    features = [town.feature(around, code="around"), town.feature(town.square(4, 4, 5, 5), code="inside")]
    (one,) = found(report.run(draft("beat", features)), "enclave")
    assert (one.codes, one.detail["filled"]) == (["around", "inside"], 1.0)


def test_slivers_are_areas_of_their_own(draft: Drafted) -> None:
    made = report.run(draft("parcel", squares(lot=(1, 1, 2, 2), left=(3, 1, 3.001, 8))))
    (one,) = found(made, "sliver")
    assert one.codes == ["left"]
    assert one.detail["width_m"] < 0.2


def test_lines_and_points_are_no_slivers(draft: Drafted) -> None:
    lines = [town.feature(town.line((1, 1), (2, 2)), code="r1")]
    assert count(report.run(draft("rail", lines)), "sliver") == 0


def test_beats_that_do_not_lie_in_one_division(draft: Drafted, almendra: Jurisdiction) -> None:
    divisions = draft(
        "division", squares(d1=(0, 0, 5, 10), d2=(5, 0, 10, 10)), choice=KindChoice("polygon", "Divisions")
    )
    _put_in_force(divisions)
    beats = draft("beat", squares(b1=(0, 0, 5, 5), b2=(0, 5, 6, 10), b3=(6, 5, 10, 10), b4=(5, 0, 10, 5)))
    assert count(report.run(beats), "not_nested") == 0
    Kind.objects.filter(pk=beats.kind_id).update(nests_in=divisions.kind_id)
    (one,) = found(report.run(report.edition_of(beats.pk)), "not_nested")
    assert (one.codes, one.detail["in"], one.severity) == (["b2"], ["d1", "d2"], "warning")


def _put_in_force(edition: Edition) -> None:
    from layers.activation import activate

    activate(edition.pk, commit=True)


def test_parcels_across_two_beats_are_told_from_either_side(draft: Drafted) -> None:
    lots = draft("parcel", squares(p1=(1, 1, 2, 2), p2=(4, 1, 6, 2), p3=(5, 3, 6, 4)))
    _put_in_force(lots)
    beats = draft("beat", squares(b1=(0, 0, 5, 10), b2=(5, 0, 10, 10)))
    (one,) = found(report.run(beats), "across")
    assert (one.codes, one.detail["in"]) == (["p2"], ["b1", "b2"])
    _put_in_force(beats)
    (one,) = found(report.run(report.edition_of(lots.pk)), "across")
    assert (one.codes, one.detail["kind"], one.detail["in"]) == (["p2"], "beat", ["b1", "b2"])


def test_a_stray_feature_outside_is_a_warning_and_a_county_is_not(draft: Drafted) -> None:
    many = {f"b{number:02d}": (number % 5 * 2, number // 5 * 2, number % 5 * 2 + 2, number // 5 * 2 + 2)
            for number in range(25)}  # fmt: skip
    made = report.run(draft("beat", squares(**many, stray=(20, 20, 21, 21))))
    (one,) = found(made, "outside")
    assert (one.codes, one.severity) == (["stray"], "warning")
    made = report.run(draft("beat", squares(b1=(0, 0, 10, 10), c1=(20, 0, 30, 10), c2=(30, 0, 40, 10))))
    assert {one.severity for one in found(made, "outside")} == {"note"}


def test_a_shift_of_the_whole_layer_is_named(draft: Drafted) -> None:
    beats = {"b1": (0.0, 0.0, 5.0, 5.0), "b2": (5, 0, 10, 5), "b3": (0, 5, 5, 10), "b4": (5, 5, 10, 10)}
    _put_in_force(draft("beat", squares(**beats)))
    moved = {code: tuple(side + 0.9 for side in box) for code, box in beats.items()}
    (one,) = found(report.run(draft("beat", squares(**moved))), "shifted")
    assert one.severity == "error"
    assert one.detail["distance_m"] == pytest.approx(0.9 * (90.2**2 + 110.9**2) ** 0.5, rel=0.01)
    assert one.detail["east_m"] > 80
    assert one.detail["like"] == "datum"


def test_one_border_that_moved_is_no_shift(draft: Drafted) -> None:
    _put_in_force(draft("beat", squares(b1=(0, 0, 5, 5), b2=(5, 0, 10, 5), b3=(0, 5, 10, 10))))
    made = report.run(draft("beat", squares(b1=(0, 0, 4, 5), b2=(4, 0, 10, 5), b3=(0, 5, 10, 10))))
    assert count(made, "shifted") == 0


def street(code: str, x: float, y: float, name: str, left: tuple[int, int], right: tuple[int, int]) -> dict[str, Any]:
    numbers = {"lf": left[0], "lt": left[1], "rf": right[0], "rt": right[1]}
    return town.feature(town.line((x, y), (x + 1, y)), code=code, street=name, **numbers)


STREETS = """
segment_id: code
street: street
from_address_left: lf
to_address_left: lt
from_address_right: rf
to_address_right: rt
"""


def test_house_numbers_that_cannot_be(draft: Drafted) -> None:
    segments = [
        street("good", 0, 1, "Ash St", (101, 199), (100, 198)),
        street("mixed", 0, 2, "Birch St", (101, 198), (100, 198)),
        street("alike", 0, 3, "Cedar St", (101, 199), (103, 197)),
        street("backwards", 0, 4, "Date St", (199, 101), (198, 100)),
        street("half", 0, 5, "Elm St", (0, 199), (100, 198)),
        street("none", 0, 6, "Fig St", (0, 0), (0, 0)),
    ]
    made = report.run(draft("centerline", segments, crosswalk=STREETS))
    assert {one.codes[0] for one in found(made, "mixed_parity")} == {"mixed", "alike"}
    assert [one.codes[0] for one in found(made, "reversed_range")] == ["backwards"]
    assert [(one.codes[0], one.detail["sides"]) for one in found(made, "zero_range")] == [("half", ["left"])]
    assert made.facts["segments_without_numbers"] == 1


def test_a_street_in_two_places_and_a_number_on_two_segments(draft: Drafted) -> None:
    segments = [
        street("a1", 0, 1, "Ash St", (101, 199), (100, 198)),
        street("a2", 1, 1, "Ash St", (201, 299), (200, 298)),
        street("a3", 7, 8, "Ash St", (151, 249), (300, 398)),
        street("b1", 0, 3, "Birch St", (101, 199), (100, 198)),
        street("b2", 1.5, 3, "Birch St", (201, 299), (200, 298)),
    ]
    made = report.run(draft("centerline", segments, crosswalk=STREETS))
    assert {tuple(sorted(one.codes)) for one in found(made, "number_twice")} == {("a1", "a3"), ("a2", "a3")}
    (twice,) = found(made, "street_twice")
    assert (twice.detail["name"], twice.detail["places"], twice.detail["numbers_repeat"]) == ("Ash St", 2, True)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [((101, 199), (150, 198), False), ((101, 199), (199, 201), True), ((100, 198), (200, 298), False),
     ((101, 198), (100, 110), True)],
)  # fmt: skip
def test_ranges_share_numbers_of_one_parity(one: tuple[int, int], other: tuple[int, int], shared: bool) -> None:
    assert Range("left", *one).shares_numbers(Range("right", *other)) is shared
