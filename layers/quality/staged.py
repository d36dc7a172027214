"""What was wrong with the file's own features: from staging, where every one stands verbatim with what was decided.

Only features with a finding are read again, because the others were looked at when they were staged. An invalid outline
is told with its reason, its place, and what a repair does to its area.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from django.db.models import QuerySet

from layers import geometry, transform
from layers.bulk import Progress
from layers.errors import BadFile
from layers.metric import into_plane
from layers.models import Edition, StagedFeature
from layers.prepare import home_of
from layers.quality import samples
from layers.quality.findings import Book, Finding, in_degrees, inside_of

_CHUNK = 500
_PLACE = re.compile(r"^(.*?) at (-?[\d.]+(?:e-?\d+)?) (-?[\d.]+(?:e-?\d+)?)$")
# Findings of the import, and the classes of the report that they go to.
_CLASSES = {
    "null_geometry": "empty", "invalid": "invalid", "wrong_type": "wrong_type", "far": "far", "repeated": "repeated",
    "missing_code": "missing_code", "bad_value": "bad_value",
}  # fmt: skip


@dataclass
class _Row:
    """One staged feature with its outline in degrees, as the file has it (None where that cannot be had)."""

    fid: int
    code: str
    finding: str
    decision: str
    detail: str
    outline: shapely.Geometry | None

    @property
    def is_open(self) -> bool:
        return bool(self.finding) and not self.decision

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.code,) if self.code else ()


def look(edition: Edition, book: Book, progress: Progress) -> None:
    """Notes the findings of staging, class by class."""
    placeholders: dict[str, list[_Row]] = defaultdict(list)
    for row in _rows(edition):
        progress(1)
        if row.finding == "placeholder":
            placeholders[row.code].append(row)
        if row.outline is not None and not row.outline.is_valid:
            book.note(_invalid(row, edition))
        elif row.finding in _CLASSES:
            _note_plain(row, edition, book)
    for code, rows in placeholders.items():
        book.note(_placeholder(code, rows, edition))
    _note_shared_codes(edition, book)
    _note_merged(edition, book)
    for finding, code in _CLASSES.items():
        book.show_by(code, samples.staged(edition, (finding,)))
    book.show_by("placeholder", samples.staged(edition, ("placeholder",)))


def count(edition: Edition) -> int:
    """How many staged features have a finding."""
    return _with_findings(edition).count()


def _with_findings(edition: Edition) -> QuerySet[StagedFeature]:
    return StagedFeature.objects.filter(edition=edition).exclude(finding="")


def _rows(edition: Edition) -> Iterator[_Row]:
    moving = _moving(edition)
    last = -1
    columns = ("fid", "code", "finding", "decision", "detail", "wkb")
    while True:
        found = list(_with_findings(edition).filter(fid__gt=last).order_by("fid").values_list(*columns)[:_CHUNK])
        if not found:
            return
        last = found[-1][0]
        for fid, code, finding, decision, detail, wkb in found:
            outline = moving(bytes(wkb)) if moving and wkb else None
            yield _Row(fid, code, finding, decision, detail, outline)


def _moving(edition: Edition) -> Any:
    """A function from a staged WKB to a geometry in degrees; None where the file's system is no longer known."""
    known = edition.report.get("crs_wkt") or edition.source_crs.partition(" ")[0]
    try:
        system = pyproj.CRS.from_user_input(known)
        moved = transform.transformation(system, home_of(edition.kind.jurisdiction), max_accuracy_m=1e9)
    except (pyproj.exceptions.CRSError, BadFile):
        return None

    def move(wkb: bytes) -> shapely.Geometry | None:
        outline = shapely.from_wkb(wkb, on_invalid="ignore")
        if outline is None or outline.is_empty:
            return None
        flat = np.array([shapely.force_2d(outline)], dtype=object)
        return geometry.conform(moved(flat), edition.kind.geometry)[0][0]

    return move


