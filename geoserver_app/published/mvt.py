"""Vector tiles of squares, written by hand (Mapbox Vector Tile specification 2.1), with an extent of 4,096."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

EXTENT = 4096
_MOVE, _LINE, _CLOSE = 1, 2, 7
_POLYGON = 3
# How messages begin that are shorter than 128 bytes: a feature or its tags (field 2 both), a value (4) with a text (1).
# A tile has a thousand of each.
_SHORT = [bytes((0x12, length)) for length in range(128)]
_SHORT_VALUE = [bytes((0x22, length + 2, 0x0A, length)) for length in range(126)]


def squares(
    layer: str, ids: Sequence[str], counts: Sequence[int], corners: Iterable[tuple[int, int]], side: int
) -> bytes:
    """A tile of one layer of squares with ``id`` and ``n``; empty where there are none, as the specification wants it.

    ``corners`` are those in the north-west, ``side`` the side of all, in units of the extent.
    """
    if not ids:
        return b""
    numbers = {n: len(ids) + place for place, n in enumerate(dict.fromkeys(counts))}
    parts = [_text(1, layer)]
    for place, (n, (x, y)) in enumerate(zip(counts, corners, strict=True)):
        # Tags: key 0 (id) with its value, key 1 (n) with its value.
        tags = b"\x00" + _varint(place) + b"\x01" + _varint(numbers[n])
        feature = _SHORT[len(tags)] + tags + _ring(x, y, side)
        parts.append(_SHORT[len(feature)] + feature)
    parts += (_text(3, "id"), _text(3, "n"))
    parts += [_SHORT_VALUE[len(one)] + one for one in map(str.encode, ids)]
    parts += [_message(4, _number(4, n)) for n in numbers]
    parts += (_number(5, EXTENT), _number(15, 2))
    return _message(3, b"".join(parts))


@lru_cache(maxsize=1 << 15)
def _ring(x: int, y: int, side: int) -> bytes:
    """A square's type and geometry: clockwise on the screen, whose y grows downward, which is an outer ring."""
    right, left = _zigzag(side), _zigzag(-side)
    drawn = [_command(_MOVE, 1), _zigzag(x), _zigzag(y), _command(_LINE, 3), right, 0, 0, right, left, 0,
             _command(_CLOSE, 1)]  # fmt: skip
    return _number(3, _POLYGON) + _message(4, b"".join(map(_varint, drawn)))


def _command(what: int, count: int) -> int:
    return what | count << 3


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


@lru_cache(maxsize=1 << 14)
def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())
