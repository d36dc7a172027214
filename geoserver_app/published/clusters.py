"""Clusters of cells that lie close to each other, drawn where their requests are.

The rule, which knows the cells alone and neither the screen nor chance:

1. The weight of a cell is what it and its eight neighbors count; of equal ones the one that counts more comes first,
   then one by a number that is mixed out of its code, so that no rows and columns show.
2. Cells are taken in that order. Each that has no center within REACH_PX becomes a center itself.
3. Every other cell belongs to the nearest center; of equally near ones to that in reading order.
4. A cluster counts what its cells count and stands at their middle, weighted by the counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoserver_app.density.cells import Ints
from geoserver_app.published.patches import WINDOW, cell_id, patch_id

REACH_PX = 56
_FARTHEST = 3  # cells, so that a cluster fits into the window of a patch
_MIX = 0x9E3779B1  # odd: multiplied by it neighboring numbers come to lie far apart

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Clusters:
    """Cells that are drawn as one, as columns: ids, weighted middles (columns and rows of the level), and counts."""

    ids: list[str]
    x: Floats
    y: Floats
    counts: list[int]


def clusters(level: int, columns: Ints, rows: Ints, counts: Ints, *, wanted: Flags, cell_px: float) -> Clusters:
    """Clusters of cells; of each, those cells alone that are ``wanted`` (in view). ``cell_px``: a cell's side."""
    if not wanted.any():
        return Clusters([], np.zeros(0), np.zeros(0), [])
    reach = min(REACH_PX / cell_px, _FARTHEST + 0.5)
    left, top = int(columns.min()) - _FARTHEST, int(rows.min()) - _FARTHEST
    x, y = columns - left, rows - top
    width, height = int(x.max()) + _FARTHEST + 1, int(y.max()) + _FARTHEST + 1
    at = y * width + x  # places of a grid with a margin as wide as any step, row by row
    grid = np.zeros(width * height, dtype=np.int64)
    grid[at] = counts
    centers = _centers(at[_order(grid, at, columns, rows, width)], reach, width, grid.size)
    center = _nearest(centers, reach, width, grid.size)[at]
    return _gathered(level, left, top, (x[wanted], y[wanted]), counts[wanted], center[wanted], width)


@cache
def _near(reach: float) -> list[tuple[int, int]]:
    """Steps (down, right) to all cells within reach, the nearest first; the cell itself is the first."""
    steps = range(-_FARTHEST, _FARTHEST + 1)
    found = [(down, right) for down in steps for right in steps if down * down + right * right <= reach * reach]
    return sorted(found, key=lambda step: (step[0] ** 2 + step[1] ** 2, step))


def _order(grid: Ints, at: Ints, columns: Ints, rows: Ints, width: int) -> Ints:
    """The order in which cells are taken."""
    steps = [down * width + right for down in (-1, 0, 1) for right in (-1, 0, 1)]
    weight = np.add.reduce([grid[at + step] for step in steps])
    mixed = (columns * _MIX ^ rows * (_MIX >> 3)) & 0xFFFF
    own = grid[at]
    most = int(own.max()) + 1
    if int(weight.max()) * most << 16 < 1 << 62:  # all three in one number: sorted once
        return np.argsort((weight * most + own) << 16 | mixed, kind="stable")[::-1]
    return np.lexsort((mixed, own, weight))[::-1]


@cache
def _widest(reach: float) -> dict[int, int]:
    """By step down, how many steps to the right (and to the left) are within reach."""
    return {down: max(right for other, right in _near(reach) if other == down) for down, _ in _near(reach)}


def _centers(cells: Ints, reach: float, width: int, size: int) -> Ints:
    """Which of some cells, taken one after the other, have no center within reach."""
    free = bytearray(b"\1") * size
    # What is within reach as one stretch of each row: where it begins and ends, and zeros as long.
    stretches = [
        (down * width - right, down * width + right + 1, bytes(2 * right + 1)) for down, right in _widest(reach).items()
    ]
    found = []
    for cell in cells.tolist():
        if free[cell]:
            found.append(cell)
            for begin, end, taken in stretches:
                free[cell + begin : cell + end] = taken
    return np.array(found, dtype=np.int64)


def _nearest(centers: Ints, reach: float, width: int, size: int) -> Ints:
    """For each place of the grid its center; -1 where none is in reach."""
    found = np.full(size, -1, dtype=np.int64)
    for down, right in reversed(_near(reach)):
        found[centers - (down * width + right)] = centers
    return found


def _gathered(
    level: int, left: int, top: int, at: tuple[Ints, Ints], counts: Ints, center: Ints, width: int
) -> Clusters:
    x, y = at
    keys, which = np.unique(center, return_inverse=True)
    sums = np.bincount(which, weights=counts)
    middle_x, middle_y = (np.bincount(which, weights=counts * (part + 0.5)) / sums for part in (x, y))
    first_x, first_y = keys % width - _FARTHEST, keys // width - _FARTHEST
    bits = (y - first_y[which]) * WINDOW + (x - first_x[which])
    masks = np.zeros(keys.size, dtype=np.uint64)
    np.bitwise_or.at(masks, which, np.uint64(1) << bits.astype(np.uint64))
    windows = zip((first_x + left).tolist(), (first_y + top).tolist(), masks.tolist(), strict=True)
    ids = [_id(level, *window) for window in windows]
    return Clusters(ids, left + middle_x, top + middle_y, sums.astype(np.int64).tolist())


def _id(level: int, x: int, y: int, mask: int) -> str:
    if mask & (mask - 1):
        return patch_id(level, x, y, mask)
    bit = mask.bit_length() - 1
    return cell_id(level, x + bit % WINDOW, y + bit // WINDOW)
