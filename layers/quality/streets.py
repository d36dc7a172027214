"""Address ranges that cannot be, and streets of one name in two places.

A side of a block has odd or even numbers, not both; numbers grow along the line as it is drawn; no house has number 0.
One number on two segments of one street is found by a geocoder twice. Two stretches of one name that do not meet are
usual (a park lies between them); they are told because one of them may be misnamed, and gravely where numbers repeat.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from psycopg import sql

from layers.bulk import rows_of
from layers.geometry import Geometries
from layers.models import CenterlineShape, StagedFeature
from layers.quality import samples
from layers.quality.findings import Book, Finding
from layers.quality.layer import Layer

APART_M = 250.0  # stretches of one name that lie nearer to each other are one street
_SIDES = ("left", "right")
_EXAMPLES = 6
_MIXED = (
    "(s.from_address_left % 2 <> s.to_address_left % 2 or s.from_address_right % 2 <> s.to_address_right % 2"
    " or (s.from_address_left % 2 = s.from_address_right % 2 and s.to_address_left % 2 = s.to_address_right % 2))"
)
_REVERSED = "(s.from_address_left > s.to_address_left or s.from_address_right > s.to_address_right)"
_HALF = (
    "((s.from_address_left is null) <> (s.to_address_left is null)"
    " or (s.from_address_right is null) <> (s.to_address_right is null))"
)


@dataclass(frozen=True)
class Range:
    """The numbers of one side of a segment, as the file has them along its line."""

    side: str
    start: int
    end: int

    @property
    def is_mixed(self) -> bool:
        return self.start % 2 != self.end % 2

    @property
    def is_reversed(self) -> bool:
        return self.start > self.end

    @property
    def low(self) -> int:
        return min(self.start, self.end)

    @property
    def high(self) -> int:
        return max(self.start, self.end)

    def shares_numbers(self, other: Range) -> bool:
        """Whether a house number can stand in both: they overlap, and are not odd here and even there."""
        if self.low > other.high or other.low > self.high:
            return False
        return self.is_mixed or other.is_mixed or self.start % 2 == other.start % 2

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


@dataclass(frozen=True)
class _Segment:
    row: int
    code: str
    name: str
    ranges: tuple[Range, ...]
    half: tuple[str, ...]  # sides with one number only


def look(layer: Layer, book: Book) -> None:
    """Notes odd ranges, numbers that stand twice and names in two places."""
    segments = _segments(layer)
    for segment in segments:
        _look_at_ranges(layer, segment, book)
    by_name: dict[str, list[_Segment]] = defaultdict(list)
    for segment in segments:
        if segment.name:
            by_name[segment.name].append(segment)
    for name, found in by_name.items():
        _look_at_name(layer, name, found, book)
    for code, condition in (
        ("mixed_parity", _MIXED), ("reversed_range", _REVERSED), ("zero_range", _HALF),
        ("number_twice", "true"), ("street_twice", "true"),
    ):  # fmt: skip
        book.show_by(code, samples.ranges(layer.edition, condition))
    without = sum(1 for segment in segments if not segment.ranges)
    book.facts["segments_without_numbers"] = without


def _segments(layer: Layer) -> list[_Segment]:
    statement = sql.SQL(
        "select id, full_name, from_address_left, to_address_left, from_address_right, to_address_right"
        " from {} where kind_id = %(kind)s and editions @> %(seq)s::int4"
    ).format(sql.Identifier(CenterlineShape._meta.db_table))
    edition = layer.edition
    rows = rows_of(statement, {"kind": edition.kind_id, "seq": edition.seq})
    at = {shape: row for row, shape in enumerate(layer.shape_ids.tolist())}
    zero = _zeros(layer)
    made = []
    for shape, name, *numbers in rows:
        pairs = list(zip(_SIDES, (numbers[:2], numbers[2:]), strict=True))
        ranges = tuple(Range(side, *pair) for side, pair in pairs if None not in pair)
        half = {side for side, pair in pairs if (pair[0] is None) != (pair[1] is None)}
        code = layer.codes[at[shape]]
        made.append(_Segment(at[shape], code, name, ranges, tuple(sorted(half | zero.get(code, set())))))
    return made


def _zeros(layer: Layer) -> dict[str, set[str]]:
    """Sides of segments on which the file itself has 0 at one end and a number at the other, by code."""
    columns = layer.edition.report.get("columns", {})
    found: dict[str, set[str]] = defaultdict(set)
    for side in _SIDES:
        ends = [columns.get(f"{end}_address_{side}") for end in ("from", "to")]
        if all(ends):
            statement = sql.SQL(
                "select code from {} where edition_id = %(edition)s and decision in ('', 'repaired')"
                " and ((attributes->>%(a)s) in ('0', '0.0', '-1')) <> ((attributes->>%(b)s) in ('0', '0.0', '-1'))"
            ).format(sql.Identifier(StagedFeature._meta.db_table))
            for (code,) in rows_of(statement, {"edition": layer.edition.pk, "a": ends[0], "b": ends[1]}):
                found[code].add(side)
    return found


def _look_at_ranges(layer: Layer, segment: _Segment, book: Book) -> None:
    mixed = [one for one in segment.ranges if one.is_mixed]
    both = len(segment.ranges) == 2 and not mixed and segment.ranges[0].start % 2 == segment.ranges[1].start % 2
    if mixed or both:
        _note(layer, "mixed_parity", segment, book, ranges=[str(one) for one in mixed or segment.ranges], both=both)
    turned = [one for one in segment.ranges if one.is_reversed]
    if turned:
        _note(layer, "reversed_range", segment, book, ranges=[str(one) for one in turned])
    if segment.half:
        _note(layer, "zero_range", segment, book, sides=list(segment.half))


def _note(layer: Layer, code: str, segment: _Segment, book: Book, **detail: object) -> None:
    (line,) = layer.outlines(np.array([segment.row]))
    book.note(
        Finding(
            code, (segment.code,), size=float(layer.length_m[segment.row]),
            ground=line,
            detail={"name": segment.name, **detail},
        )
    )  # fmt: skip


def _look_at_name(layer: Layer, name: str, segments: list[_Segment], book: Book) -> None:
    """Numbers that two segments of a street share, and stretches that lie apart."""
    numbered = [(one, segment) for segment in segments for one in segment.ranges]
    numbered.sort(key=lambda pair: pair[0].low)
    twice = []
    open_ones: list[tuple[Range, _Segment]] = []
    for one, segment in numbered:
        open_ones = [(other, of) for other, of in open_ones if other.high >= one.low]
        twice += [
            (other, of, one, segment) for other, of in open_ones if of is not segment and one.shares_numbers(other)
        ]
        open_ones.append((one, segment))
    for other, of, one, segment in twice:
        book.note(_number_twice(layer, name, (other, of), (one, segment)))
    if len(segments) > 1:
        _look_for_stretches(layer, name, segments, {id(of) for _, of, _, _ in twice}, book)


def _number_twice(layer: Layer, name: str, one: tuple[Range, _Segment], other: tuple[Range, _Segment]) -> Finding:
    numbers = max(one[0].low, other[0].low), min(one[0].high, other[0].high)
    lines = layer.outlines(np.array([one[1].row, other[1].row]))
    return Finding(
        "number_twice", (one[1].code, other[1].code), size=numbers[1] - numbers[0] + 1,
        ground=shapely.union_all(lines),
        detail={
            "name": name, "numbers": f"{numbers[0]}-{numbers[1]}",
            "distance_m": round(float(shapely.distance(lines[0], lines[1]))),
        },
    )  # fmt: skip


def _look_for_stretches(layer: Layer, name: str, segments: list[_Segment], twice: set[int], book: Book) -> None:
    lines = layer.outlines(np.array([segment.row for segment in segments]))
    groups = stretches(lines, APART_M)
    if groups.max() == 0:
        return
    parts = [shapely.union_all(lines[groups == number]) for number in range(groups.max() + 1)]
    parts.sort(key=lambda part: -part.length)
    apart = [round(float(part.distance(parts[0]))) for part in parts[1:]]
    book.note(
        Finding(
            "street_twice", tuple(segment.code for segment in segments[:12]), size=max(apart),
            ground=parts[1],
            detail={
                "name": name, "places": len(parts), "distance_m": max(apart),
                "numbers_repeat": any(id(segment) in twice for segment in segments),
            },
        )
    )  # fmt: skip


def stretches(lines: Geometries, apart_m: float) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """A number for each line: the same for lines that lie at most ``apart_m`` from one another, chained."""
    tree = shapely.STRtree(lines)
    one, other = tree.query(lines, predicate="dwithin", distance=apart_m)
    number = np.arange(len(lines))
    while True:
        lowest = number.copy()
        np.minimum.at(lowest, one, number[other])
        if (lowest == number).all():
            return np.unique(number, return_inverse=True)[1]
        number = lowest
