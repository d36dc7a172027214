"""What areas of one kind do to each other: where two lie on the same ground, where none does, how much is covered.

Stacked outlines (a condominium's units) count once. A pair that only touches is left out before anything is computed:
of Cambridge's 24,310 neighboring parcels 45 do more than touch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.bulk import Progress
from layers.geometry import Geometries
from layers.metric import into_plane
from layers.quality import classes, samples
from layers.quality.blocks import Block, blocks, clipped, pieces
from layers.quality.findings import Book, Finding, solid
from layers.quality.layer import Layer

NOTHING_M2 = 0.01  # less is the rounding of coordinates
SLIVER_M2 = 1.0
SLIVER_WIDTH_M = 1.0  # of what lies between two outlines: two drawings of one line differ by less than that
CRACK_M2 = 50.0  # a hole of this size between features of a kind that is not meant to cover everything is a fault
MANY_PAIRS = 400_000
_NEIGHBORS = 8
_GAPS = ("gap", "gap_at_limit", "gap_sliver")
LIMIT_M2 = 10_000.0  # smaller ground at the limit is two drawings of the limit


@dataclass
class Siblings:
    """What the blocks of a layer gave: overlapping pairs with their square metres, the ground under no feature."""

    pairs: dict[tuple[int, int], float] = field(default_factory=dict)
    compared: int = 0
    too_many: bool = False
    free: list[shapely.Geometry] = field(default_factory=list)


def look(layer: Layer, book: Book, progress: Progress) -> None:
    """Notes overlaps, gaps and slivers between them, and what part of the jurisdiction is covered."""
    rows = np.flatnonzero(layer.first & (layer.area_m2 > 0))
    found = Siblings()
    for block in blocks(layer, rows):
        _look_at_block(layer, block, found)
        progress(
            int(((layer.bounds[block.rows, 0] >= block.west) & (layer.bounds[block.rows, 1] >= block.south)).sum())
        )
    _note_overlaps(layer, book, found)
    _note_free_ground(layer, book, found, rows)
    book.facts["pairs_compared"] = found.compared


def _look_at_block(layer: Layer, block: Block, found: Siblings) -> None:
    parts, owners = pieces(clipped(layer, block))
    solid = shapely.area(parts) > 0
    parts, owners = parts[solid], owners[solid]
    _compare(parts, block.rows[owners], found)
    covered = shapely.disjoint_subset_union_all(parts) if len(parts) else shapely.Polygon()
    found.free.append(shapely.difference(block.box, covered))


def _compare(parts: Geometries, rows: NDArray[np.intp], found: Siblings) -> None:
    tree = shapely.STRtree(parts)
    for start in range(0, len(parts), 1_000):
        asked = parts[start : start + 1_000]
        one, other = tree.query(asked, predicate="intersects")
        one = one + start
        apart = rows[one] < rows[other]
        one, other = one[apart], other[apart]
        found.compared += len(one)
        more = ~shapely.touches(parts[one], parts[other])
        one, other = one[more], other[more]
        if len(found.pairs) + len(one) > MANY_PAIRS:
            found.too_many = True
            return
        areas = shapely.area(shapely.intersection(parts[one], parts[other]))
        for a, b, area in zip(rows[one].tolist(), rows[other].tolist(), areas.tolist(), strict=True):
            found.pairs[a, b] = found.pairs.get((a, b), 0.0) + area


def _note_overlaps(layer: Layer, book: Book, found: Siblings) -> None:
    """The largest with their outline; slivers and the rest as counts with their square metres."""
    sizes = sorted(((area, pair) for pair, area in found.pairs.items() if area > NOTHING_M2), reverse=True)
    for at, (area, pair) in enumerate(sizes):
        if at < 2 * classes.LISTED:
            _note_overlap(layer, book, pair, area)
        else:
            book.count_more("overlap" if area >= CRACK_M2 else "overlap_sliver", 1, area)
    book.facts["overlap_m2"] = round(sum(area for area, _ in sizes), 2)
    if found.too_many:
        book.facts["overlaps_not_all"] = MANY_PAIRS
    for code in ("overlap", "overlap_sliver"):
        book.show_by(code, samples.overlaps(layer.edition))


def _note_overlap(layer: Layer, book: Book, pair: tuple[int, int], area: float) -> None:
    one, other = layer.outlines(np.array(pair))
    ground = solid(shapely.intersection(one, other))
    code = "overlap_sliver" if is_thin(ground) else "overlap"
    whole = min(layer.area_m2[list(pair)])
    book.note(
        Finding(
            code, tuple(layer.codes[row] for row in pair), area_m2=area, size=area,
            ground=ground,
            detail={"names": [layer.names[row] for row in pair], "of_smaller": round(area / whole, 4)},
        )
    )  # fmt: skip


def is_thin(ground: shapely.Geometry) -> bool:
    """Whether ground between two outlines is a sliver: under 1 m2, or less than a metre wide on average."""
    if ground.area < SLIVER_M2:
        return True
    return bool(2 * ground.area / ground.length < SLIVER_WIDTH_M)


def _note_free_ground(layer: Layer, book: Book, found: Siblings, rows: NDArray[np.intp]) -> None:
    """Gaps: free ground in the jurisdiction, and holes between features outside it."""
    outline = outline_of(layer)
    free = shapely.get_parts(shapely.union_all(found.free)) if len(found.free) > 1 else shapely.get_parts(found.free)
    gaps, uncovered = _gaps(np.asarray(free, dtype=object), outline, layer)
    book.facts["outline_m2"] = round(outline.area, 1)
    book.facts["uncovered_m2"] = round(uncovered, 1)
    book.facts["coverage"] = round(1 - uncovered / outline.area, 6)
    covering = classes.covers_all(layer.edition.kind)
    sizes = shapely.area(gaps)
    near, limit = _Neighbors(layer, rows), outline.boundary
    shapely.prepare(limit)
    for at in np.argsort(-sizes).tolist():
        gap, area = gaps[at], float(sizes[at])
        if area <= NOTHING_M2:
            continue
        thin = is_thin(gap)
        if covering or thin or area < CRACK_M2:
            at_limit = bool(shapely.dwithin(limit, gap, NOTHING_M2))
            _note_gap(layer, book, "gap_sliver" if thin else "gap_at_limit" if at_limit else "gap", gap, near)
    book.facts["gap_m2"] = round(sum(book.areas.get(code, 0.0) for code in _GAPS), 2)
    for code in _GAPS:
        book.show_by(code, samples.gaps(layer.edition))


def _gaps(free: Geometries, outline: shapely.Geometry, layer: Layer) -> tuple[Geometries, float]:
    """The parts of free ground that are gaps, and how much of the jurisdiction is free.

    Free ground in the jurisdiction counts as far as it lies there. A hole among features elsewhere counts too, unless
    it lies in a hole of the jurisdiction itself, where another government begins.
    """
    shapely.prepare(outline)
    within = shapely.intersection(free, outline)
    inside = shapely.get_parts(within[shapely.area(within) > 0])
    inside = inside[shapely.get_dimensions(inside) == 2]
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(outline)])
    around = shapely.bounds(free)
    west, south = layer.bounds[:, :2].min(axis=0) - 10
    east, north = layer.bounds[:, 2:].max(axis=0) + 10
    enclosed = (around[:, 0] > west) & (around[:, 1] > south) & (around[:, 2] < east) & (around[:, 3] < north)
    elsewhere = free[enclosed & ~shapely.intersects(free, filled)]
    beyond = shapely.difference(outline, shapely.box(west, south, east, north))
    if beyond.area > 0:
        inside = shapely.get_parts(shapely.union_all(np.append(inside, beyond)))
    gaps = np.concatenate((inside, elsewhere))
    return gaps[shapely.area(gaps) > 0], float(shapely.area(within).sum() + beyond.area)


class _Neighbors:
    """Who lies around a gap."""

    def __init__(self, layer: Layer, rows: NDArray[np.intp]) -> None:
        self.layer, self.rows = layer, rows
        self.tree = shapely.STRtree(shapely.box(*layer.bounds[rows].T))

    def of(self, gap: shapely.Geometry) -> list[str]:
        """The codes of the features that share the most border with a gap, the first of them."""
        near = self.rows[self.tree.query(gap.buffer(0.1))]
        if not len(near) or len(near) > 5_000:
            return []
        shared = shapely.length(shapely.intersection(self.layer.outlines(near), gap.buffer(0.1, quad_segs=1).boundary))
        order = np.argsort(-shared)[:_NEIGHBORS]
        return [self.layer.codes[near[at]] for at in order.tolist() if shared[at] > 0]


def _note_gap(layer: Layer, book: Book, code: str, gap: shapely.Geometry, near: _Neighbors) -> None:
    worth = book.counts.get(code, 0) < classes.LISTED  # they come largest first
    book.note(
        Finding(
            code, tuple(near.of(gap) if worth else ()), area_m2=gap.area, size=gap.area,
            ground=gap,
            detail={"width_m": round(2 * gap.area / gap.length, 2)},
            severity=classes.Severity.NOTE if code == "gap_at_limit" and gap.area < LIMIT_M2 else "",
        )
    )  # fmt: skip


def outline_of(layer: Layer) -> Any:
    """The outline of the layer's jurisdiction in the metre plane."""
    outline = shapely.from_wkb(bytes(layer.edition.kind.jurisdiction.outline.wkb))
    return shapely.make_valid(into_plane(np.array([outline], dtype=object), layer.srid)[0])
