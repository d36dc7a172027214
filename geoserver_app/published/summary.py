"""What a view of the map draws: cells, clusters or single incidents, and the totals that the list has too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np

from geoserver_app.density.cells import ZOOMS, Ints, blocks_in, tiles_of
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Counts, Run
from geoserver_app.memory import Memory
from geoserver_app.published.chosen import EVERYTHING, Sight
from geoserver_app.published.clusters import Flags, Floats, clusters
from geoserver_app.published.counting import View, counts
from geoserver_app.published.filters import Filters
from geoserver_app.published.listing import Listed, page
from geoserver_app.published.patches import Cell, Place, cell_id, covering, parsed
from geoserver_app.published.tilesets import BoundingBox, tile_at
from layers.errors import OneMapError

DRAWN = ("clusters", "cells")
SINGLE = "single"
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
class Units:
    """Cells or clusters as columns: ids, where each is drawn (degrees), and how many it stands for."""

    ids: list[str] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[str, float, float, int]]:
        return zip(self.ids, self.lon, self.lat, self.counts, strict=True)

    @cached_property
    def as_json(self) -> str:
        """Of each: id for cells=, longitude, latitude, how many. Of a thousand squares few columns and rows differ."""
        lon, lat = _said_once(self.lon), _said_once(self.lat)
        return ",".join([f'["{name}",{lon[x]},{lat[y]},{n}]' for name, x, y, n in self.rows()])


def _said_once(numbers: Iterable[float]) -> dict[float, str]:
    return {number: repr(number) for number in set(numbers)}


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
    columns: Units = field(default_factory=Units)
    single: list[Listed] = field(default_factory=list)

    @property
    def units(self) -> list[Unit]:
        """The same as ``columns``, one by one."""
        found = ((parsed(name), lon, lat, n) for name, lon, lat, n in self.columns.rows())
        return [Unit(cell, lon, lat, n) for cell, lon, lat, n in found if cell is not None]


# What was drawn of counts, by their seal and the view; a unit takes some 300 bytes, written down included.
remembered: Memory[Summary] = Memory(8 << 20, lambda one: 300 * len(one.columns.ids))


def summary(
    run: Run, audience: Audience, filters: Filters, *, bbox: BoundingBox, zoom: int, draw: str = "clusters",
    sight: Sight = EVERYTHING,
) -> Summary:  # fmt: skip
    """What is drawn of a view (degrees) at a zoom of tiles of 256 pixels. TooWide where it is no view any more.

    ``run`` must see one moment in all its statements.
    """
    here = counted(run, audience, filters, bbox=bbox, zoom=zoom, draw=draw, sight=sight)
    if here.drawn != SINGLE or not here.in_view:
        return here
    within = replace(filters, within=view_cells(bbox, zoom))
    return replace(here, single=page(run, audience, within, limit=here.in_view, sight=sight, many=False))


def counted(
    run: Run, audience: Audience, filters: Filters, *, bbox: BoundingBox, zoom: int, draw: str,
    sight: Sight = EVERYTHING,
) -> Summary:  # fmt: skip
    """The same without the incidents where they are drawn one by one, which take a statement of their own."""
    view = _view(bbox, zoom)
    found = counts(run, audience, filters, view, sight=sight)
    few = MOST_POINTS if zoom >= POINTS_FROM_ZOOM else FEW
    key = (found.seal, bbox, zoom, draw, few)
    here = remembered.get(key) if found.seal else None
    if here is None:
        here = _drawn(found, bbox, zoom, draw, few)
        if found.seal:
            remembered.put(key, here)
    return replace(here, as_of=found.as_of)


def _drawn(found: Counts, bbox: BoundingBox, zoom: int, draw: str, few: int) -> Summary:
    level = found.z + CELL_STEPS
    every, corners = _Cells.of(found), _corners(bbox, level)
    seen = every.within(corners)
    in_view = int(found.counts[seen].sum())
    here = Summary(draw, level, found.on_map + found.off_map, found.on_map, found.off_map, in_view, found.as_of)
    if draw == "cells":
        return replace(here, columns=_cells(every.only(seen), level))
    if in_view <= few:
        return replace(here, drawn=SINGLE)
    near = every.within(corners, steady=STEADY)
    return replace(here, columns=_clusters(every.only(near), seen[near], level, zoom))


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


_Corners = tuple[tuple[int, int], tuple[int, int]]


def _corners(bbox: BoundingBox, level: int) -> _Corners:
    """Column and row of the first and the last tile of a zoom that touch a box."""
    west, south, east, north = bbox
    return tile_at(west, north, level), tile_at(east, south, level)


@dataclass(frozen=True)
class _Cells:
    """Counted cells of a level: Morton codes, columns, rows, counts."""

    codes: Ints
    columns: Ints
    rows: Ints
    counts: Ints

    @classmethod
    def of(cls, found: Counts) -> _Cells:
        return cls(found.cells, *tiles_of(found.cells), found.counts)

    def within(self, corners: _Corners, *, steady: int = 1) -> Flags:
        """Which ones lie in a rectangle, widened to whole squares of some cells."""
        (left, top), (right, bottom) = ((x // steady * steady, y // steady * steady) for x, y in corners)
        columns = (self.columns >= left) & (self.columns < right + steady)
        return columns & (self.rows >= top) & (self.rows < bottom + steady)

    def only(self, some: Flags) -> _Cells:
        return _Cells(self.codes[some], self.columns[some], self.rows[some], self.counts[some])

    def coarser(self, steps: int) -> _Cells:
        """Cells some zooms farther out."""
        codes, which = np.unique(self.codes >> 2 * steps, return_inverse=True)
        sums = np.bincount(which, weights=self.counts, minlength=codes.size).astype(np.int64)
        return _Cells(codes, *tiles_of(codes), sums)


def _cells(found: _Cells, level: int) -> Units:
    """The counted cells themselves, at their middles."""
    lon, lat = degrees(found.columns.astype(np.float64) + 0.5, found.rows.astype(np.float64) + 0.5, level)
    ids = [cell_id(level, x, y) for x, y in zip(found.columns.tolist(), found.rows.tolist(), strict=True)]
    return Units(ids, lon.tolist(), lat.tolist(), found.counts.tolist())


def _clusters(near: _Cells, wanted: Flags, level: int, zoom: int) -> Units:
    """Clusters (clusters.py) of cells of which some are in view; of coarse ones only those."""
    steps = max(level - zoom - FINEST_STEPS, 0)
    if steps:
        near, level = near.only(wanted).coarser(steps), level - steps
        wanted = np.ones(near.codes.size, dtype=bool)
    cell_px = 256 / 2 ** (level - zoom)
    found = clusters(level, near.columns, near.rows, near.counts, wanted=wanted, cell_px=cell_px)
    lon, lat = degrees(found.x, found.y, level)
    return Units(found.ids, lon.tolist(), lat.tolist(), found.counts)


def degrees(x: Floats, y: Floats, level: int) -> tuple[Floats, Floats]:
    """Degrees of positions counted in tiles of a zoom, to six decimals."""
    count = float(1 << level)
    lat: Floats = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / count))))
    return np.round(x / count * 360 - 180, 6), np.round(lat, 6)
