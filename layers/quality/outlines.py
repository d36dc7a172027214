"""What is odd about single outlines: stacked, slivers, narrow strips, enclaves, ground outside the jurisdiction."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.bulk import Progress
from layers.geometry import Geometries
from layers.quality import classes, samples
from layers.quality.findings import Book, Finding
from layers.quality.layer import Layer
from layers.quality.siblings import outline_of

SLIVER_AREA_M2, SLIVER_WIDTH_M = 1.0, 0.2  # as the import counts them
NARROW_M = 5.0  # of a strip that belongs to a district: a street is wider
NARROW_LENGTH_M = 30.0
NARROW_AREA_M2 = 25.0
ENCLAVE_M2 = 1.0
WIDER = 0.1  # of a layer that lies outside: it is drawn for more than this jurisdiction
_SHOWN_CODES = 12


def look(layer: Layer, book: Book, progress: Progress) -> None:
    """Notes stacks and slivers, and of kinds that are meant to cover everything narrow strips and enclaves."""
    _stacks(layer, book)
    _slivers(layer, book)
    # A city's neighbors are areas of this kind because they lie outside.
    outside = None if layer.edition.kind.code == "municipality" else _Outside(layer)
    covering = classes.covers_all(layer.edition.kind)
    for rows, outlines in layer.chunks():
        if outside is not None:
            outside.look(rows, outlines)
        if covering:
            _narrow(layer, book, rows, outlines)
            _enclaves(layer, book, rows, outlines)
        progress(len(rows))
    if outside is not None:
        outside.tell(book)
    book.show_by("narrow", samples.narrow(layer.edition, NARROW_M))
    book.show_by("enclave", samples.enclaves(layer.edition))
    for code in ("outside", "partly_outside"):
        book.show_by(code, samples.outside(layer.edition))


def _stacks(layer: Layer, book: Book) -> None:
    """Features on exactly the same ground: a condominium's units, or one thing twice under two codes."""
    numbers, counts = np.unique(layer.twins, return_counts=True)
    stacked = set(numbers[counts > 1].tolist())
    if not stacked:
        return
    members: dict[int, list[int]] = defaultdict(list)
    for row, number in enumerate(layer.twins.tolist()):
        if number in stacked:
            members[number].append(row)
    for number, rows in enumerate(sorted(members.values(), key=len, reverse=True)):
        if number >= classes.LISTED:
            book.count_more("stacked", 1, float(layer.area_m2[rows[0]]))
            continue
        (outline,) = layer.outlines(np.array(rows[:1]))
        book.note(
            Finding(
                "stacked", tuple(layer.codes[row] for row in rows[:_SHOWN_CODES]),
                area_m2=float(layer.area_m2[rows[0]]), size=len(rows),
                ground=outline,
                detail={"count": len(rows), "names": sorted({layer.names[row] for row in rows} - {""})[:3]},
            )
        )  # fmt: skip
    book.show_by("stacked", samples.stacks(layer.edition))


def _slivers(layer: Layer, book: Book) -> None:
    with np.errstate(invalid="ignore", divide="ignore"):
        width = 2 * layer.area_m2 / layer.length_m
    thin = np.flatnonzero((layer.area_m2 > 0) & ((layer.area_m2 < SLIVER_AREA_M2) | (width < SLIVER_WIDTH_M)))
    for rows, outlines in layer.chunks(thin):
        for row, outline in zip(rows.tolist(), outlines, strict=True):
            book.note(
                Finding(
                    "sliver", (layer.codes[row],), area_m2=float(layer.area_m2[row]), size=float(layer.length_m[row]),
                    ground=outline,
                    detail={"width_m": round(float(width[row]), 3)},
                )
            )  # fmt: skip
    book.show_by("sliver", samples.slivers(layer.edition))


def _narrow(layer: Layer, book: Book, rows: NDArray[np.intp], outlines: Geometries) -> None:
    """Strips narrower than NARROW_M that an outline grows: what goes when it shrinks by half of it and grows again."""
    half = NARROW_M / 2
    outlines = shapely.simplify(outlines, NARROW_M / 20)  # a fifth of the time, for a quarter of a meter
    # Growing by a little more takes back the corners that shrinking rounds off.
    opened = shapely.buffer(shapely.buffer(outlines, -half, join_style="mitre"), half * 1.01, join_style="mitre")
    left = shapely.difference(outlines, opened)
    for row, strips in zip(rows.tolist(), left, strict=True):
        for strip in shapely.get_parts(strips):
            if strip.area > NARROW_AREA_M2 and strip.length / 2 > NARROW_LENGTH_M:
                book.note(
                    Finding(
                        "narrow", (layer.codes[row],), area_m2=strip.area, size=strip.area,
                        ground=strip,
                        detail={
                            "width_m": round(2 * strip.area / strip.length, 1), "length_m": round(strip.length / 2),
                            "name": layer.names[row],
                        },
                    )
                )  # fmt: skip


