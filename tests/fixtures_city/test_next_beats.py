"""The beats as they are drawn next: one renumbered, one split, one border moved, and nothing else."""

import json
from pathlib import Path

import pyogrio.raw
import pytest
import shapely

from fixtures.next_beats import Beat, next_beats, read, write

pytestmark = [pytest.mark.xdist_group("almendra"), pytest.mark.slow]
Beats = dict[str, Beat]


@pytest.fixture(scope="module")
def before(folder: Path) -> Beats:
    return read(folder)


@pytest.fixture(scope="module")
def after(before: Beats) -> Beats:
    return next_beats(before)


def same_ground(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """But for a strip as narrow as the grid on which outlines are drawn (1e-9 degree)."""
    return shapely.symmetric_difference(one, other).area < 1e-10


def test_one_is_renumbered_and_one_split(before: Beats, after: Beats) -> None:
    assert set(before) - set(after) == {"21", "42"}
    assert set(after) - set(before) == {"23", "43", "44"}
    assert same_ground(after["23"].shape, before["21"].shape)
    assert same_ground(after["43"].shape | after["44"].shape, before["42"].shape)
    assert after["43"].shape.centroid.y > after["44"].shape.centroid.y


def test_one_border_moves(before: Beats, after: Beats) -> None:
    given = before["31"].shape - after["31"].shape
    assert given.area > 0.1 * before["31"].shape.area
    assert same_ground(after["32"].shape, before["32"].shape | given)


def test_the_others_stay(before: Beats, after: Beats) -> None:
    for code in set(before) - {"21", "31", "32", "42"}:
        assert same_ground(after[code].shape, before[code].shape), code


def test_people_and_ground_are_neither_lost_nor_counted_twice(before: Beats, after: Beats) -> None:
    people = [sum(one.people for one in beats.values()) for beats in (before, after)]
    assert abs(people[0] - people[1]) <= len(after)
    assert sum(one.shape.area for one in after.values()) == pytest.approx(
        sum(one.shape.area for one in before.values())
    )


def test_its_file_has_the_columns_of_the_citys_own(folder: Path, after: Beats, tmp_path: Path) -> None:
    target = tmp_path / "next.geojson"
    write(after, target)
    rows = json.loads(target.read_text(encoding="utf-8"))["features"]
    assert [one["properties"]["BEAT"] for one in rows] == sorted(after)
    own = set(pyogrio.raw.read(folder / "police" / "beats.shp", max_features=1)[0]["fields"])
    assert set(rows[0]["properties"]) == own
