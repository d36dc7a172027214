"""What a view of the map draws: cells, clusters or single incidents, and the totals that the list has too."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from geoserver_app.density.cells import ZOOMS, blocks_in, tiles_of
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Counts, Run
from geoserver_app.published.chosen import EVERYTHING, Sight
from geoserver_app.published.clusters import Flags, Floats, clusters
from geoserver_app.published.counting import View, counts
from geoserver_app.published.filters import Filters
from geoserver_app.published.listing import Listed, page
from geoserver_app.published.patches import Cell, Place, covering
from geoserver_app.published.tilesets import BoundingBox, tile_at
from layers.errors import OneMapError

DRAWN = ("clusters", "cells")
MOST_BLOCKS = 48  # of one view: four screens
FEW = 150  # incidents that are drawn one by one
MOST_POINTS = 1_000  # of the closest zooms, where two that lie on each other are still two
POINTS_FROM_ZOOM = 17
CELL_STEPS = 5  # zooms from a block to its cells
FINEST_STEPS = 4  # zooms from a view to the finest cells that are clustered: 16 pixels of a tile of 256
STEADY = 16  # cells: clusters are made over whole squares of so many, so that a small move changes little


class TooWide(OneMapError):
    """A view that is too large for its zoom."""


@dataclass(frozen=True)
class Unit:
    """A cell or a cluster: where it is drawn (degrees), and how many it stands for."""

    cell: Place
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
    every = counts(run, audience, filters, view, sight=sight)
    found = _inside(every, bbox)
    in_view = int(found.counts.sum())
    level = view.z + CELL_STEPS
    here = Summary(draw, level, found.on_map + found.off_map, found.on_map, found.off_map, in_view, found.as_of)
    if draw == "cells":
        return replace(here, units=_cells(found, level))
    if in_view <= (MOST_POINTS if zoom >= POINTS_FROM_ZOOM else FEW):
        within = replace(filters, within=view_cells(bbox, zoom))
        single = page(run, audience, within, limit=in_view, sight=sight) if in_view else []
        return replace(here, drawn="single", single=single)
    return replace(here, units=_clusters(every, bbox, zoom))


def view_cells(bbox: BoundingBox, zoom: int) -> tuple[Cell, ...]:
    """The cells of a view, whose requests are those ``in_view``."""
    level = _view(bbox, zoom).z + CELL_STEPS
    (left, top), (right, bottom) = _corners(bbox, level)
    return covering(level, left, top, right, bottom)


def _view(bbox: BoundingBox, zoom: int) -> View:
    z = min(max(zoom - 1, ZOOMS[0]), ZOOMS[-1])
    west, south, east, north = bbox
    (left, top), (right, bottom) = tile_at(west, north, z), tile_at(east, south, z)
    if (right - left + 1) * (bottom - top + 1) <= MOST_BLOCKS:
        return View(z, blocks_in(z, range(left, right + 1), range(top, bottom + 1)))
    if z > ZOOMS[0]:
        raise TooWide(f"The bbox is too wide for z={zoom}: ask for a smaller one, or a smaller z.")
    return View(z, None)


def _corners(bbox: BoundingBox, level: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Column and row of the first and the last tile of a zoom that touch a box."""
    west, south, east, north = bbox
    return tile_at(west, north, level), tile_at(east, south, level)


def _inside(found: Counts, bbox: BoundingBox, *, steady: int = 1) -> Counts:
    """Those cells alone that touch the view, widened to whole squares of some cells."""
    corners = _corners(bbox, found.z + CELL_STEPS)
    (left, top), (right, bottom) = ((x // steady, y // steady) for x, y in corners)
    columns, rows = (part // steady for part in tiles_of(found.cells))
    here = (columns >= left) & (columns <= right) & (rows >= top) & (rows <= bottom)
    return replace(found, cells=found.cells[here], counts=found.counts[here])


def _cells(found: Counts, level: int) -> list[Unit]:
    """The counted cells themselves, at their middles."""
    columns, rows = tiles_of(found.cells)
    lon, lat = degrees(columns.astype(np.float64) + 0.5, rows.astype(np.float64) + 0.5, level)
    at = zip(columns.tolist(), rows.tolist(), strict=True)
    cells = (Cell(level, x, y) for x, y in at)
    return [Unit(*row) for row in zip(cells, lon.tolist(), lat.tolist(), found.counts.tolist(), strict=True)]


def _clusters(every: Counts, bbox: BoundingBox, zoom: int) -> list[Unit]:
    """Clusters (clusters.py) of what is in view."""
    near = _inside(every, bbox, steady=STEADY)
    level = near.z + CELL_STEPS
    wanted = np.isin(near.cells, _inside(near, bbox).cells, assume_unique=True)
    near, wanted, level = _coarser(near, wanted, level, max(level - zoom - FINEST_STEPS, 0))
    found = clusters(
        level, *tiles_of(near.cells), near.counts, wanted=wanted, cell_px=256 / 2 ** (level - zoom)
    )  # fmt: skip
    lon, lat = degrees(np.array([one.x for one in found]), np.array([one.y for one in found]), level)
    return [Unit(one.place, x, y, one.n) for one, x, y in zip(found, lon.tolist(), lat.tolist(), strict=True)]


def _coarser(found: Counts, wanted: Flags, level: int, steps: int) -> tuple[Counts, Flags, int]:
    """Cells some zooms farther out, of those that are wanted alone."""
    if steps == 0:
        return found, wanted, level
    codes, which = np.unique(found.cells[wanted] >> 2 * steps, return_inverse=True)
    sums = np.bincount(which, weights=found.counts[wanted], minlength=codes.size).astype(np.int64)
    return replace(found, cells=codes, counts=sums), np.ones(codes.size, dtype=bool), level - steps


def degrees(x: Floats, y: Floats, level: int) -> tuple[Floats, Floats]:
    """Degrees of positions counted in tiles of a zoom, to six decimals."""
    count = float(1 << level)
    lat: Floats = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / count))))
    return np.round(x / count * 360 - 180, 6), np.round(lat, 6)
