"""Blocks and cells of the grid: a block is a tile of 32 by 32 cells, a place its Morton code at zoom 30."""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]

WIDE = 0  # the level of the whole city: cell 0 on the map, cell 1 off it
ZOOMS = tuple(range(10, 16))
LEVELS = (WIDE, *ZOOMS)
CELL_BITS = 10  # of a cell's number inside its block
OFF_MAP = -1  # stands for a Morton code where there is none


def shift(z: int) -> int:
    """By how many bits a Morton code of zoom 30 is shifted to be that of its cell in a block of zoom z."""
    return 2 * (30 - z) - CELL_BITS


def cells_of(z: int, morton: Ints) -> Ints:
    """The cell of each place at a level, as one number: the block's Morton code and the cell in it (10 bits)."""
    if z == WIDE:
        return (morton < 0).astype(np.int64)
    return morton >> shift(z)


def tile_code(x: int, y: int) -> int:
    """The Morton code of a tile's column and row (x in the even bits)."""
    return _spread(x) | _spread(y) << 1


def tiles_of(codes: Ints) -> tuple[Ints, Ints]:
    """Columns and rows of Morton codes."""
    return _compact(codes), _compact(codes >> 1)


def blocks_in(z: int, columns: Iterable[int], rows: Iterable[int]) -> list[int]:
    """The blocks of a rectangle of tiles, ascending."""
    rows = list(rows)
    return sorted(tile_code(x, y) for x in columns for y in rows)


def _spread(value: int) -> int:
    return sum((value >> bit & 1) << 2 * bit for bit in range(value.bit_length()))


def _compact(codes: Ints) -> Ints:
    found = codes & 0x5555555555555555
    for bits, mask in (
        (1, 0x3333333333333333), (2, 0x0F0F0F0F0F0F0F0F), (4, 0x00FF00FF00FF00FF), (8, 0x0000FFFF0000FFFF),
        (16, 0x00000000FFFFFFFF),
    ):  # fmt: skip
        found = (found | found >> bits) & mask
    return found
