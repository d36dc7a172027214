"""What an edition changes against another one of its kind: added, gone, renamed, renumbered, borders moved.

Shapes that both editions have are one row of the database and are not looked at. What is left is compared outline by
outline: a weekly file that changes 40 of 13,000 parcels costs 40 comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.geometry import Geometries
from layers.metric import out_of_plane
from layers.models.quality import QualityChange
from layers.quality.blocks import pieces
from layers.quality.findings import in_degrees, inside_of
from layers.quality.layer import Layer

What = QualityChange.What
MOVED_M2 = 1.0  # a border that differs by less did not move
MOVED_M = 0.05
DUST_M2 = 0.05  # rounding along a border
SAME_GROUND = 0.95  # of both: another number for the same ground
LEAST_SHARE = 0.01  # of an area that goes over into another
_LISTED = 500


@dataclass(frozen=True)
class Changed:
    """One feature that differs. Areas in square metres, geometry in degrees."""

    what: str
    code: str = ""
    old_code: str = ""
    name: str = ""
    old_name: str = ""
    gained_m2: float | None = None
    lost_m2: float | None = None
    moved_m: float | None = None
    place: shapely.Point | None = None
    geom: shapely.Geometry | None = None

    @property
    def size(self) -> float:
        return (self.gained_m2 or 0.0) + (self.lost_m2 or 0.0) + (self.moved_m or 0.0)


@dataclass(frozen=True)
class Went:
    """Area ``old`` goes over into area ``new`` with a share of its ground."""

    old: str
    new: str
    share: float


@dataclass
class Change:
    """What one edition changes. ``region`` is the ground (metre plane) on which an area of the kind is another one."""

    counts: dict[str, int] = field(default_factory=dict)
    moved_m2: float = 0.0
    listed: list[Changed] = field(default_factory=list)
    went: list[Went] = field(default_factory=list)
    region: shapely.Geometry | None = None
    gone: list[str] = field(default_factory=list)

    def note(self, changed: Changed) -> None:
        self.counts[changed.what] = self.counts.get(changed.what, 0) + 1
        self.listed.append(changed)

    def largest(self) -> list[Changed]:
        """The changes that a report lists, the largest of each sort first."""
        by_size = sorted(self.listed, key=lambda one: (one.what, -one.size, one.code or one.old_code))
        taken: dict[str, int] = {}
        kept = []
        for one in by_size:
            taken[one.what] = taken.get(one.what, 0) + 1
            if taken[one.what] <= _LISTED:
                kept.append(one)
        return kept


def compare(new: Layer, old: Layer) -> Change:
    """What ``new`` changes against ``old``, two editions of one kind."""
    change = Change()
    mine, theirs = _by_code(new), _by_code(old)
    both = [(mine[code], theirs[code]) for code in mine if code in theirs]
    differing = [(a, b) for a, b in both if new.shape_ids[a] != old.shape_ids[b]]
    added = np.array([mine[code] for code in mine if code not in theirs], dtype=np.intp)
    gone = np.array([theirs[code] for code in theirs if code not in mine], dtype=np.intp)
    change.counts["unchanged"] = len(both) - len(differing)
    change.gone = [old.codes[row] for row in gone.tolist()]
    grounds = _note_differing(new, old, differing, change)
    renumbered = _renumbered(new, old, added, gone)
    for row in added.tolist():
        if row not in renumbered.values():
            change.note(_one_sided(What.ADDED, new, row))
    for row in gone.tolist():
        change.note(_renumber(new, old, row, renumbered[row]) if row in renumbered else _one_sided(What.GONE, old, row))
    change.went = _successions(new, old, gone)
    grounds += list(new.outlines(added)) + list(old.outlines(gone))
    solid = [ground for ground in grounds if ground is not None and ground.area > 0]
    change.region = shapely.union_all(solid) if solid else None
    return change


def _by_code(layer: Layer) -> dict[str, int]:
    return {code: row for row, code in enumerate(layer.codes)}


def _note_differing(new: Layer, old: Layer, pairs: list[tuple[int, int]], change: Change) -> list[shapely.Geometry]:
    """Notes what moved and what got another name; returns the ground that differs."""
    grounds = []
    for start in range(0, len(pairs), 1_000):
        part = np.array(pairs[start : start + 1_000])
        ours, before = new.outlines(part[:, 0]), old.outlines(part[:, 1])
        gained, lost = shapely.difference(ours, before), shapely.difference(before, ours)
        flat = shapely.area(ours) == 0
        apart = np.zeros(len(part))  # between outlines it would be slow, and areas say more
        apart[flat] = shapely.hausdorff_distance(ours[flat], before[flat])
        for at, (a, b) in enumerate(part.tolist()):
            renamed = new.names[a] != old.names[b]
            moved = _moved(new, a, old.names[b], (ours[at], gained[at], lost[at]), float(apart[at]))
            if moved is not None:
                change.note(moved)
                change.moved_m2 += (moved.gained_m2 or 0.0) + (moved.lost_m2 or 0.0)
                grounds += [gained[at], lost[at]]
            if renamed:
                change.note(_named(What.RENAMED, new, a, old.names[b], ours[at]))
            if moved is None and not renamed:
                change.counts["attributes"] = change.counts.get("attributes", 0) + 1
    return grounds


def _moved(new: Layer, row: int, old_name: str, grounds: tuple[Any, Any, Any], apart: float) -> Changed | None:
    """The change of a border, or of a place; None where it did not move."""
    outline, gained, lost = grounds
    if outline.area == 0:
        if apart <= MOVED_M:
            return None
        return Changed(
            What.MOVED, new.codes[row], new.codes[row], new.names[row], old_name, moved_m=apart,
            place=out_of_plane(inside_of(outline), new.srid), geom=in_degrees(outline, new.srid),
        )  # fmt: skip
    if gained.area + lost.area < MOVED_M2:
        return None
    parts = shapely.get_parts([gained, lost])
    ground = shapely.union_all(parts[shapely.area(parts) > DUST_M2])
    won, given = (area if area > DUST_M2 else 0.0 for area in (gained.area, lost.area))
    return Changed(
        What.MOVED, new.codes[row], new.codes[row], new.names[row], old_name, won, given,
        place=out_of_plane(inside_of(ground), new.srid), geom=in_degrees(ground, new.srid),
    )  # fmt: skip


def _named(what: str, layer: Layer, row: int, old_name: str, outline: shapely.Geometry) -> Changed:
    code = layer.codes[row]
    return Changed(what, code, code, layer.names[row], old_name, place=out_of_plane(inside_of(outline), layer.srid))


def _one_sided(what: str, layer: Layer, row: int) -> Changed:
    """A feature that only one of the editions has."""
    (outline,) = layer.outlines(np.array([row]))
    area = float(layer.area_m2[row]) or None
    code, name = layer.codes[row], layer.names[row]
    place, geom = out_of_plane(inside_of(outline), layer.srid), in_degrees(outline, layer.srid)
    if what == What.ADDED:
        return Changed(what, code=code, name=name, gained_m2=area, place=place, geom=geom)
    return Changed(what, old_code=code, old_name=name, lost_m2=area, place=place, geom=geom)


def _renumber(new: Layer, old: Layer, before: int, after: int) -> Changed:
    (outline,) = new.outlines(np.array([after]))
    return Changed(
        What.RENUMBERED, new.codes[after], old.codes[before], new.names[after], old.names[before],
        place=out_of_plane(inside_of(outline), new.srid), geom=in_degrees(outline, new.srid),
    )  # fmt: skip


def _renumbered(new: Layer, old: Layer, added: NDArray[np.intp], gone: NDArray[np.intp]) -> dict[int, int]:
    """Row of ``old`` to row of ``new``: the same ground, or the same place, under another code."""
    same = dict(_same_place(new, old, added, gone))
    taken = set(same.values())
    for before, after, share, of_new in _shared_ground(new, old, gone, added):
        if share >= SAME_GROUND and of_new >= SAME_GROUND and before not in same and after not in taken:
            same[before] = after
            taken.add(after)
    return same


def _same_place(new: Layer, old: Layer, added: NDArray[np.intp], gone: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Pairs with the same outline to the millimetre; twins are paired one by one, in the order of their codes."""
    waiting: dict[tuple[float, ...], list[int]] = {}
    for row in gone.tolist():
        waiting.setdefault(_key(old, row), []).append(row)
    pairs = []
    for row in added.tolist():
        if found := waiting.get(_key(new, row)):
            pairs.append((found.pop(0), row))
    return pairs


