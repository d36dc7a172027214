"""Which areas a place counts to, and which of those memberships are not plain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from geoserver_app.link.found import Cover, Found
from geoserver_app.link.ground import EDGE_M, KINDS
from geoserver_app.link.links import Exceptional


@dataclass(frozen=True)
class OfKind:
    """One kind at one place: what covers it, whose borders are near and how, what was chosen."""

    kind_id: int
    chosen: tuple[int, ...]
    covering: frozenset[int]
    near: dict[int, float]
    bridged_m: float | None
    manual: bool


def chosen(covers: Sequence[Cover]) -> dict[int, tuple[int, ...]]:
    """The areas that a spot counts to by kind id; where a kind allows one, the first by priority, then code."""
    by_kind = {kind_id: list(group) for kind_id, group in groupby(covers, key=lambda cover: cover.kind_id)}
    return {
        kind_id: (group[0].area_id,) if group[0].one else tuple(cover.area_id for cover in group)
        for kind_id, group in by_kind.items()
    }


def members(found: Found, manual: Sequence[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    """The areas that the place counts to by kind id: what staff chose, what covers it, what is across a gap."""
    bridged = {bridge.kind_id: (bridge.area_id,) for bridge in found.bridges if bridge.area_id is not None}
    return chosen(found.covers[0]) | bridged | {kind_id: (area_id,) for kind_id, area_id in manual}


def exceptional(found: Found, manual: Sequence[tuple[int, int]]) -> tuple[Exceptional, ...]:
    """The memberships in districts that are not plain, in the order of kinds and areas."""
    rows = [row for kind in _districts(found, manual) for row in _of_kind(kind)]
    rows += [Exceptional(gap.kind_id, None, "gap", None) for gap in found.gaps if gap.kind_id not in dict(manual)]
    return tuple(sorted(rows, key=lambda row: (row.kind_id, row.area_id or 0)))


def _districts(found: Found, manual: Sequence[tuple[int, int]]) -> Iterator[OfKind]:
    by_hand = dict(manual)
    ground = {cover.kind_id for cover in found.covers[0] if cover.kind in KINDS}
    covering: dict[int, set[int]] = defaultdict(set)
    for cover in found.covers[0]:
        covering[cover.kind_id].add(cover.area_id)
    near: dict[int, dict[int, float]] = defaultdict(dict)
    for border in found.borders:
        if border.area_id is not None and border.metres is not None:
            near[border.kind_id][border.area_id] = min(border.metres, near[border.kind_id].get(border.area_id, 1e9))
    bridged = {bridge.kind_id: bridge.metres for bridge in found.bridges}
    # Of most kinds one area covers the place and no border is near: there is nothing to say of those.
    told = near.keys() | bridged.keys() | by_hand.keys() | {kind for kind, areas in covering.items() if len(areas) > 1}
    if not told:
        return
    for kind_id, areas in members(found, manual).items():
        if kind_id in told and kind_id not in ground:
            yield OfKind(
                kind_id, areas, frozenset(covering[kind_id]), near[kind_id], bridged.get(kind_id), kind_id in by_hand
            )


def _of_kind(kind: OfKind) -> Iterator[Exceptional]:
    others = tuple(sorted((kind.covering | kind.near.keys()) - set(kind.chosen)))
    for area_id in kind.chosen:
        metres = kind.bridged_m if kind.bridged_m is not None and not kind.manual else kind.near.get(area_id)
        method = _method(kind, metres)
        if method:
            yield Exceptional(kind.kind_id, area_id, method, metres, others)


def _method(kind: OfKind, metres: float | None) -> str:
    """Why a membership is not plain; empty where it is."""
    if kind.manual:
        return "manual"
    if metres is not None and metres < EDGE_M:
        return "edge"
    if kind.bridged_m is not None:
        return "bridged"
    if kind.covering - set(kind.chosen):
        return "ambiguous"
    return "" if metres is None else "near_border"
