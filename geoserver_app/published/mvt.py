"""Vector tiles written by hand (Mapbox Vector Tile specification 2.1): squares and points with an extent of 4,096."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

EXTENT = 4096
Value: TypeAlias = str | int | bool
_MOVE, _LINE, _CLOSE = 1, 2, 7
_POINT, _POLYGON = 1, 3


@dataclass(frozen=True)
class Square:
    """A square by its corner in the north-west and its side, in units of the extent."""

    x: int
    y: int
    side: int
    properties: Mapping[str, Value]


@dataclass(frozen=True)
class Point:
    """A point in units of the extent."""

    x: int
    y: int
    properties: Mapping[str, Value]


def tile(layer: str, features: Sequence[Square | Point]) -> bytes:
    """A tile of one layer; empty where there are no features, as the specification wants it."""
    if not features:
        return b""
    keys: dict[str, int] = {}
    values: dict[tuple[type, Value], int] = {}
    body = _text(1, layer)
    for one in features:
        tags = []
        for key, value in one.properties.items():
            tags += [keys.setdefault(key, len(keys)), values.setdefault((type(value), value), len(values))]
        body += _message(2, _packed(2, tags) + _shape(one))
    body += b"".join(_text(3, key) for key in keys)
    body += b"".join(_message(4, _value(value)) for _type, value in values)
    body += _number(5, EXTENT) + _number(15, 2)
    return _message(3, body)


def _shape(one: Square | Point) -> bytes:
    if isinstance(one, Point):
        return _number(3, _POINT) + _packed(4, [_command(_MOVE, 1), _zigzag(one.x), _zigzag(one.y)])
    side = _zigzag(one.side)
    back = _zigzag(-one.side)
    # Clockwise on the screen, whose y grows downward: an outer ring.
    ring = [_command(_MOVE, 1), _zigzag(one.x), _zigzag(one.y), _command(_LINE, 3), side, 0, 0, side, back, 0,
            _command(_CLOSE, 1)]  # fmt: skip
    return _number(3, _POLYGON) + _packed(4, ring)


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return _number(7, int(value))
    return _number(4, value) if isinstance(value, int) else _text(1, value)


def _command(what: int, count: int) -> int:
    return what | count << 3


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


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


def _packed(field: int, numbers: Iterable[int]) -> bytes:
    return _message(field, b"".join(map(_varint, numbers)))