def _key(layer: Layer, row: int) -> tuple[float, ...]:
    return (*np.round(layer.bounds[row], 3).tolist(), round(float(layer.area_m2[row]), 2),
            round(float(layer.length_m[row]), 3), int(layer.vertices[row]))  # fmt: skip


def _shared_ground(
    new: Layer, old: Layer, gone: NDArray[np.intp], among: NDArray[np.intp]
) -> list[tuple[int, int, float, float]]:
    """(row of old, row of new, share of the old one's ground, share of the new one's) where they share any."""
    before, after = old.outlines(gone), new.outlines(among)
    solid = np.flatnonzero(shapely.area(after) > 0)
    if not len(solid) or not len(gone):
        return []
    parts, owners = pieces(after[solid])
    mine, theirs = shapely.STRtree(parts).query(before, predicate="intersects")
    areas = shapely.area(shapely.intersection(before[mine], parts[theirs]))
    shared: dict[tuple[int, int], float] = {}
    for a, b, area in zip(mine.tolist(), solid[owners[theirs]].tolist(), areas.tolist(), strict=True):
        shared[a, b] = shared.get((a, b), 0.0) + area
    return [
        (int(gone[a]), int(among[b]), area / before[a].area, area / after[b].area)
        for (a, b), area in shared.items()
        if area > 0
    ]


def _successions(new: Layer, old: Layer, gone: NDArray[np.intp]) -> list[Went]:
    """Where the ground of codes that are gone lies now, the largest share first."""
    if not len(gone) or not (old.area_m2[gone] > 0).any():
        return []
    shares = _shared_ground(new, old, gone, np.arange(len(new)))
    went = [Went(old.codes[a], new.codes[b], min(1.0, share)) for a, b, share, _ in shares if share >= LEAST_SHARE]
    return sorted(went, key=lambda one: (one.old, -one.share, one.new))


def ground_of(layer: Layer) -> tuple[Geometries, NDArray[np.intp]]:
    """A layer's outlines in pieces, and of which row each is: what a place is looked up in."""
    return pieces(layer.outlines(np.arange(len(layer))))
