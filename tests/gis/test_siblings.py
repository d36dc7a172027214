"""Overlaps, gaps and coverage: the areas that plain shapely computes, pair by pair, in the same metric plane."""

import itertools
import random
from typing import Any

import numpy as np
import pytest
import shapely

from layers.metric import into_plane
from layers.models import Edition, QualityReport
from layers.quality import blocks, report, siblings
from layers.quality.layer import read
from tests.gis.conftest import Drafted, count, found, squares
from tests.layers import town

GAPS = ("gap", "gap_at_limit", "gap_sliver")
SQUARE_M2 = 89.99 * 111.32  # one square of the paper, roughly


def plain_pairs(outlines: Any) -> dict[tuple[int, int], float]:
    """Every pair against every other: no tree, no pieces, no blocks."""
    areas = {
        pair: shapely.area(shapely.intersection(outlines[pair[0]], outlines[pair[1]]))
        for pair in itertools.combinations(range(len(outlines)), 2)
    }
    return {pair: area for pair, area in areas.items() if area > siblings.NOTHING_M2}


def plain_gaps(edition: Edition, outlines: Any) -> list[float]:
    """The parts of the jurisdiction that the union of all does not cover, largest first."""
    city = shapely.from_wkb(bytes(edition.kind.jurisdiction.outline.wkb))
    (plane,) = into_plane(np.array([city], dtype=object), edition.kind.jurisdiction.metric_srid)
    free = shapely.get_parts(shapely.difference(plane, shapely.union_all(outlines)))
    return sorted((area for area in shapely.area(free) if area > siblings.NOTHING_M2), reverse=True)


def outlines_of(edition: Edition) -> Any:
    layer = read(edition)
    return layer.codes, layer.outlines(np.arange(len(layer)))


def told_overlaps(made: QualityReport) -> dict[tuple[str, ...], float]:
    rows = found(made, "overlap") + found(made, "overlap_sliver")
    return {tuple(sorted(one.codes)): one.area_m2 for one in rows}


def assert_as_plain_shapely_has_it(edition: Edition) -> QualityReport:
    """Runs the report and compares every pair and every gap, to less than a square metre each."""
    codes, outlines = outlines_of(edition)
    made = report.run(edition)
    plain = {tuple(sorted((codes[a], codes[b]))): area for (a, b), area in plain_pairs(outlines).items()}
    told = told_overlaps(made)
    assert told.keys() == plain.keys()
    assert all(abs(told[pair] - plain[pair]) < 1 for pair in plain)
    expected = plain_gaps(edition, outlines)
    assert sum(count(made, code) for code in GAPS) == len(expected)
    assert made.facts["gap_m2"] == pytest.approx(sum(expected), abs=1)
    largest = [one for code in GAPS for one in found(made, code)]
    largest.sort(key=lambda one: -one.area_m2)
    assert all(abs(one.area_m2 - plain) < 1 for one, plain in zip(largest[:20], expected, strict=False))
    return made


def stars(seed: int, how_many: int, corners: int) -> list[dict[str, Any]]:
    """Star-shaped areas thrown over the paper, some of them with thousands of corners."""
    chance = random.Random(seed)
    made = []
    for number in range(how_many):
        x, y, size = chance.uniform(2, 8), chance.uniform(2, 8), chance.uniform(0.5, 2)
        turns = np.sort(np.array([chance.uniform(0, 2 * np.pi) for _ in range(corners)]))
        away = np.array([size * chance.uniform(0.4, 1) for _ in turns])
        ring = [town.at(x + r * np.cos(t), y + r * np.sin(t)) for r, t in zip(away, turns, strict=True)]
        made.append(town.feature(shapely.Polygon(ring), code=f"s{number:02d}"))
    return made


def test_two_beats_that_overlap_and_two_that_leave_a_gap(draft: Drafted) -> None:
    features = squares(b1=(0, 0, 4, 10), b2=(3, 0, 7, 10), b3=(8, 0, 10, 10))
    made = assert_as_plain_shapely_has_it(draft("beat", features))
    (overlap,) = found(made, "overlap")
    assert overlap.codes == ["b1", "b2"]
    assert overlap.severity == "warning"
    assert overlap.area_m2 == pytest.approx(10 * SQUARE_M2, rel=0.01)
    (gap,) = found(made, "gap_at_limit")
    assert set(gap.codes) == {"b2", "b3"}
    assert made.facts["coverage"] == pytest.approx(0.9, abs=0.001)


