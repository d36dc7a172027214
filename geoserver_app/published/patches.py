"""What a drawn thing is called in an address (``cells=``): a tile of the grid, or neighboring tiles as one patch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from geoserver_app.density.cells import tile_code

GRID = 30  # the zoom of the finest tiles: a Morton code of a place
WINDOW = 8  # cells on a side of what a patch can hold


def cell_id(zoom: int, x: int, y: int) -> str:
    """The id of a cell."""
    return f"{zoom}.{x}.{y}"


def patch_id(zoom: int, x: int, y: int, mask: int) -> str:
    """The id of a patch."""
    return f"{zoom}.{x}.{y}.{mask:x}"


@dataclass(frozen=True)
class Cell:
    """A cell: a tile of the grid, whose id is "zoom.column.row"."""

    zoom: int
    x: int
    y: int

    def __str__(self) -> str:
        return cell_id(self.zoom, self.x, self.y)

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (self,)

    @property
    def codes(self) -> tuple[int, int]:
        """The first Morton code (zoom 30) inside, and the first one beyond."""
        code = tile_code(self.x, self.y)
        bits = 2 * (GRID - self.zoom)
        return code << bits, (code + 1) << bits


@dataclass(frozen=True)
class Patch:
    """Cells of a window of 8 by 8 whose first column and row are ``x``, ``y``: bit 8 * row + column of ``mask``.

    Its id is "zoom.column.row.mask", the mask in hexadecimal digits.
    """

    zoom: int
    x: int
    y: int
    mask: int

    def __str__(self) -> str:
        return patch_id(self.zoom, self.x, self.y, self.mask)

    @property
    def cells(self) -> tuple[Cell, ...]:
        bits = (at for at in range(WINDOW * WINDOW) if self.mask >> at & 1)
        return tuple(Cell(self.zoom, self.x + at % WINDOW, self.y + at // WINDOW) for at in bits)


Place: TypeAlias = Cell | Patch


def parsed(text: str) -> Place | None:
    """The cell or patch of an id; None where it is none."""
    parts = text.split(".")
    if len(parts) not in (3, 4) or not all(one.isascii() and one.isdigit() and len(one) < 12 for one in parts[:3]):
        return None
    zoom, x, y = map(int, parts[:3])
    if not 0 <= zoom <= GRID or x >= 1 << zoom or y >= 1 << zoom:
        return None
    if len(parts) == 3:
        return Cell(zoom, x, y)
    mask = _mask(parts[3])
    found = Patch(zoom, x, y, mask) if mask else None
    fits = found and all(one.x < 1 << zoom and one.y < 1 << zoom for one in found.cells)
    return found if fits else None


def _mask(text: str) -> int:
    if not 0 < len(text) <= WINDOW * WINDOW // 4 or set(text) - set("0123456789abcdef"):
        return 0
    return int(text, 16)


def covering(level: int, left: int, top: int, right: int, bottom: int) -> tuple[Cell, ...]:
    """A rectangle of cells of a level (columns and rows, both ends included) as few cells of levels up to it."""
    return tuple(_covering(Cell(0, 0, 0), level, (left, top, right, bottom)))


def _covering(cell: Cell, level: int, box: tuple[int, int, int, int]) -> Iterator[Cell]:
    steps = level - cell.zoom
    west, north = cell.x << steps, cell.y << steps
    east, south = west + (1 << steps) - 1, north + (1 << steps) - 1
    left, top, right, bottom = box
    if east < left or west > right or south < top or north > bottom:
        return
    if left <= west and east <= right and top <= north and south <= bottom:
        yield cell
        return
    for x in (0, 1):
        for y in (0, 1):
            yield from _covering(Cell(cell.zoom + 1, cell.x * 2 + x, cell.y * 2 + y), level, box)
