"""A layer cut into blocks of so many vertices, and large outlines into pieces: what keeps a comparison small.

Blocks are boxes of the metre plane that fill the layer's extent; what reaches over a block's side is cut at it, so that
areas add up over the blocks. Pieces are halves of halves of an outline: a street network of 18,000 vertices would
otherwise be looked through once for each of the thousand parcels along it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.geometry import Geometries
from layers.quality.layer import Layer

BLOCK_VERTICES = 300_000
PIECE_VERTICES = 400
_DEEPEST = 24  # halvings: an extent of 10 km is then cut to meters


@dataclass(frozen=True)
class Block:
    """A box of the plane with the rows of the layer that reach into it; ``whole`` where it is all there is."""

    west: float
    south: float
    east: float
    north: float
    rows: NDArray[np.intp]
    whole: bool

    @property
    def box(self) -> shapely.Polygon:
        return shapely.box(self.west, self.south, self.east, self.north)


def blocks(layer: Layer, rows: NDArray[np.intp], limit: int = BLOCK_VERTICES) -> Iterator[Block]:
    """Blocks of at most ``limit`` vertices each (of whole features), over the extent of some rows and 10 m around."""
    if not len(rows):
        return
    bounds = layer.bounds[rows]
    west, south = bounds[:, :2].min(axis=0) - 10
    east, north = bounds[:, 2:].max(axis=0) + 10
    total = int(layer.vertices[rows].sum())
    yield from _halved(layer, Block(west, south, east, north, rows, whole=total <= limit), limit, 0)


def _halved(layer: Layer, block: Block, limit: int, depth: int) -> Iterator[Block]:
    if depth >= _DEEPEST or layer.vertices[block.rows].sum() <= limit or len(block.rows) < 3:
        yield block
        return
    across = block.east - block.west > block.north - block.south
    low, high = (0, 2) if across else (1, 3)
    cut = float(np.median((layer.bounds[block.rows, low] + layer.bounds[block.rows, high]) / 2))
    start, end = (block.west, block.east) if across else (block.south, block.north)
    if not start < cut < end:
        cut = (start + end) / 2
    for first in (True, False):
        beside = layer.bounds[block.rows, low] <= cut if first else layer.bounds[block.rows, high] >= cut
        yield from _halved(layer, _part(block, across, cut, first, block.rows[beside]), limit, depth + 1)


def _part(block: Block, across: bool, cut: float, first: bool, rows: NDArray[np.intp]) -> Block:
    west, south, east, north = block.west, block.south, block.east, block.north
    if across:
        west, east = (west, cut) if first else (cut, east)
    else:
        south, north = (south, cut) if first else (cut, north)
    return Block(west, south, east, north, rows, whole=False)


def clipped(layer: Layer, block: Block) -> Geometries:
    """The outlines of a block's rows, cut at its sides where they reach over them."""
    outlines = layer.outlines(block.rows)
    if block.whole:
        return outlines
    bounds = layer.bounds[block.rows]
    over = (
        (bounds[:, 0] < block.west)
        | (bounds[:, 1] < block.south)
        | (bounds[:, 2] > block.east)
        | (bounds[:, 3] > block.north)
    )
    outlines = outlines.copy()
    outlines[over] = shapely.intersection(outlines[over], block.box)
    return outlines


def pieces(outlines: Geometries, limit: int = PIECE_VERTICES) -> tuple[Geometries, NDArray[np.intp]]:
    """Outlines cut into pieces of at most ``limit`` vertices, and of which outline (by position) each is."""
    large = np.flatnonzero(shapely.get_num_coordinates(outlines) > limit)
    if not len(large):
        return outlines, np.arange(len(outlines))
    small = np.setdiff1d(np.arange(len(outlines)), large)
    made: list[shapely.Geometry] = []
    owners: list[int] = []
    for at in large.tolist():
        parts = list(_pieces_of(outlines[at], limit, 0))
        made += parts
        owners += [at] * len(parts)
    together = np.empty(len(made), dtype=object)
    together[:] = made
    return np.concatenate((outlines[small], together)), np.concatenate((small, np.array(owners, dtype=np.intp)))


def _pieces_of(outline: shapely.Geometry, limit: int, depth: int) -> Iterator[shapely.Geometry]:
    if outline.is_empty:
        return
    if depth >= _DEEPEST or shapely.get_num_coordinates(outline) <= limit:
        yield outline
        return
    west, south, east, north = outline.bounds
    if east - west > north - south:
        middle = (west + east) / 2
        halves = shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)
    else:
        middle = (south + north) / 2
        halves = shapely.box(west, south, east, middle), shapely.box(west, middle, east, north)
    for half in halves:
        yield from _pieces_of(shapely.intersection(outline, half), limit, depth + 1)
