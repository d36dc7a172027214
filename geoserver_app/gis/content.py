"""A report as it is read: sections of classes of findings, what it changes, what changes hands. For all three forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geoserver_app.gis import sentences
from geoserver_app.gis.class_words import CHANGES, CLASSES, DECISIONS, HOLDERS, SECTIONS, called
from layers.models import QualityFinding, QualityReport, Succession
from layers.quality import classes

SEVERITY_ORDER = ("error", "warning", "note")


@dataclass(frozen=True)
class Line:
    """One finding with its sentence."""

    finding: QualityFinding
    sentence: str


@dataclass(frozen=True)
class Group:
    """One class of finding: how many there are, the worst of them, and SQL that shows them all."""

    code: str
    title: str
    hint: str
    severity: str
    count: int
    area_m2: float
    area: str
    sql: str
    lines: tuple[Line, ...]
    listed: int

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True)
class Section:
    """A part of the report."""

    code: str
    title: str
    groups: tuple[Group, ...]


def sections(report: QualityReport, lines: int) -> list[Section]:
    """The parts of a report that hold something, each class with its first findings; the worst classes first."""
    by_class: dict[str, list[QualityFinding]] = {}
    for one in report.findings.filter(rank__lte=lines).order_by("found", "rank"):
        by_class.setdefault(one.found, []).append(one)
    made: list[Section] = []
    for part in classes.Section:
        groups = [
            _group(code, counted, by_class.get(code, []))
            for code, counted in report.classes.items()
            if classes.CLASSES[code].section == part
        ]
        groups.sort(key=lambda group: SEVERITY_ORDER.index(group.severity))
        if groups:
            made.append(Section(part, str(SECTIONS[part]), tuple(groups)))
    return made


def _group(code: str, counted: dict[str, Any], found: list[QualityFinding]) -> Group:
    worst = next(severity for severity in SEVERITY_ORDER if counted["severities"].get(severity))
    return Group(
        code=code,
        title=str(CLASSES[code].title),
        hint=str(CLASSES[code].hint),
        severity=worst,
        count=counted["count"],
        area_m2=counted["area_m2"],
        area=sentences.square_metres(counted["area_m2"]) if counted["area_m2"] else "",
        sql=counted["sql"],
        lines=tuple(Line(one, sentences.sentence(one)) for one in found),
        listed=counted["listed"],
    )


def severities(report: QualityReport) -> dict[str, int]:
    """How many findings of each severity a report has."""
    totals = dict.fromkeys(SEVERITY_ORDER, 0)
    for counted in report.classes.values():
        for severity, count in counted["severities"].items():
            totals[severity] += count
    return totals


def facts(report: QualityReport) -> list[tuple[str, str]]:
    """What is counted once for the layer: (code, value as people read it)."""
    known = report.facts
    rows = [("features", sentences.number(known.get("features", 0)))]
    if known.get("in_file"):
        rows.append(("in_file", sentences.number(known["in_file"])))
    rows += [(code, f"{called(DECISIONS, code)}: {count}") for code, count in known.get("decided", {}).items()]
    if "coverage" in known:
        rows.append(("coverage", f"{sentences.number(100 * known['coverage'], 2)} %"))
        rows.append(("overlap", sentences.square_metres(known["overlap_m2"])))
        rows.append(("gaps", sentences.square_metres(known["gap_m2"])))
    if "segments_without_numbers" in known:
        rows.append(("without_numbers", sentences.number(known["segments_without_numbers"])))
    return rows


@dataclass(frozen=True)
class ChangeGroup:
    """All changes of one sort."""

    code: str
    title: str
    count: int
    lines: tuple[tuple[Any, str], ...]


def changes(report: QualityReport, lines: int) -> list[ChangeGroup]:
    """What the edition changes, by sort; unchanged ones are counted alone."""
    counts = report.change.get("counts", {})
    found: dict[str, list[tuple[Any, str]]] = {}
    for one in report.changes.filter(rank__lte=lines).order_by("what", "rank"):
        found.setdefault(one.what, []).append((one, sentences.change_sentence(one)))
    return [
        ChangeGroup(code, str(title), counts[code], tuple(found.get(code, [])))
        for code, title in CHANGES.items()
        if counts.get(code)
    ]


@dataclass(frozen=True)
class HolderGroup:
    """Everything of one holder that changes hands."""

    code: str
    title: str
    count: int
    holds_up: bool
    lines: tuple[tuple[Any, str], ...]


def handovers(report: QualityReport) -> list[HolderGroup]:
    """What changes hands, by holder; what holds the edition up first."""
    found: dict[str, list[tuple[Any, str]]] = {}
    for one in report.handovers.order_by("holder", "rank"):
        found.setdefault(one.holder, []).append((one, sentences.handover_sentence(one)))
    groups = [
        HolderGroup(
            holder, called(HOLDERS, holder), sum(one.count for one, _ in rows), any(one.holds_up for one, _ in rows),
            tuple(rows),
        )
        for holder, rows in found.items()
    ]  # fmt: skip
    return sorted(groups, key=lambda group: (not group.holds_up, group.title))


def successions(report: QualityReport) -> list[Succession]:
    """What the areas that are gone go over into, as proposed or confirmed."""
    rows = Succession.objects.filter(edition=report.edition).select_related("old", "new")
    return list(rows.order_by("old__code", "-share"))
