"""Counts as bytes: a number that says how, then little-endian unsigned numbers.

2 or 4: so many bytes for each count. 0: only those that are not zero, first all their places, then the counts, two
bytes each; shorter wherever less than half of the places have any.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoserver_app.density.cells import Ints
from layers.errors import OneMapError

_SPARSE = 0
_NARROW, _WIDE = np.dtype("<u2"), np.dtype("<u4")
_DENSE: dict[int, np.dtype[Any]] = {2: _NARROW, 4: _WIDE}
_LARGEST_NARROW = 65_535
NOTHING = bytes((_SPARSE,))
ROW = 32  # bits of a place in the keys of many rows at once


_BELOW_ZERO = "A count of the map would fall below zero. Run `manage.py rebuild_density`."


class CountsBroken(OneMapError):
    """A count below zero: blocks and queue are not the table any more."""


def pack(counts: Ints) -> bytes:
    """The bytes of counts. CountsBroken where one is below zero."""
    there = counts.nonzero()[0]
    values = counts[there]
    if there.size == 0:
        return NOTHING
    if int(values.min()) < 0:
        raise CountsBroken(_BELOW_ZERO)
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


# --- many rows at once ------------------------------------------------------------------------------------------------


def ranges(starts: Ints, lengths: Ints) -> Ints:
    """The numbers of several ranges, one range after the other."""
    ends = np.cumsum(lengths)
    found: Ints = np.arange(int(lengths.sum()), dtype=np.int64) + np.repeat(starts - (ends - lengths), lengths)
    return found


def beginnings(keys: Ints) -> Ints:
    """Where another number begins, in numbers that are sorted."""
    found: Ints = np.flatnonzero(keys[1:] != keys[:-1]) + 1
    return np.concatenate((np.zeros(min(1, keys.size), dtype=np.int64), found))


def distinct(keys: Ints) -> Ints:
    """Each of some numbers once, ascending."""
    keys = np.sort(keys)
    return keys[beginnings(keys)]


def added_up(keys: Ints, weights: Ints) -> tuple[Ints, Ints]:
    """Each key once, ascending, with the sum of its weights; those that come to nothing are left out."""
    if (weights == 1).all():  # no weight has to be found again after the sorting, which is ten times faster so
        keys = np.sort(keys)
        starts = beginnings(keys)
        return keys[starts], np.diff(starts, append=keys.size)
    order = np.argsort(keys, kind="stable")
    keys, weights = keys[order], weights[order]
    starts = beginnings(keys)
    sums = np.add.reduceat(weights, starts) if keys.size else weights
    return keys[starts][sums != 0], sums[sums != 0]


def unpack_all(contents: Sequence[bytes]) -> tuple[Ints, Ints]:
    """The counts of many rows that are not zero, each with a key: its row and its place (``row << ROW | place``)."""
    forms = np.frombuffer(b"".join([one[:1] for one in contents]), dtype=np.uint8)
    keys, counts = [], []
    for form, width in ((_SPARSE, _NARROW), *_DENSE.items()):
        rows = np.flatnonzero(forms == form)
        chosen = [contents[row] for row in rows.tolist()]
        numbers = np.frombuffer(b"".join([one[1:] for one in chosen]), dtype=width).astype(np.int64)
        lengths = np.array([len(one) // width.itemsize for one in chosen], dtype=np.int64)
        starts = np.cumsum(lengths) - lengths
        if form == _SPARSE:
            half = lengths // 2
            there = ranges(starts, half)
            which, places, there = np.repeat(rows, half), numbers[there], there + np.repeat(half, half)
        else:
            there = numbers.nonzero()[0]
            which = np.searchsorted(starts + lengths, there, side="right")
            places, which = there - starts[which], rows[which]
        keys.append(which << ROW | places)
        counts.append(numbers[there])
    return np.concatenate(keys), np.concatenate(counts)


def pack_all(keys: Ints, counts: Ints, sizes: Ints) -> list[bytes]:
    """The bytes of many rows: ``pack`` of each, whose keys are ascending and whose sizes are as given."""
    if counts.size and int(counts.min()) < 0:
        raise CountsBroken(_BELOW_ZERO)
    rows, places = keys >> ROW, keys & (1 << ROW) - 1
    many = np.bincount(rows, minlength=sizes.size)
    largest, last = np.zeros_like(sizes), np.zeros_like(sizes)
    np.maximum.at(largest, rows, counts)
    np.maximum.at(last, rows, places)
    wide = largest > _LARGEST_NARROW
    sparse = (many == 0) | (many * 2 < sizes) & (last <= _LARGEST_NARROW) & ~wide
    found = [NOTHING] * sizes.size
    for form, of_form in ((_SPARSE, sparse), (2, ~sparse & ~wide), (4, wide)):
        chosen, here = np.flatnonzero(of_form), of_form[rows]
        lengths = np.where(of_form, many * 2 if form == _SPARSE else sizes, 0)
        starts = np.cumsum(lengths) - lengths
        numbers = np.zeros(int(lengths.sum()), dtype=_WIDE if form == 4 else _NARROW)
        if form == _SPARSE:
            firsts = np.cumsum(many) - many
            at = (starts[rows] + np.arange(rows.size) - firsts[rows])[here]
            numbers[at] = places[here]
            numbers[at + many[rows[here]]] = counts[here]
        else:
            numbers[starts[rows[here]] + places[here]] = counts[here]
        _cut(found, form, numbers, chosen, starts, lengths)
    return found


def _cut(found: list[bytes], form: int, numbers: NDArray[Any], chosen: Ints, starts: Ints, lengths: Ints) -> None:
    """Puts the stretches of numbers into their rows, each with the number that says how it is written."""
    content, head, width = numbers.tobytes(), bytes((form,)), numbers.itemsize
    begin, end = (starts[chosen] * width).tolist(), ((starts + lengths)[chosen] * width).tolist()
    for row, low, high in zip(chosen.tolist(), begin, end, strict=True):
        found[row] = head + content[low:high]