def test_a_hole_between_beats_is_a_gap_with_its_neighbors(draft: Drafted) -> None:
    features = squares(w=(0, 0, 4, 10), e=(6, 0, 10, 10), s=(4, 0, 6, 4), n=(4, 6, 6, 10))
    made = assert_as_plain_shapely_has_it(draft("beat", features))
    (gap,) = found(made, "gap")
    assert set(gap.codes) == {"w", "e", "s", "n"}
    assert town.square(4, 4, 6, 6).contains(shapely.Point(gap.place.coords))


def test_areas_that_touch_neither_overlap_nor_leave_gaps(draft: Drafted) -> None:
    made = report.run(draft("beat", squares(b1=(0, 0, 5, 10), b2=(5, 0, 10, 10))))
    assert not {"overlap", "overlap_sliver", "gap", "gap_at_limit", "gap_sliver"} & made.classes.keys()
    assert made.facts["coverage"] == 1


def test_overlaps_of_kinds_that_may_overlap_are_notes(draft: Drafted) -> None:
    made = report.run(draft("park", squares(p1=(0, 0, 4, 4), p2=(3, 3, 6, 6))))
    assert [one.severity for one in found(made, "overlap")] == ["note"]
    assert count(made, "gap") == count(made, "gap_at_limit") == 0


def test_the_same_ground_twice_is_a_stack_and_no_overlap(draft: Drafted) -> None:
    units = squares(u1=(1, 1, 2, 2), u2=(1, 1, 2, 2), u3=(1, 1, 2, 2), lot=(2, 1, 3, 2))
    made = report.run(draft("parcel", units))
    (stack,) = found(made, "stacked")
    assert (stack.codes, stack.detail["count"]) == (["u1", "u2", "u3"], 3)
    assert count(made, "overlap") == 0


def test_a_crack_between_parcels_is_found_and_the_streets_are_not(draft: Drafted) -> None:
    lots = squares(a=(1, 1, 2, 2), b=(2.002, 1, 3, 2), c=(1, 2, 3, 3), d=(1, 0.5, 3, 1), far=(5, 5, 6, 6))
    made = report.run(draft("parcel", lots))
    (crack,) = found(made, "gap_sliver")
    assert crack.detail["width_m"] < 0.5
    assert count(made, "gap") == 0


@pytest.mark.parametrize("limit", [None, 600])
def test_areas_are_the_same_cut_into_blocks_and_pieces(
    draft: Drafted, monkeypatch: pytest.MonkeyPatch, limit: int | None
) -> None:
    if limit:
        cut = blocks.blocks
        monkeypatch.setattr(siblings, "blocks", lambda layer, rows: cut(layer, rows, limit))
        monkeypatch.setattr(blocks, "PIECE_VERTICES", 50)
        monkeypatch.setattr("layers.quality.layer.HELD_VERTICES", 500)
    edition = draft("beat", stars(311, 16, 120))
    made = assert_as_plain_shapely_has_it(edition)
    assert count(made, "overlap") > 20


def test_a_large_outline_is_compared_in_pieces(draft: Drafted) -> None:
    features = stars(5, 2, 1500)
    for number, one in enumerate(features):
        one["properties"]["code"] = f"large{number}"
    made = assert_as_plain_shapely_has_it(draft("beat", features + stars(6, 10, 12)))
    assert count(made, "overlap") > 5


def test_pieces_fill_their_outline_exactly() -> None:
    outline = shapely.Point(0, 0).buffer(1000, quad_segs=2000)
    parts, owners = blocks.pieces(np.array([outline, shapely.box(0, 0, 1, 1)], dtype=object), 200)
    mine = parts[owners == 0]
    assert shapely.get_num_coordinates(parts).max() <= 200
    assert shapely.area(mine).sum() == pytest.approx(outline.area, abs=1e-3)
