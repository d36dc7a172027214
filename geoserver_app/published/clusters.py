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
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from geoserver_app.density.cells import Ints
from geoserver_app.published.patches import WINDOW, Cell, Patch, Place

REACH_PX = 56
_FARTHEST = 3  # cells, so that a cluster fits into the window of a patch
_INNER = slice(_FARTHEST, -_FARTHEST), slice(_FARTHEST, -_FARTHEST)  # of a grid, without its margin
_MIX = 0x9E3779B1  # odd: multiplied by it neighboring numbers come to lie far apart

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Ranks: TypeAlias = NDArray[np.int32]
Number = TypeVar("Number", np.int64, np.int32, np.bool_)


@dataclass(frozen=True)
class Cluster:
    """Cells that are drawn as one: their id, their weighted middle in columns and rows of the level, their count."""

    place: Place
    x: float
    y: float
    n: int


def clusters(level: int, columns: Ints, rows: Ints, counts: Ints, *, wanted: Flags, cell_px: float) -> list[Cluster]:
    """Clusters of cells; of each, those cells alone that are ``wanted`` (in view). ``cell_px``: a cell's side."""
    if not wanted.any():
        return []
    near = _near(min(REACH_PX / cell_px, _FARTHEST + 0.5))
    left, top = int(columns.min()) - _FARTHEST, int(rows.min()) - _FARTHEST
    x, y = columns - left, rows - top
    grid = np.zeros((int(y.max()) + _FARTHEST + 1, int(x.max()) + _FARTHEST + 1), dtype=np.int64)
    grid[y, x] = counts
    centers = _centers(_ranks(grid, left, top), near)
    center = _nearest(centers, near)[y, x]
    return _gathered(level, left, top, (x[wanted], y[wanted]), counts[wanted], center[wanted], grid.shape[1])


def _near(reach: float) -> list[tuple[int, int]]:
    """Steps (down, right) to all cells within reach, the nearest first; the cell itself is the first."""
    steps = range(-_FARTHEST, _FARTHEST + 1)
    found = [(down, right) for down in steps for right in steps if down * down + right * right <= reach * reach]
    return sorted(found, key=lambda step: (step[0] ** 2 + step[1] ** 2, step))


def _ranks(grid: Ints, left: int, top: int) -> Ranks:
    """The order in which cells are taken, the last first; 0 where nothing is."""
    weight = np.zeros_like(grid)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            weight[_INNER] += _moved(grid, down, right)
    rows, columns = grid.nonzero()
    mixed = ((columns + left) * _MIX ^ (rows + top) * (_MIX >> 3)) & 0xFFFF
    order = np.lexsort((mixed, grid[rows, columns], weight[rows, columns]))
    ranks = np.zeros(grid.shape, dtype=np.int32)
    ranks[rows[order], columns[order]] = np.arange(1, order.size + 1)
    return ranks


def _centers(ranks: Ranks, near: list[tuple[int, int]]) -> Flags:
    """Taken one after the other, done for all at once that are first in their own reach, round by round."""
    centers = np.zeros(ranks.shape, dtype=bool)
    new = np.zeros_like(centers)
    free = ranks.copy()
    while free.any():
        best = free[_INNER].copy()
        for down, right in near[1:]:
            np.maximum(best, _moved(free, down, right), out=best)
        new[_INNER] = (free[_INNER] > 0) & (free[_INNER] == best)
        centers |= new
        taken = new[_INNER].copy()
        for down, right in near[1:]:
            taken |= _moved(new, down, right)
        free[_INNER][taken] = 0
    return centers


def _nearest(centers: Flags, near: list[tuple[int, int]]) -> Ints:
    """For each cell the place of its center in the flattened grid; -1 where none is in reach."""
    numbers = np.where(centers, np.arange(centers.size, dtype=np.int32).reshape(centers.shape), np.int32(-1))
    found = numbers.copy()
    inner = found[_INNER]
    for down, right in reversed(near[1:]):
        there = _moved(numbers, down, right)
        np.copyto(inner, there, where=there >= 0)
    np.copyto(found, numbers, where=centers)
    return found.astype(np.int64)


def _moved(grid: NDArray[Number], down: int, right: int) -> NDArray[Number]:
    """What lies so many steps away from each cell inside of the margin, which is empty and as wide as any step."""
    rows, columns = grid.shape
    return grid[_FARTHEST + down : rows - _FARTHEST + down, _FARTHEST + right : columns - _FARTHEST + right]


def _gathered(
    level: int, left: int, top: int, at: tuple[Ints, Ints], counts: Ints, center: Ints, width: int
) -> list[Cluster]:
    x, y = at
    keys, which = np.unique(center, return_inverse=True)
    sums = np.bincount(which, weights=counts)
    middle_x, middle_y = (np.bincount(which, weights=counts * (part + 0.5)) / sums for part in (x, y))
    first_x, first_y = keys % width - _FARTHEST, keys // width - _FARTHEST
    bits = (y - first_y[which]) * WINDOW + (x - first_x[which])
    masks = np.zeros(keys.size, dtype=np.uint64)
    np.bitwise_or.at(masks, which, np.uint64(1) << bits.astype(np.uint64))
    return [
        Cluster(_named(level, left + int(a), top + int(b), int(mask)), left + float(mx), top + float(my), int(n))
        for a, b, mask, mx, my, n in zip(first_x, first_y, masks, middle_x, middle_y, sums, strict=True)
    ]


def _named(level: int, x: int, y: int, mask: int) -> Place:
    if mask & (mask - 1):
        return Patch(level, x, y, mask)
    bit = mask.bit_length() - 1
    return Cell(level, x + bit % WINDOW, y + bit // WINDOW)
