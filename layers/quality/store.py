"""Writing a report: its findings, changes and handovers at once, and the successions that it proposes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from layers.models import (
    Area,
    QualityChange,
    QualityFinding,
    QualityHandover,
    QualityReport,
    Succession,
)
from layers.quality import classes, samples
from layers.quality.change import Change, Changed
from layers.quality.findings import Book, Finding, stored, stored_point
from layers.quality.hands import Handover

_MAX_NAME = 250


def write(
    report: QualityReport, book: Book, changed: Change | None, handovers: list[Handover], seconds: dict[str, float]
) -> None:
    """Writes everything that a run found, in one transaction; the report is done afterwards."""
    with transaction.atomic():
        QualityFinding.objects.bulk_create(_findings(report, book), batch_size=500)
        if changed is not None:
            QualityChange.objects.bulk_create(change_rows(report, changed), batch_size=500)
            QualityHandover.objects.bulk_create(handover_rows(report, handovers), batch_size=500)
            propose(report, changed)
        report.facts, report.classes, report.seconds = book.facts, _classes(book), seconds
        report.change = _change(report, changed)
        report.state, report.finished_at = QualityReport.State.DONE, timezone.now()
        report.step, report.problem = "", ""
        report.save()


def failed(report: QualityReport, problem: str) -> None:
    """Notes that a run ended early, and why."""
    report.state, report.problem, report.finished_at = QualityReport.State.FAILED, problem[:2000], timezone.now()
    report.save(update_fields=["state", "problem", "finished_at"])


def _classes(book: Book) -> dict[str, Any]:
    return {
        code: {
            "count": book.counts[code],
            "listed": len(book.largest(code)),
            "area_m2": round(book.areas[code], 2),
            "severities": book.graves[code],
            "sql": book.sql.get(code, ""),
        }
        for code in classes.CLASSES
        if book.counts.get(code)
    }


def _findings(report: QualityReport, book: Book) -> list[QualityFinding]:
    return [
        _finding(report, book, rank, one) for code in book.kept for rank, one in enumerate(book.largest(code), start=1)
    ]


def _finding(report: QualityReport, book: Book, rank: int, one: Finding) -> QualityFinding:
    place, geom = one.drawn(book.kind.jurisdiction.metric_srid)
    return QualityFinding(
        report=report,
        found=one.found,
        severity=one.grave(book.kind),
        rank=rank,
        codes=list(one.codes),
        fids=list(one.fids),
        area_m2=None if one.area_m2 is None else round(one.area_m2, 3),
        place=stored_point(place),
        geom=stored(geom),
        detail=one.detail,
    )


def change_rows(report: QualityReport, changed: Change) -> list[QualityChange]:
    """The changes that a report lists, as rows not yet written."""
    ranks: dict[str, int] = {}
    made = []
    for one in changed.largest():
        ranks[one.what] = ranks.get(one.what, 0) + 1
        made.append(_one_change(report, ranks[one.what], one))
    return made


def _one_change(report: QualityReport, rank: int, one: Changed) -> QualityChange:
    return QualityChange(
        report=report,
        what=one.what,
        rank=rank,
        code=one.code,
        old_code=one.old_code,
        name=one.name[:_MAX_NAME],
        old_name=one.old_name[:_MAX_NAME],
        gained_m2=one.gained_m2,
        lost_m2=one.lost_m2,
        moved_m=one.moved_m,
        place=stored_point(one.place),
        geom=stored(one.geom),
    )


def handover_rows(report: QualityReport, handovers: list[Handover]) -> list[QualityHandover]:
    """What changes hands, as rows not yet written."""
    ranks: dict[str, int] = {}
    made = []
    for one in handovers:
        ranks[one.holder] = ranks.get(one.holder, 0) + 1
        made.append(
            QualityHandover(
                report=report, holder=one.holder, rank=ranks[one.holder], old_codes=list(one.old),
                new_codes=list(one.new), count=one.count, holds_up=one.holds_up, examples=list(one.examples),
            )
        )  # fmt: skip
    return made


def _change(report: QualityReport, changed: Change | None) -> dict[str, Any]:
    if changed is None or report.against is None:
        return {}
    return {
        "counts": changed.counts,
        "moved_m2": round(changed.moved_m2, 2),
        "region_m2": round(changed.region.area, 2) if changed.region is not None else 0.0,
        "sql": samples.changed(report.edition, report.against).as_string(None),
    }


def propose(report: QualityReport, changed: Change) -> None:
    """Writes the successions of areas that are gone as proposals; confirmed ones of the edition stay as they are."""
    kind = report.edition.kind
    if kind.feature_class != kind.FeatureClass.AREA:
        return
    ids = dict(Area.objects.filter(kind=kind).values_list("code", "pk"))
    Succession.objects.filter(edition=report.edition, confirmed=False).delete()
    kept = set(Succession.objects.filter(edition=report.edition).values_list("old_id", "new_id"))
    Succession.objects.bulk_create(
        Succession(edition=report.edition, old_id=ids[one.old], new_id=ids[one.new], share=one.share)
        for one in changed.went
        if (ids[one.old], ids[one.new]) not in kept
    )
