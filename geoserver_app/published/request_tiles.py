"""Requests as vector tiles, for other maps: counted squares up to zoom 15, requests one by one from 16 on."""

from __future__ import annotations

from dataclasses import replace

from geoserver_app.density.cells import ZOOMS, tile_code, tiles_of
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Run
from geoserver_app.published.chosen import EVERYTHING, Sight
from geoserver_app.published.counting import View, counts
from geoserver_app.published.filters import Filters
from geoserver_app.published.listing import Listed, page
from geoserver_app.published.mvt import EXTENT, Point, Square, Value, tile
from geoserver_app.published.patches import GRID, Cell
from geoserver_app.published.summary import CELL_STEPS
from layers.errors import OneMapError
from layers.mercator import grid_position

FIRST, LAST = ZOOMS[0], 22
MOST_POINTS = 5_000  # of a tile; where there are more it has squares as at zoom 15
_LAYER = "request"


class NoSuchTile(OneMapError):
    """A tile that is none, or of a zoom at which there are no requests."""


def request_tile(run: Run, audience: Audience, filters: Filters, at: Cell, *, sight: Sight = EVERYTHING) -> bytes:
    """The tile of a place. Squares have ``id`` (for cells=) and ``n``; points number, id and whether they are open."""
    if not FIRST <= at.zoom <= LAST:
        raise NoSuchTile(f"There are tiles of requests from zoom {FIRST} to {LAST}, not at {at.zoom}.")
    if at.zoom > ZOOMS[-1]:
        found = page(run, audience, replace(filters, within=(at,)), limit=MOST_POINTS + 1, sight=sight)
        if len(found) <= MOST_POINTS:
            return tile(_LAYER, [_point(one, at) for one in found])
    return tile(_LAYER, _squares(run, audience, filters, at, sight))


def _squares(run: Run, audience: Audience, filters: Filters, at: Cell, sight: Sight) -> list[Square]:
    z = min(at.zoom, ZOOMS[-1])
    steps = at.zoom - z
    found = counts(run, audience, filters, View(z, [tile_code(at.x >> steps, at.y >> steps)]), sight=sight)
    level, side = z + CELL_STEPS, EXTENT >> CELL_STEPS << steps
    columns, rows = tiles_of(found.cells)
    left, top = at.x << level - at.zoom, at.y << level - at.zoom
    across = 1 << level - at.zoom
    return [
        Square((x - left) * side, (y - top) * side, side, {"id": str(Cell(level, x, y)), "n": n})
        for x, y, n in zip(columns.tolist(), rows.tolist(), found.counts.tolist(), strict=True)
        if left <= x < left + across and top <= y < top + across
    ]


def _point(one: Listed, at: Cell) -> Point:
    place = grid_position(one.lon or 0.0, one.lat or 0.0)  # it was asked for by its place, so it has one
    bits = GRID - at.zoom
    x, y = (((part - (first << bits)) * EXTENT >> bits) for part, first in ((place.x, at.x), (place.y, at.y)))
    cell = str(Cell(GRID, place.x, place.y))
    said: dict[str, Value] = {"service_request_id": one.service_request_id, "id": cell, "open": one.is_open, "n": 1}
    return Point(x, y, said)
