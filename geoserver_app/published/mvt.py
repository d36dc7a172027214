"""Vector tiles of squares, written by hand (Mapbox Vector Tile specification 2.1), with an extent of 4,096.

Squares differ in a few numbers alone: written with as many bytes each, a whole tile is one table of bytes, filled
column by column. A number that would need fewer bytes gets empty ones, which protobuf reads as the same number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geoserver_app.density.cells import Ints

Bytes: TypeAlias = NDArray[np.uint8]

EXTENT = 4096
_MOVE, _LINE, _CLOSE = 1, 2, 7
_POLYGON = 3


@dataclass(frozen=True)
class Squares:
    """Cells of a level: their columns and rows, what each counts, and how they are drawn.

    ``x`` and ``y`` are their corners in the north-west, ``side`` the side of all, in units of the extent.
    """

    level: int
    columns: Ints
    rows: Ints
    counts: Ints
    x: Ints
    y: Ints
    side: int


def squares(layer: str, found: Squares) -> bytes:
    """A tile of one layer of squares with ``id`` (that of the cell, for cells=) and ``n``.

    Empty where there are none, as the specification wants it.
    """
    if not found.counts.size:
        return b""
    order, ids = _ids(found.level, found.columns, found.rows)
    numbers, which = np.unique(found.counts[order], return_inverse=True)
    features = _features(np.arange(order.size), order.size + which, found.x[order], found.y[order], found.side)
    values = b"".join(map(_value, numbers.tolist()))
    rest = _number(5, EXTENT) + _number(15, 2)
    return _message(3, b"".join((_text(1, layer), features, _text(3, "id"), _text(3, "n"), ids, values, rest)))


def _features(names: Ints, numbers: Ints, x: Ints, y: Ints, side: int) -> bytes:
    """Each feature (field 2): its tags (key 0, id, and key 1, n, with their values), that it is a polygon, its ring.

    The ring is clockwise on the screen, whose y grows downward: an outer one.
    """
    right, left, none = _varint(_zigzag(side)), _varint(_zigzag(-side)), b"\0"
    tags = _Table().fixed(b"\0").varints(names).fixed(b"\1").varints(numbers)
    drawn = _Table().fixed(_varint(_command(_MOVE, 1))).varints(_zigzags(x)).varints(_zigzags(y))
    drawn.fixed(
        b"".join((_varint(_command(_LINE, 3)), right, none, none, right, left, none, _varint(_command(_CLOSE, 1))))
    )
    feature = _Table().fixed(_begun(2, tags.width)).table(tags).fixed(_number(3, _POLYGON))
    feature.fixed(_begun(4, drawn.width)).table(drawn)
    return _Table().fixed(_begun(2, feature.width)).table(feature).written(names.size)


def _ids(level: int, columns: Ints, rows: Ints) -> tuple[Ints, bytes]:
    """The values (field 4) "level.column.row", which are texts (1), and the order that they stand in.

    It is by their length: those of one length are one table.
    """
    wide, high = _digits(columns), _digits(rows)
    shapes = wide * 32 + high
    order = np.argsort(shapes, kind="stable")
    begun = f"{level}.".encode()
    parts = []
    for shape in np.unique(shapes).tolist():
        here = order[shapes[order] == shape]
        text = _Table().fixed(begun).decimals(columns[here], shape // 32).fixed(b".").decimals(rows[here], shape % 32)
        value = _begun(1, text.width)
        parts.append(_Table().fixed(_begun(4, len(value) + text.width) + value).table(text).written(here.size))
    return order, b"".join(parts)


class _Table:
    """Rows of bytes that are all of one length, put together from left to right."""

    def __init__(self) -> None:
        self.parts: list[Bytes] = []
        self.width = 0

    def fixed(self, content: bytes) -> _Table:
        """The same in every row."""
        return self._with(np.frombuffer(content, dtype=np.uint8)[None, :])

    def varints(self, numbers: Ints) -> _Table:
        """A number of each row, all as long as the largest one."""
        groups = len(_varint(int(numbers.max())))
        found = np.empty((numbers.size, groups), dtype=np.uint8)
        for group in range(groups):
            found[:, group] = numbers >> 7 * group & 0x7F
        found[:, :-1] |= 0x80
        return self._with(found)

    def decimals(self, numbers: Ints, digits: int) -> _Table:
        """A number of each row, in so many digits. Those of a tile lie close together: each is divided once."""
        lowest = int(numbers.min())
        near = np.arange(lowest, int(numbers.max()) + 1)
        written = (near[:, None] // 10 ** np.arange(digits - 1, -1, -1) % 10 + ord("0")).astype(np.uint8)
        return self._with(written[numbers - lowest])

    def table(self, other: _Table) -> _Table:
        """All that is in another table."""
        self.parts += other.parts
        self.width += other.width
        return self

    def written(self, rows: int) -> bytes:
        whole, at = np.empty((rows, self.width), dtype=np.uint8), 0
        for part in self.parts:
            whole[:, at : at + part.shape[1]] = part
            at += part.shape[1]
        return whole.tobytes()

    def _with(self, part: Bytes) -> _Table:
        self.parts.append(part)
        self.width += part.shape[1]
        return self


@lru_cache(maxsize=1 << 14)
def _value(number: int) -> bytes:
    return _message(4, _number(4, number))


def _digits(numbers: Ints) -> Ints:
    """How many decimal digits each number has."""
    found: Ints = np.maximum(np.searchsorted(10 ** np.arange(18), numbers, side="right"), 1)
    return found


def _command(what: int, count: int) -> int:
    return what | count << 3


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _zigzags(numbers: Ints) -> Ints:
    return numbers << 1 ^ numbers >> 63


@lru_cache(maxsize=1 << 10)
def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _begun(field: int, length: int) -> bytes:
    """How a field of so many bytes begins."""
    return _varint(field << 3 | 2) + _varint(length)


def _message(field: int, content: bytes) -> bytes:
    return _begun(field, len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())
