"""What a view of the map draws: cells, clusters or single incidents, and the totals that the list has too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoserver_app.density.cells import ZOOMS, Ints, blocks_in, tiles_of
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Counts, Run
from geoserver_app.published.chosen import EVERYTHING, Sight
from geoserver_app.published.counting import View, counts
from geoserver_app.published.filters import Cell, Filters
from geoserver_app.published.listing import Listed, page
from geoserver_app.published.tilesets import BoundingBox, tile_at
from layers.errors import OneMapError

Floats: TypeAlias = NDArray[np.float64]
DRAWN = ("clusters", "cells")
MOST_BLOCKS = 48  # of one view: four screens
FEW = 250  # incidents that are drawn one by one
MOST_POINTS = 1_000  # of the closest zooms, where two that lie on each other are still two
POINTS_FROM_ZOOM = 17
CELL_STEPS = 5  # zooms from a block to its cells
CLUSTER_STEPS = 2  # zooms from a view to its clusters: 64 pixels of a tile of 256


class TooWide(OneMapError):
    """A view that is too large for its zoom."""


@dataclass(frozen=True)
class Unit:
    """A cell or a cluster: where it is drawn (degrees), and how many it stands for."""

    cell: Cell
    lon: float
    lat: float
    n: int


@dataclass(frozen=True)
class Summary:
    """A view. ``total`` and its parts are of all that the filters choose; ``in_view`` is the sum of what is drawn.

    ``drawn`` says as what: cells, clusters or incidents (``single``). The cells of ``level`` are tiles of that zoom.
    """

    drawn: str
    level: int
    total: int
    on_map: int
    off_map: int
    in_view: int
    as_of: datetime
    units: list[Unit] = field(default_factory=list)
    single: list[Listed] = field(default_factory=list)


def summary(
    run: Run, audience: Audience, filters: Filters, *, bbox: BoundingBox, zoom: int, draw: str = "clusters",
    sight: Sight = EVERYTHING,
) -> Summary:  # fmt: skip
    """What is drawn of a view (degrees) at a zoom of tiles of 256 pixels. TooWide where it is no view any more."""
    view = _view(bbox, zoom)
    found = _inside(counts(run, audience, filters, view, sight=sight), bbox)
    in_view = int(found.counts.sum())
    level = view.z + CELL_STEPS
    here = Summary(draw, level, found.on_map + found.off_map, found.on_map, found.off_map, in_view, found.as_of)
    if draw == "clusters" and in_view <= (MOST_POINTS if zoom >= POINTS_FROM_ZOOM else FEW):
        cells = [Cell(level, *at) for at in zip(*_tiles(found.cells), strict=True)]
        single = _single(run, audience, filters, cells, in_view, sight)
        return replace(here, drawn="single", single=single)
    steps = 0 if draw == "cells" else max(level - zoom - CLUSTER_STEPS, 0)
    return replace(here, level=level - steps, units=_units(found, level, steps))


def _view(bbox: BoundingBox, zoom: int) -> View:
    z = min(max(zoom - 1, ZOOMS[0]), ZOOMS[-1])
    west, south, east, north = bbox
    (left, top), (right, bottom) = tile_at(west, north, z), tile_at(east, south, z)
    if (right - left + 1) * (bottom - top + 1) <= MOST_BLOCKS:
        return View(z, blocks_in(z, range(left, right + 1), range(top, bottom + 1)))
    if z > ZOOMS[0]:
        raise TooWide(f"The bbox is too wide for z={zoom}: ask for a smaller one, or a smaller z.")
    return View(z, None)


def _inside(found: Counts, bbox: BoundingBox) -> Counts:
    """Those cells alone that touch the view."""
    west, south, east, north = bbox
    level = found.z + CELL_STEPS
    (left, top), (right, bottom) = tile_at(west, north, level), tile_at(east, south, level)
    columns, rows = tiles_of(found.cells)
    here = (columns >= left) & (columns <= right) & (rows >= top) & (rows <= bottom)
    return replace(found, cells=found.cells[here], counts=found.counts[here])


def _single(
    run: Run, audience: Audience, filters: Filters, cells: Sequence[Cell], count: int, sight: Sight
) -> list[Listed]:
    """The requests of the cells of the view, one by one."""
    if not cells:
        return []
    return page(run, audience, replace(filters, within=tuple(cells)), limit=count, sight=sight)


def _units(found: Counts, level: int, steps: int) -> list[Unit]:
    """Cells, or clusters of 2^steps by 2^steps of them, which stand where their requests are, not in a grid."""
    codes, which = np.unique(found.cells >> 2 * steps, return_inverse=True)
    sums = np.bincount(which, weights=found.counts, minlength=codes.size).astype(np.int64)
    x, y = (
        np.bincount(which, weights=found.counts * (part + 0.5)) / np.maximum(sums, 1) for part in tiles_of(found.cells)
    )
    lon, lat = _degrees(x, y, level)
    columns, rows = _tiles(codes)
    cells = (Cell(level - steps, *at) for at in zip(columns, rows, strict=True))
    return [Unit(*row) for row in zip(cells, lon.tolist(), lat.tolist(), sums.tolist(), strict=True)]


def _tiles(codes: Ints) -> tuple[list[int], list[int]]:
    columns, rows = tiles_of(codes)
    return columns.tolist(), rows.tolist()


def _degrees(x: Floats, y: Floats, level: int) -> tuple[Floats, Floats]:
    """Degrees of positions counted in tiles of a zoom, to six decimals."""
    count = float(1 << level)
    lat: Floats = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / count))))
    return np.round(x / count * 360 - 180, 6), np.round(lat, 6)