def _invalid(row: _Row, edition: Edition) -> Finding:
    """An invalid outline: why, where, and its area before and after a repair."""
    assert row.outline is not None  # noqa: S101  look() asks for it
    srid = edition.kind.jurisdiction.metric_srid
    reason, _, bracket = shapely.is_valid_reason(row.outline).partition("[")
    repaired = geometry.repaired(row.outline, edition.kind.geometry)
    before = abs(float(into_plane(np.array([row.outline], dtype=object), srid)[0].area))
    after = 0.0 if repaired is None else float(into_plane(np.array([repaired], dtype=object), srid)[0].area)
    place = shapely.Point(*map(float, bracket.rstrip("]").split()[:2])) if bracket else None
    return Finding(
        "invalid", row.codes, (row.fid,), area_m2=before, size=abs(after - before), place=place,
        geom=None if repaired is None else in_degrees(into_plane(np.array([repaired], dtype=object), srid)[0], srid),
        detail={
            "reason": reason.strip(), "decision": row.decision, "repaired_m2": round(after, 2),
            "change_m2": round(after - before, 2), "repairable": repaired is not None,
        },
        is_open=row.is_open,
    )  # fmt: skip


def _note_plain(row: _Row, edition: Edition, book: Book) -> None:
    match = _PLACE.match(row.detail)
    place = inside_of(row.outline) if row.outline is not None else None
    if match and place is None:
        place = shapely.Point(float(match[2]), float(match[3]))
    code = _CLASSES[row.finding]
    detail: dict[str, Any] = {"told": row.detail, "decision": row.decision}
    if code == "far" and row.outline is not None and _would_fit_swapped(row.outline, edition):
        book.note(Finding("axes_swapped", row.codes, (row.fid,), place=place, detail=detail))
    book.note(Finding(code, row.codes, (row.fid,), place=place, detail=detail, is_open=row.is_open))


def _would_fit_swapped(outline: shapely.Geometry, edition: Edition) -> bool:
    west, south, east, north = home_of(edition.kind.jurisdiction)
    a, b, c, d = outline.bounds
    return bool(west <= b and d <= east and south <= a and c <= north)


def _placeholder(code: str, rows: list[_Row], edition: Edition) -> Finding:
    """All features under one code that stands for "no parcel"."""
    srid = edition.kind.jurisdiction.metric_srid
    outlines = [row.outline for row in rows if row.outline is not None]
    area = float(shapely.area(into_plane(np.array(outlines, dtype=object), srid)).sum()) if outlines else 0.0
    place = inside_of(max(outlines, key=shapely.area)) if outlines else None
    return Finding(
        "placeholder", (code,), tuple(row.fid for row in rows[:50]), area_m2=area, size=len(rows), place=place,
        detail={"count": len(rows)},
    )  # fmt: skip


def _note_shared_codes(edition: Edition, book: Book) -> None:
    """Codes that several different features have; one that many have is no code but a word for "none"."""
    rows = StagedFeature.objects.filter(edition=edition, finding="duplicate_code").values_list(
        "code", "fid", "decision"
    )
    fids: dict[str, list[int]] = defaultdict(list)
    decisions: dict[str, set[str]] = defaultdict(set)
    for code, fid, decision in rows:
        fids[code].append(fid)
        decisions[code].add(decision)
    for code, found in fids.items():
        book.note(
            Finding(
                "duplicate_code", (code,), tuple(sorted(found)[:50]), size=len(found),
                detail={"count": len(found) + 1, "decision": ", ".join(sorted(decisions[code] - {""}))},
                is_open="" in decisions[code],
            )
        )  # fmt: skip
    book.show_by("duplicate_code", samples.same_codes(edition))


def _note_merged(edition: Edition, book: Book) -> None:
    """Features that were united under one code, because the crosswalk says that they are its parts."""
    parts = StagedFeature.objects.filter(edition=edition, finding="part").values_list("code", "fid")
    by_code: dict[str, list[int]] = defaultdict(list)
    for code, fid in parts:
        by_code[code].append(fid)
    for code, found in by_code.items():
        book.note(Finding("merged", (code,), tuple(found[:50]), size=len(found), detail={"count": len(found) + 1}))
    book.show_by("merged", samples.staged(edition, ("part",)))


def decided(edition: Edition) -> dict[str, int]:
    """How many features were repaired, dropped, left out or merged, and how many are open."""
    rows = _with_findings(edition).values_list("decision", flat=True)
    return dict(Counter(decision or "open" for decision in rows))
