"""Clusters by their rule alone: no database, cells on squared paper."""

from typing import Any, NamedTuple

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoserver_app.published import mvt
from geoserver_app.published.clusters import clusters
from geoserver_app.published.patches import Cell, Patch, Place, covering, parsed
from tests.examples import examples

CELLS = st.dictionaries(st.tuples(st.integers(100, 130), st.integers(200, 220)), st.integers(1, 500), max_size=150)


class Cluster(NamedTuple):
    """One of them, its id understood."""

    place: Place | None
    x: float
    y: float
    n: int

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.place.cells if self.place else ()


def made(
    cells: dict[tuple[int, int], int], *, px: float = 16, wanted: set[tuple[int, int]] | None = None
) -> list[Cluster]:
    at = list(cells)
    columns, rows = (np.array([place[n] for place in at], dtype=np.int64) for n in (0, 1))
    counts = np.array(list(cells.values()), dtype=np.int64)
    seen = np.array([wanted is None or place in wanted for place in at], dtype=bool)
    found = clusters(18, columns, rows, counts, wanted=seen, cell_px=px)
    rest = found.x.tolist(), found.y.tolist(), found.counts
    return [Cluster(parsed(name), *one) for name, *one in zip(found.ids, *rest, strict=True)]


@settings(max_examples=examples(60), deadline=None)
@given(CELLS)
def test_every_cell_is_in_one_cluster_and_counted_there(cells: dict[tuple[int, int], int]) -> None:
    found = made(cells)
    inside = [(one.x, one.y) for cluster in found for one in cluster.cells]
    assert sorted(inside) == sorted(cells)
    for cluster in found:
        assert cluster.n == sum(cells[one.x, one.y] for one in cluster.cells)


@settings(max_examples=examples(60), deadline=None)
@given(CELLS)
def test_an_id_says_its_cells_again(cells: dict[tuple[int, int], int]) -> None:
    for cluster in made(cells):
        again = parsed(str(cluster.place))
        assert again is not None
        assert set(again.cells) == set(cluster.cells)


def test_a_cluster_stands_where_most_of_it_is() -> None:
    (only,) = made({(110, 210): 30, (111, 210): 10})
    assert (only.x, only.y, only.n) == (110.75, 210.5, 40)


def test_cells_within_reach_become_one_and_those_beyond_do_not() -> None:
    assert len(made({(110, 210): 30, (113, 210): 10})) == 1
    assert len(made({(110, 210): 30, (114, 210): 10})) == 2


def test_large_cells_are_not_merged() -> None:
    assert len(made({(110, 210): 30, (111, 210): 10}, px=64)) == 2


def test_clusters_stay_when_the_view_moves_and_count_what_is_in_it() -> None:
    cells = {(110, 210): 30, (111, 210): 10, (120, 210): 5}
    (only,) = made(cells, wanted={(111, 210)})
    assert (only.n, only.x, only.place) == (10, 111.5, Cell(18, 111, 210))
    assert made(cells, wanted=set()) == []


def test_a_checkered_city_does_not_look_checkered() -> None:
    found = made({(x, y): 7 for x in range(100, 140) for y in range(200, 240)})
    inner = [one for one in found if 105 < one.x < 135 and 205 < one.y < 235]
    assert len({round(one.x % 1, 1) for one in inner}) > 3
    assert len({round(one.x) for one in inner}) > 15


@pytest.mark.parametrize("text", ["", "1.2", "3.8.0", "3.0.9", "3.0.0.", "3.0.0.0", "3.0.0.G", "3.7.7.200", "a.b.c"])
def test_what_is_no_id_is_none(text: str) -> None:
    assert parsed(text) is None


def test_a_patch_is_read_row_by_row() -> None:
    assert Patch(5, 3, 4, 0b1_0000_0001).cells == (Cell(5, 3, 4), Cell(5, 3, 5))


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 25), st.integers(0, 25))
def test_a_rectangle_is_covered_exactly(left: int, top: int, width: int, height: int) -> None:
    found = covering(7, left, top, left + width, top + height)
    single = [
        (x, y)
        for one in found
        for x in range(one.x << 7 - one.zoom, one.x + 1 << 7 - one.zoom)
        for y in range(one.y << 7 - one.zoom, one.y + 1 << 7 - one.zoom)
    ]
    wanted = [(x, y) for x in range(left, left + width + 1) for y in range(top, top + height + 1)]
    assert sorted(single) == sorted(wanted)


def test_squares_are_read_by_others() -> None:
    body = mvt.squares("request", drawn(15, [1, 40, 3], [2, 2, 3], [300, 1, 300], [128, 0, 3968], [256, 0, 3968], 128))
    features = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})["request"]["features"]
    found = {one["properties"]["id"]: one for one in features}
    assert {name: one["properties"]["n"] for name, one in found.items()} == {"15.1.2": 300, "15.40.2": 1, "15.3.3": 300}
    first, last = found["15.1.2"]["geometry"], found["15.3.3"]["geometry"]
    assert first["type"] == "Polygon"
    assert {tuple(at) for at in first["coordinates"][0]} == {(128, 256), (256, 256), (256, 384), (128, 384)}
    assert max(max(at) for at in last["coordinates"][0]) == mvt.EXTENT


@settings(max_examples=60, deadline=None)
@given(
    st.integers(15, 20),
    st.lists(
        st.tuples(st.sampled_from([0, 7, 9, 10, 99, 100, 16383, 131071]), st.integers(0, 2000), st.integers(1, 10**12)),
        min_size=1, max_size=300, unique_by=lambda one: one[:2],
    ),
    st.integers(-70_000, 70_000),
)  # fmt: skip
def test_any_squares_are_read_as_they_were_written(level: int, cells: list[tuple[int, int, int]], inset: int) -> None:
    columns, rows, counts = zip(*cells, strict=True)
    x, y = [inset + 8 * one for one in range(len(cells))], [inset] * len(cells)
    body = mvt.squares("request", drawn(level, columns, rows, counts, x, y, 8))
    layer = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})["request"]
    found = {
        one["properties"]["id"]: (one["properties"]["n"], min(one["geometry"]["coordinates"][0]))
        for one in layer["features"]
    }
    assert found == {
        f"{level}.{column}.{row}": (n, [at, inset]) for column, row, n, at in zip(columns, rows, counts, x, strict=True)
    }


def test_a_tile_without_squares_has_no_layer() -> None:
    assert mvt.squares("request", drawn(15, [], [], [], [], [], 128)) == b""


def drawn(level: int, *columns_rows_counts_x_y_side: Any) -> mvt.Squares:
    *several, side = columns_rows_counts_x_y_side
    columns, rows, counts, x, y = (np.array(one, dtype=np.int64) for one in several)
    return mvt.Squares(level, columns, rows, counts, x, y, side)
