"""Requests as vector tiles, for other maps: counted squares up to zoom 15, requests one by one from 16 on."""

from __future__ import annotations

from pathlib import Path

from geoserver_app.density.cells import ZOOMS, tile_code, tiles_of
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Counts, Run
from geoserver_app.memory import Memory
from geoserver_app.published.chosen import EVERYTHING, Sight, chosen
from geoserver_app.published.counting import View, counts
from geoserver_app.published.filters import Filters
from geoserver_app.published.mvt import EXTENT, Squares, squares
from geoserver_app.published.patches import Cell
from geoserver_app.published.summary import CELL_STEPS
from layers.errors import OneMapError

FIRST, LAST = ZOOMS[0], 22
MOST_POINTS = 2_000  # of a tile (some 15 ms of processor time); where there are more it has squares as at zoom 15
POINTS = (Path(__file__).with_name("tiles") / "points.sql").read_text(encoding="utf-8")
_LAYER = "request"  # in points.sql too
remembered: Memory[bytes] = Memory(8 << 20, len)  # tiles of squares by the seal of their counts


class NoSuchTile(OneMapError):
    """A tile that is none, or of a zoom at which there are no requests."""


def request_tile(run: Run, audience: Audience, filters: Filters, at: Cell, *, sight: Sight = EVERYTHING) -> bytes:
    """The tile of a place. Squares have ``id`` (for cells=) and ``n``; points number, id and whether they are open."""
    if not FIRST <= at.zoom <= LAST:
        raise NoSuchTile(f"There are tiles of requests from zoom {FIRST} to {LAST}, not at {at.zoom}.")
    if at.zoom > ZOOMS[-1]:
        asked = chosen(audience, filters, sight=sight)
        statement = POINTS.format(relation=asked.relation, condition=asked.condition)
        low, high = at.codes
        place = {"z": at.zoom, "x": at.x, "y": at.y, "low": low, "high": high, "most": MOST_POINTS}
        ((many, points),) = run(statement, {**asked.values, **place})
        if many <= MOST_POINTS:
            return bytes(points or b"")
    return _squares(run, audience, filters, at, sight)


def _squares(run: Run, audience: Audience, filters: Filters, at: Cell, sight: Sight) -> bytes:
    """The cells that the tile shows; from zoom 21 on a tile lies inside of one."""
    z = min(at.zoom, ZOOMS[-1])
    steps = at.zoom - z
    found = counts(run, audience, filters, View(z, [tile_code(at.x >> steps, at.y >> steps)]), sight=sight)
    key = (found.seal, at)
    drawn = remembered.get(key) if found.seal else None
    if drawn is None:
        drawn = _drawn(found, at, z)
        if found.seal:
            remembered.put(key, drawn)
    return drawn


def _drawn(found: Counts, at: Cell, z: int) -> bytes:
    level = z + CELL_STEPS
    columns, rows = tiles_of(found.cells)
    left, top = (one << level >> at.zoom for one in (at.x, at.y))
    across = max(1 << level >> at.zoom, 1)
    here = (columns >= left) & (columns < left + across) & (rows >= top) & (rows < top + across)
    columns, rows, side = columns[here], rows[here], EXTENT << at.zoom >> level
    corners = (columns * side - at.x * EXTENT, rows * side - at.y * EXTENT)
    return squares(_LAYER, Squares(level, columns, rows, found.counts[here], *corners, side))
