"""PostgreSQL's binary COPY format, written column by column.

A row is the number of its values (two bytes) and each value's length (four bytes, -1 for null) and bytes: PostgreSQL
documentation, COPY, "Binary Format". One pass over a column costs a fraction of dumping row after row.
"""

import json
import struct
from collections.abc import Callable, Iterator, Sequence
from json.encoder import encode_basestring as _string
from typing import Any

SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_length = struct.Struct(">i").pack
_int4 = struct.Struct(">ii").pack
_int8 = struct.Struct(">iq").pack


def _raw(values: Sequence[bytes | None]) -> list[bytes]:
    return [_NULL if value is None else _length(len(value)) + value for value in values]


def _text(values: Sequence[str | None]) -> list[bytes]:
    return _raw([None if value is None else value.encode() for value in values])


def _small(values: Sequence[int | None]) -> list[bytes]:
    return [_NULL if value is None else _int4(4, value) for value in values]


def _big(values: Sequence[int | None]) -> list[bytes]:
    return [_NULL if value is None else _int8(8, value) for value in values]


# "raw" is what is in PostgreSQL's own binary form already: bytea, WKB for geometry, and what the functions below make.
ENCODERS: dict[str, Callable[[Sequence[Any]], list[bytes]]] = {
    "raw": _raw,
    "text": _text,
    "integer": _small,
    "bigint": _big,
}


def blocks(columns: list[list[bytes]], size: int) -> Iterator[tuple[int, bytes]]:
    """Encoded columns as blocks of rows: the number of rows in each block and its bytes."""
    count = struct.pack(">h", len(columns))
    rows = [count + b"".join(row) for row in zip(*columns, strict=True)]
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        yield len(block), b"".join(block)


def jsonb_of(columns: dict[str, list[Any]], count: int) -> list[bytes]:
    """Rows of columns as jsonb objects, in raw form."""
    if not columns:
        return [b"\x01{}"] * count
    parts = []
    for name, values in columns.items():
        prefix = _string(name) + ":"
        parts.append([prefix + (_string(value) if type(value) is str else _json(value)) for value in values])
    return [b"\x01{" + ",".join(row).encode() + b"}" for row in zip(*parts, strict=True)]


def jsonb(value: dict[str, Any]) -> bytes:
    """One mapping as jsonb, in raw form."""
    return b"\x01" + (_json(value).encode() if value else b"{}")


def from_edition_on(seq: int) -> bytes:
    """The int4multirange {[seq, ...)}, in raw form.

    One range of nine bytes: flags (lower bound inclusive, no upper bound), then the lower bound.
    """
    return struct.pack(">iiBii", 1, 9, 0x02 | 0x10, 4, seq)


def _json(value: Any) -> str:
    if value is None:
        return "null"
    # \u0000 is legal JSON but not for jsonb; source.py takes it out of texts, a list of texts may still hold one.
    return json.dumps(value, ensure_ascii=False, default=str).replace("\\u0000", "")
