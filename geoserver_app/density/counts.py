"""Counts as bytes: a number that says how, then little-endian unsigned numbers.

2 or 4: so many bytes for each count. 0: only those that are not zero, first all their places, then the counts, two
bytes each; shorter wherever less than half of the places have any.
"""

from typing import Any

import numpy as np

from geoserver_app.density.cells import Ints
from layers.errors import OneMapError

_SPARSE = 0
_NARROW, _WIDE = np.dtype("<u2"), np.dtype("<u4")
_DENSE: dict[int, np.dtype[Any]] = {2: _NARROW, 4: _WIDE}
_LARGEST_NARROW = 65_535


class CountsBroken(OneMapError):
    """A count below zero: blocks and queue are not the table any more."""


def pack(counts: Ints) -> bytes:
    """The bytes of counts. CountsBroken where one is below zero."""
    there = counts.nonzero()[0]
    values = counts[there]
    if there.size == 0:
        return bytes((_SPARSE,))
    if int(values.min()) < 0:
        raise CountsBroken("A count of the map would fall below zero. Run `manage.py rebuild_density`.")
    if int(values.max()) > _LARGEST_NARROW:
        return b"\x04" + counts.astype(_WIDE).tobytes()
    if there.size * 2 < counts.size and int(there[-1]) <= _LARGEST_NARROW:
        return b"\x00" + there.astype(_NARROW).tobytes() + values.astype(_NARROW).tobytes()
    return b"\x02" + counts.astype(_NARROW).tobytes()


def unpack(content: bytes, size: int) -> Ints:
    """The counts of some bytes, with zeros up to a size."""
    total = np.zeros(size, dtype=np.int64)
    unpack_onto(total, content, 1)
    return total


def unpack_onto(total: Ints, content: bytes, weight: int) -> None:
    """Adds counts, times a weight, to the beginning of an array that is at least as long."""
    if content[0] == _SPARSE:
        both = np.frombuffer(content, dtype=_NARROW, offset=1)
        half = both.size // 2
        # Places are distinct, so that adding by index counts each.
        total[both[:half]] += weight * both[half:].astype(np.int64)
    else:
        counts = np.frombuffer(content, dtype=_DENSE[content[0]], offset=1)
        total[: counts.size] += counts if weight == 1 else weight * counts.astype(np.int64)
