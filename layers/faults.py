"""What is wrong with a layer, feature by feature, and one decision for each class of fault."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers import geometry
from layers.decisions import DROP, REPAIR, REPAIRABLE, WORDS, Decisions
from layers.errors import BadFile
from layers.geometry import Geometries
from layers.transform import Box

EXAMPLES = 5
_SLIVER_WIDTH_M = 0.2
_SLIVER_AREA_M2 = 1.0


class Refused(BadFile):
    """A layer has faults that nobody decided about; nothing of it was written. ``counts`` is by class of fault."""

    def __init__(self, message: str, counts: dict[str, int]) -> None:
        super().__init__(message)
        self.counts = counts


@dataclass
class Findings:
    """One finding at most for each feature (the first in the order they are looked for), and what was decided."""

    fids: list[int]
    codes: list[str]
    finding: list[str] = field(init=False)
    detail: list[str] = field(init=False)
    decision: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.finding, self.detail, self.decision = ([""] * len(self.fids) for _ in range(3))

    def note(self, rows: Iterable[int], finding: str, detail: str | list[str] = "") -> None:
        """Notes a finding for rows that have none yet; ``detail`` is one text or one for each row."""
        for at, row in enumerate(rows):
            if not self.finding[row]:
                self.finding[row] = finding
                self.detail[row] = detail if isinstance(detail, str) else detail[at]

    def mark(self, row: int, finding: str, detail: str, decision: str = "") -> None:
        """Notes a finding that goes before an earlier, decided one: a repaired feature may still repeat a code."""
        self.finding[row], self.detail[row], self.decision[row] = finding, detail, decision

    def decide(self, row: int, decision: str) -> None:
        self.decision[row] = decision

    @property
    def out(self) -> NDArray[np.bool_]:
        """Which features do not go into the edition: dropped, left out, merged into another."""
        return np.array([bool(decision) and decision != "repaired" for decision in self.decision], dtype=bool)

    @property
    def open(self) -> list[int]:
        """Rows with a finding that nothing was decided about."""
        return [row for row, finding in enumerate(self.finding) if finding and not self.decision[row]]

    def summary(self) -> dict[str, Any]:
        """Counts and first examples by class of finding, for the edition's report."""
        report: dict[str, Any] = {}
        for row, finding in enumerate(self.finding):
            if finding:
                entry = report.setdefault(finding, {"count": 0, "decisions": Counter(), "examples": []})
                entry["count"] += 1
                entry["decisions"][self.decision[row] or "kept"] += 1
                if len(entry["examples"]) < EXAMPLES:
                    entry["examples"].append(self.described(row))
        return report

    def described(self, row: int) -> str:
        """A feature in words: feature 12 (code B-7): Self-intersection at -118.2, 33.9."""
        code = f" (code {self.codes[row]})" if self.codes[row] else ""
        detail = f": {self.detail[row]}" if self.detail[row] else ""
        return f"feature {self.fids[row]}{code}{detail}"


def look_at_geometry(findings: Findings, geometries: Geometries, unfit: NDArray[np.bool_], home: Box) -> None:
    """Notes missing, ill-typed, far and invalid geometries (degrees)."""
    empty = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    findings.note(np.flatnonzero(empty).tolist(), "null_geometry")
    rows = np.flatnonzero(unfit & ~empty).tolist()
    findings.note(rows, "wrong_type", [str(geometries[row].geom_type) for row in rows])
    rows = np.flatnonzero(_far(geometries, home) & ~empty).tolist()
    findings.note(rows, "far", [_place(geometries[row]) for row in rows])
    rows = np.flatnonzero(~shapely.is_valid(geometries) & ~empty).tolist()
    findings.note(rows, "invalid", [_reason(geometries[row]) for row in rows])


def _far(geometries: Geometries, home: Box) -> NDArray[np.bool_]:
    return ~near(geometries, home)