def _enclaves(layer: Layer, book: Book, rows: NDArray[np.intp], outlines: Geometries) -> None:
    """Holes of an outline, and who lies in them."""
    for row, outline in zip(rows.tolist(), outlines, strict=True):
        for part in shapely.get_parts(outline):
            for ring in shapely.get_rings(part)[1:]:
                hole = shapely.Polygon(ring)
                if hole.area >= ENCLAVE_M2:
                    _note_enclave(layer, book, row, hole)


def _note_enclave(layer: Layer, book: Book, row: int, hole: shapely.Polygon) -> None:
    west, south, east, north = hole.bounds
    bounds = layer.bounds
    near = np.flatnonzero(
        (bounds[:, 0] < east) & (bounds[:, 2] > west) & (bounds[:, 1] < north) & (bounds[:, 3] > south)
    )
    near = near[near != row]
    shared = shapely.area(shapely.intersection(layer.outlines(near), hole)) if len(near) else np.empty(0)
    within = [layer.codes[near[at]] for at in np.argsort(-shared).tolist() if shared[at] > 0.01 * hole.area]
    book.note(
        Finding(
            "enclave", (layer.codes[row], *within[:_SHOWN_CODES]), area_m2=hole.area, size=hole.area,
            ground=hole,
            detail={"name": layer.names[row], "filled": round(min(1.0, float(shared.sum()) / hole.area), 4)},
        )
    )  # fmt: skip


class _Outside:
    """Which features lie outside the jurisdiction, wholly or in part; points and lines: wholly.

    A few that do are suspect; where many do, the layer is one of a county, and it is a note. Only those that are listed
    are looked at closely: their number may be that of the layer.
    """

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.city = outline_of(layer)
        self.away: list[int] = []
        self.over: list[tuple[float, int]] = []
        shapely.prepare(self.city)

    def look(self, rows: NDArray[np.intp], outlines: Geometries) -> None:
        away = ~shapely.intersects(self.city, outlines)
        self.away += rows[away].tolist()
        over = np.flatnonzero(~away & (shapely.get_dimensions(outlines) == 2) & ~shapely.covers(self.city, outlines))
        beyond = shapely.difference(outlines[over], self.city)
        areas, lengths = shapely.area(beyond), shapely.length(beyond)
        # Two drawings of one city limit differ by slivers along it.
        much = (areas > np.maximum(10.0, 0.01 * shapely.area(outlines[over]))) & (2 * areas > lengths)
        self.over += zip(areas[much].tolist(), rows[over[much]].tolist(), strict=True)

    def tell(self, book: Book) -> None:
        severity = classes.Severity.NOTE if len(self.away) > WIDER * len(self.layer) else ""
        far = np.array(self.away, dtype=np.intp)[np.argsort(-self._distances())]
        for row in far[: classes.LISTED].tolist():
            (outline,) = self.layer.outlines(np.array([row]))
            distance = float(shapely.distance(self.city, outline))
            area = float(self.layer.area_m2[row]) or None
            book.note(self._finding("outside", row, outline, area, area or distance, severity, distance))
        for row in far[classes.LISTED :].tolist():
            book.count_more("outside", 1, float(self.layer.area_m2[row]), severity)
        self.over.sort(reverse=True)
        for area, row in self.over[: classes.LISTED]:
            (beyond,) = shapely.difference(self.layer.outlines(np.array([row])), self.city)
            book.note(self._finding("partly_outside", row, beyond, area, area, severity, 0.0))
        for area, _ in self.over[classes.LISTED :]:
            book.count_more("partly_outside", 1, area, severity)

    def _distances(self) -> NDArray[np.float64]:
        """Roughly how far those outside lie: from box to box."""
        west, south, east, north = self.city.bounds
        bounds = self.layer.bounds[self.away]
        across = np.maximum(np.maximum(bounds[:, 0] - east, west - bounds[:, 2]), 0)
        along = np.maximum(np.maximum(bounds[:, 1] - north, south - bounds[:, 3]), 0)
        return np.asarray(np.hypot(across, along))

    def _finding(
        self, code: str, row: int, ground: shapely.Geometry, area: float | None, size: float, severity: str,
        distance: float,
    ) -> Finding:  # fmt: skip
        layer, whole = self.layer, float(self.layer.area_m2[row])
        return Finding(
            code, (layer.codes[row],), area_m2=area, size=size, ground=ground, severity=severity,
            detail={
                "name": layer.names[row], "distance_m": round(distance),
                "share": round(area / whole, 4) if area and whole else None,
            },
        )  # fmt: skip
