"""PostgreSQL's binary COPY format, written column by column.

A row is the number of its values (two bytes) and each value's length (four bytes, -1 for null) and bytes: PostgreSQL
documentation, COPY, "Binary Format". One pass over a column costs a fraction of dumping row after row.
"""

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from json.encoder import encode_basestring as _string
from typing import Any

import numpy as np
import shapely

SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_length = struct.Struct(">i").pack
_int4 = struct.Struct(">ii").pack
_int8 = struct.Struct(">iq").pack


def _raw(values: Sequence[bytes | None]) -> list[bytes]:
    return [_NULL if value is None else _length(len(value)) + value for value in values]


def _each_once(values: Sequence[Any], encode: Callable[[Any], bytes]) -> list[bytes]:
    """Every value encoded, equal ones once: most columns of a layer hold few different values, some a single one."""
    encoded = {value: _NULL if value is None else encode(value) for value in set(values)}
    return list(map(encoded.__getitem__, values))


def _text(values: Sequence[str | None]) -> list[bytes]:
    return _each_once(values, _one_text)


def _one_text(value: str) -> bytes:
    encoded = value.encode()
    return _length(len(encoded)) + encoded


def _small(values: Sequence[int | None]) -> list[bytes]:
    return _each_once(values, lambda value: _int4(4, value))


def _big(values: Sequence[int | None]) -> list[bytes]:
    return _each_once(values, lambda value: _int8(8, value))


def _geometry(values: Any) -> list[bytes]:
    return _raw(np.atleast_1d(shapely.to_wkb(values)).tolist())


def _jsonb(values: Sequence[dict[str, Any]]) -> list[bytes]:
    return _raw([b"\x01" + (_json(value).encode() if value else b"{}") for value in values])


def _records(values: "Records") -> list[bytes]:
    return _raw(values.as_jsonb())


# "raw" is what is in PostgreSQL's own binary form already: bytea, WKB for geometry, from_edition_on.
ENCODERS: dict[str, Callable[[Any], list[bytes]]] = {
    "raw": _raw,
    "text": _text,
    "integer": _small,
    "bigint": _big,
    "geometry": _geometry,
    "jsonb": _jsonb,
    "records": _records,
}


@dataclass(frozen=True)
class Records:
    """Rows of named columns, to be written as jsonb objects; slices like a list of them would.

    Written by column: one pass over a column is several times faster than a JSON encoder for each row.
    """

    columns: dict[str, list[Any]]
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, part: slice) -> "Records":
        columns = {name: values[part] for name, values in self.columns.items()}
        return Records(columns, len(range(*part.indices(self.count))))

    def as_jsonb(self) -> list[bytes]:
        """The rows in PostgreSQL's binary form: a version byte and the text."""
        if not self.columns:
            return [b"\x01{}"] * self.count
        parts = []
        for name, values in self.columns.items():
            prefix = _string(name) + ":"
            parts.append([prefix + (_string(value) if type(value) is str else _json(value)) for value in values])
        return [b"\x01{" + ",".join(row).encode() + b"}" for row in zip(*parts, strict=True)]


def block(encoded: list[list[bytes]]) -> bytes:
    """Encoded columns of one length as the bytes of their rows."""
    count = struct.pack(">h", len(encoded))
    return b"".join(chain.from_iterable(zip(repeat(count, len(encoded[0])), *encoded, strict=True)))


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
