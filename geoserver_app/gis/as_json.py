"""A report as JSON: everything that is kept of it, with codes instead of sentences."""

from __future__ import annotations

from typing import Any

from geoserver_app.gis import content
from layers.models import QualityChange, QualityFinding, QualityHandover, QualityReport


def document(report: QualityReport) -> dict[str, Any]:
    """The report with all listed findings; areas in square metres, places as longitude and latitude."""
    edition = report.edition
    return {
        "report": report.pk,
        "state": report.state,
        "edition": edition.pk,
        "kind": edition.kind.code,
        "jurisdiction": edition.kind.jurisdiction.code,
        "number": edition.seq,
        "edition_state": edition.state,
        "source": edition.source,
        "source_sha256": edition.source_sha256,
        "against": report.against_id,
        "made_at": report.finished_at.isoformat() if report.finished_at else None,
        "seconds": report.seconds,
        "facts": report.facts,
        "severities": content.severities(report),
        "classes": report.classes,
        "findings": [_finding(one) for one in report.findings.all()],
        "change": report.change,
        "changes": [_change(one) for one in report.changes.all()],
        "successions": [
            {"old": one.old.code, "new": one.new.code, "share": round(one.share, 6), "confirmed": one.confirmed}
            for one in content.successions(report)
        ],
        "handovers": [_handover(one) for one in report.handovers.all()],
    }


def _finding(one: QualityFinding) -> dict[str, Any]:
    return {
        "class": one.found,
        "severity": one.severity,
        "rank": one.rank,
        "codes": one.codes,
        "fids": one.fids,
        "area_m2": one.area_m2,
        "place": _place(one),
        "detail": one.detail,
    }


def _place(one: QualityFinding | QualityChange) -> list[float] | None:
    return [round(one.place.x, 7), round(one.place.y, 7)] if one.place else None


def _change(one: QualityChange) -> dict[str, Any]:
    return {
        "what": one.what,
        "code": one.code,
        "old_code": one.old_code,
        "name": one.name,
        "old_name": one.old_name,
        "gained_m2": one.gained_m2,
        "lost_m2": one.lost_m2,
        "moved_m": one.moved_m,
        "place": _place(one),
    }


def _handover(one: QualityHandover) -> dict[str, Any]:
    return {
        "holder": one.holder,
        "old_codes": one.old_codes,
        "new_codes": one.new_codes,
        "count": one.count,
        "holds_up": one.holds_up,
        "examples": one.examples,
    }
