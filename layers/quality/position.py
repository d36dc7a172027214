"""A layer that lies beside its place: a wrong datum or foot moves everything by the same few metres.

Two signs, because a first edition has nothing to be compared with. Against the edition before, the features that both
have must not have moved all the same way. Against the jurisdiction, a layer that has its size must lie where it lies.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.quality import classes, samples
from layers.quality.findings import Book, Finding
from layers.quality.layer import Layer
from layers.quality.siblings import outline_of

LEAST_M = 0.5
SAME_M = 0.3  # vectors that differ by less are the same shift
MOST = 0.7  # of the features
FEW = 3
SIZE_M = 25.0  # a layer whose extent differs by more than this from the jurisdiction's is another thing


def look(layer: Layer, before: Layer | None, book: Book) -> None:
    """Notes a shift of the whole layer, with its direction and what it looks like."""
    vector = _against(layer, before) if before is not None else None
    if vector is None and classes.covers_all(layer.edition.kind) and len(layer):
        vector = _against_city(layer)
    if vector is None:
        return
    east, north, share = vector
    distance = float(np.hypot(east, north))
    book.note(
        Finding(
            "shifted", size=distance,
            detail={
                "east_m": round(east, 2), "north_m": round(north, 2), "distance_m": round(distance, 2),
                "share": round(share, 3), "like": looks_like(distance),
            },
        )
    )  # fmt: skip
    book.show_by("shifted", samples.places(layer.edition))


def looks_like(distance_m: float) -> str:
    """What a shift of so many metres usually is: "foot" (two feet mixed up), "datum" (an old datum), or "system"."""
    if distance_m < 15:
        return "foot"
    return "datum" if distance_m < 350 else "system"


def _against(layer: Layer, before: Layer) -> tuple[float, float, float] | None:
    """(east, north, share of the features) in metres; None where the layers do not differ by one shift.

    Outlines count that keep their size: a shift changes no area.
    """
    at = {code: row for row, code in enumerate(before.codes)}
    pairs = [(row, at[code]) for row, code in enumerate(layer.codes) if code in at]
    if len(pairs) < FEW:
        return None
    mine, theirs = np.array(pairs).T
    moved = layer.bounds[mine] - before.bounds[theirs]
    same_size = (np.abs(moved[:, 0] - moved[:, 2]) < SAME_M) & (np.abs(moved[:, 1] - moved[:, 3]) < SAME_M)
    return _common(moved[same_size, :2], len(pairs))


def _common(vectors: NDArray[Any], of: int) -> tuple[float, float, float] | None:
    if len(vectors) < max(FEW, MOST * of):
        return None
    east, north = np.median(vectors, axis=0)
    alike = np.hypot(vectors[:, 0] - east, vectors[:, 1] - north) < SAME_M
    share = float(alike.sum()) / of
    if np.hypot(east, north) < LEAST_M or share < MOST:
        return None
    return float(east), float(north), share


def _against_city(layer: Layer) -> tuple[float, float, float] | None:
    city = np.array(shapely.bounds(outline_of(layer)))
    mine = np.concatenate((layer.bounds[:, :2].min(axis=0), layer.bounds[:, 2:].max(axis=0)))
    off = mine - city
    alike = abs(off[0] - off[2]) < min(SIZE_M, abs(off[0]) / 2 + 0.1) and abs(off[1] - off[3]) < min(
        SIZE_M, abs(off[1]) / 2 + 0.1
    )
    east, north = float(off[0] + off[2]) / 2, float(off[1] + off[3]) / 2
    if not alike or np.hypot(east, north) < 5:
        return None
    return east, north, 1.0
