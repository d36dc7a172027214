"""What was wrong with the file's own features, and what was decided about it."""

from typing import Any

import pytest
import shapely

from layers.quality import report
from layers.quality.codes import looks_like_none
from layers.quality.texts import is_damaged, read_again
from tests.gis.conftest import Drafted, count, found, squares
from tests.layers import town


def bow_tie(code: str) -> dict[str, Any]:
    """A ring that crosses itself at 2, 2 of the paper."""
    return town.feature(shapely.Polygon([town.at(*at) for at in ((1, 1), (3, 3), (3, 1), (1, 3))]), code=code)


def test_an_invalid_outline_tells_its_reason_its_place_and_what_repair_does(draft: Drafted) -> None:
    edition = draft("beat", [*squares(b1=(5, 0, 10, 10)), bow_tie("b2")], invalid=["invalid=repair"])
    made = report.run(edition)
    (one,) = found(made, "invalid")
    assert one.codes == ["b2"]
    assert one.detail["reason"] == "Self-intersection"
    assert one.detail["decision"] == "repaired"
    assert one.place.coords == pytest.approx(town.at(2, 2), abs=1e-6)
    # Two triangles of one square each; as a crossed ring their areas cancel.
    assert one.detail["repaired_m2"] == pytest.approx(2 * 90 * 111.3, rel=0.01)
    assert one.area_m2 + one.detail["change_m2"] == pytest.approx(one.detail["repaired_m2"], abs=0.1)
    assert one.severity == "note"


def test_what_was_dropped_is_told_as_well(draft: Drafted) -> None:
    features = [*squares(b1=(0, 0, 10, 10)), bow_tie("b2"), {**bow_tie("b3"), "geometry": None}]
    made = report.run(draft("beat", features, invalid=["drop"]))
    assert [one.detail["decision"] for one in found(made, "invalid")] == ["dropped"]
    (empty,) = found(made, "empty")
    assert (empty.codes, empty.detail["decision"]) == (["b3"], "dropped")
    assert made.facts["decided"] == {"dropped": 2}


def test_a_fault_that_nobody_decided_about_is_grave(draft: Drafted) -> None:
    edition = draft("beat", [*squares(b1=(0, 0, 10, 10)), bow_tie("b2")], invalid=["drop"])
    edition.staged.filter(code="b2").update(decision="")
    (one,) = found(report.run(edition), "invalid")
    assert one.severity == "error"


def test_codes_missing_twice_and_without_meaning(draft: Drafted) -> None:
    features = [
        *squares(a=(0, 0, 1, 1), b=(1, 0, 2, 1)),
        town.feature(town.square(2, 0, 3, 1), code=""),
        town.feature(town.square(3, 0, 4, 1), code="a"),
        town.feature(town.square(4, 0, 5, 1), code="ROAD"),
        town.feature(town.square(5, 0, 7, 1), code="ROAD"),
    ]
    crosswalk = "parcel_number: code\nplaceholder_codes: [ROAD]\n"
    made = report.run(draft("parcel", features, crosswalk=crosswalk, invalid=["drop"]))
    assert found(made, "missing_code")[0].fids == [2]
    (twice,) = found(made, "duplicate_code")
    assert (twice.codes, twice.detail["count"]) == (["a"], 2)
    (road,) = found(made, "placeholder")
    assert (road.codes, road.detail["count"], road.fids) == (["ROAD"], 2, [4, 5])
    assert road.area_m2 == pytest.approx(3 * 90 * 111.3, rel=0.01)


def test_placeholders_that_the_crosswalk_does_not_name_are_suspected(draft: Drafted) -> None:
    lots = {f"12-{number}": (number % 10, number // 10, number % 10 + 1, number // 10 + 1) for number in range(20)}
    features = squares(**lots, **{"--": (0, 5, 1, 6), "RR": (2, 5, 3, 6), "9999": (4, 5, 5, 6)})
    made = report.run(draft("parcel", features))
    assert {one.codes[0] for one in found(made, "placeholder_suspected")} == {"--", "RR", "9999"}


@pytest.mark.parametrize("code", ["NORTH", "A", "N", "X", "ROW", "77"])
def test_words_are_codes_where_codes_are_words(code: str) -> None:
    assert not looks_like_none(code, numbered=False)


def test_exact_repeats_and_parts_are_counted(draft: Drafted) -> None:
    same = squares(a=(0, 0, 1, 1))
    made = report.run(draft("parcel", same + same + squares(b=(1, 0, 2, 1))))
    assert found(made, "repeated")[0].codes == ["a"]
    parts = [*same, town.feature(town.square(3, 0, 4, 1), code="a")]
    made = report.run(draft("parcel", parts, crosswalk="parcel_number: code\nmerge: true\n"))
    assert found(made, "merged")[0].detail["count"] == 2


def test_an_axis_swap_of_single_features_is_named(draft: Drafted) -> None:
    lon, lat = town.at(5, 5)
    features = [*squares(b1=(0, 0, 10, 10), b2=(1, 1, 2, 2), b3=(2, 2, 3, 3))]
    features.append(town.feature(shapely.Point(lat, lon).buffer(0.001), code="b4"))
    made = report.run(draft("park", features, invalid=["far=drop"]))
    (swapped,) = found(made, "axes_swapped")
    assert (swapped.codes, swapped.severity) == (["b4"], "error")


def test_damaged_text_is_found_with_what_was_meant(draft: Drafted) -> None:
    features = [
        town.feature(town.square(0, 0, 5, 10), code="a", name="PeÃ±a Blanca"),
        town.feature(town.square(5, 0, 10, 10), code="b", name="San José"),
    ]
    (one,) = found(report.run(draft("neighborhood", features)), "damaged_text")
    assert one.detail == {"column": "name", "count": 1, "values": ["PeÃ±a Blanca"], "meant": ["Peña Blanca"]}


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Cañon", None), ("CaÃ±on", "Cañon"), ("O\u00e2\u20ac\u2122Brien", "O’Brien"), ("Pe\ufffda", ""), ("Ni?o", "")],
)
def test_texts_in_another_encoding(text: str, meant: str | None) -> None:
    assert is_damaged(text) is (meant is not None)
    if meant is not None:
        assert read_again(text) == meant


@pytest.mark.parametrize("text", ["https://example.org/a?b=c", "SÃO PAULO", "Who?", "Rue de l’Église", "São João"])
def test_texts_that_only_look_odd(text: str) -> None:
    assert not is_damaged(text)


def test_a_report_of_clean_ground_finds_nothing(draft: Drafted) -> None:
    made = report.run(draft("beat", squares(b1=(0, 0, 5, 10), b2=(5, 0, 10, 10))))
    assert made.classes == {}
    assert count(made, "overlap") == 0