def near(geometries: Geometries, home: Box) -> NDArray[np.bool_]:
    """Which geometries (degrees) lie within a degree of the jurisdiction's box."""
    bounds = shapely.bounds(geometries)
    return np.asarray(
        (bounds[:, 0] >= home[0] - 1)
        & (bounds[:, 1] >= home[1] - 1)
        & (bounds[:, 2] <= home[2] + 1)
        & (bounds[:, 3] <= home[3] + 1)
    )


def _place(one: shapely.Geometry) -> str:
    bounds = shapely.bounds(one)
    return f"at {bounds[0]:.4f}, {bounds[1]:.4f}"


def _reason(one: shapely.Geometry) -> str:
    """GEOS's words with the place: "Self-intersection at -118.2151 33.9312"."""
    words, _, place = shapely.is_valid_reason(one).partition("[")
    return f"{words} at {place.rstrip(']')}" if place else words


def look_at_codes(findings: Findings, codes: list[str], hashes: list[bytes]) -> None:
    """Notes exact repeats (left out at once: nothing is lost) and codes given to different features."""
    out = findings.out
    first: dict[str, int] = {}
    for row, code in enumerate(codes):
        if not code or out[row] or (findings.finding[row] and not findings.decision[row]):
            continue
        earlier = first.setdefault(code, row)
        if earlier == row:
            continue
        if hashes[row] == hashes[earlier]:
            findings.mark(row, "repeated", f"the same as feature {findings.fids[earlier]}", "left_out")
        else:
            findings.mark(row, "duplicate_code", f"feature {findings.fids[earlier]} has it too")


def slivers(geometries: Geometries) -> int:
    """How many polygons (degrees) are smaller than 1 m2 or thinner than 0.2 m: reported, never refused."""
    polygons = geometries[shapely.get_dimensions(geometries) == 2]
    if not len(polygons):
        return 0
    scale = geometry.metres_per_degree(shapely.bounds(polygons)[:, 1])
    area, length = shapely.area(polygons) * scale**2, shapely.length(polygons) * scale
    with np.errstate(invalid="ignore", divide="ignore"):
        return int(np.sum((area < _SLIVER_AREA_M2) | (2 * area / length < _SLIVER_WIDTH_M)))


def settle(findings: Findings, geometries: Geometries, kind_geometry: str, decided: Decisions) -> None:
    """Applies the decisions to every open fault, replacing repaired geometries in place.

    Faults stay open where a class's policy is to refuse, or one of them cannot be repaired.
    """
    for row in findings.open:
        policy = decided.of(findings.finding[row])
        if policy == DROP:
            findings.decide(row, "dropped")
        if policy == REPAIR and findings.finding[row] in REPAIRABLE:
            _repair(findings, geometries, kind_geometry, row)


def _repair(findings: Findings, geometries: Geometries, kind_geometry: str, row: int) -> None:
    made = geometry.repaired(geometries[row], kind_geometry)
    if made is not None:
        geometries[row] = geometry.canonical(np.array([made], dtype=object))[0]
        findings.decide(row, "repaired")


def refusal(findings: Findings, source: str) -> Refused:
    """The error that refuses a layer for its open faults, with their counts, examples and what can be done."""
    rows = findings.open
    counts = Counter(findings.finding[row] for row in rows)
    lines = [
        f"{source} is refused, nothing was written: {len(rows)} of {len(findings.fids)} features have faults that "
        "nobody decided about, or that cannot be repaired."
    ]
    for finding, count in counts.most_common():
        few = [findings.described(row) for row in rows if findings.finding[row] == finding][:EXAMPLES]
        more = f"; and {count - len(few)} more" if count > len(few) else ""
        lines.append(f"  {finding}, {WORDS[finding]} ({count}): {'; '.join(few)}{more}")
    lines.append(
        "Correct the file, leave features out with --where, or decide: --invalid repair|drop for all classes, "
        f"--invalid {next(iter(counts))}=drop for one."
    )
    return Refused("\n".join(lines), dict(counts))
