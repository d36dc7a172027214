"""The GIS desk's pages: every kind with its editions, and the quality report of one edition in all its forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from csp.decorators import csp_replace
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from geoserver_app import jobs
from geoserver_app.accounts.doors import request_rights, requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import ground
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.queue import with_jurisdiction
from geoserver_app.gis import as_json, content, map_data, picture, sentences, told
from geoserver_app.gis.class_words import STEPS, called
from geoserver_app.maps.page import LEAFLET
from layers.models import Edition, Kind, QualityReport
from layers.quality import report as quality

LINES = 12  # of each class on the page; the rest stands in the JSON
QUIET = timedelta(minutes=2)  # a run that has said nothing for so long has ended with its process
# The picture carries its letters and their rules inside; opened by itself it may use those and nothing else.
_PICTURE = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "font-src": ["data:"]}
_RUNNING = (QualityReport.State.WAITING, QualityReport.State.RUNNING)


@dataclass(frozen=True)
class EditionRow:
    """One edition on the desk, with what its newest report says."""

    edition: Edition
    state: str
    report: QualityReport | None
    counts: str


@requires(Capability.EDIT_GEOGRAPHY)
def desk_page(request: HttpRequest) -> HttpResponse:
    """GET /console/gis/: the kinds of this jurisdiction and their editions, drafts first."""
    desk = desk_of(request)
    kinds = Kind.objects.filter(jurisdiction=desk.jurisdiction, editions__isnull=False).distinct()
    ordered = kinds.prefetch_related(
        Prefetch("editions", Edition.objects.order_by("-seq").select_related("kind__jurisdiction"))
    )
    rows = [(kind.name_in(desk.language), kind, _rows(kind.editions.all())) for kind in ordered]
    return _private(render(request, "gis/desk.html", {"desk": desk, "kinds": rows}))


def _rows(editions: Iterable[Edition]) -> list[EditionRow]:
    rows = []
    for edition in editions:
        report = quality.newest(edition)
        counts = sentences.counted(content.severities(report)) if report else ""
        rows.append(EditionRow(edition, told.state_of(edition), report, counts))
    return rows


@requires(Capability.EDIT_GEOGRAPHY)
def report_page(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET /console/gis/editions/ID/report/: the newest report, or how far it is."""
    desk = desk_of(request)
    edition = _edition(request, edition_id)
    if edition.kind.jurisdiction_id != desk.jurisdiction.pk:
        return HttpResponseRedirect(f"{request.path}?jurisdiction={edition.kind.jurisdiction.code}")
    report = quality.newest(edition)
    return _private(
        render(request, "gis/report.html", _head(desk, edition) | (_read(desk, report) if report is not None else {}))
    )


def _head(desk: Desk, edition: Edition) -> dict[str, Any]:
    latest = QualityReport.objects.filter(edition=edition).order_by("-pk").first()
    running = latest is not None and latest.state in _RUNNING and not _went_quiet(latest)
    return {
        "desk": desk,
        "edition": edition,
        "kind_name": edition.kind.name_in(desk.language),
        "edition_state": told.state_of(edition),
        "latest": latest,
        "running": running,
        "stopped": latest is not None and latest.state in _RUNNING and not running,
        "progress": _progress(latest) if running and latest is not None else None,
    }


def _read(desk: Desk, report: QualityReport) -> dict[str, Any]:
    """What the page shows of a finished report."""
    seconds = sum(report.seconds.values())
    return {
        "report": report,
        "counts": sentences.counted(content.severities(report)),
        "severities": content.severities(report),
        "facts": told.named_facts(report),
        "sections": content.sections(report, LINES),
        "changes": content.changes(report, LINES),
        "change": report.change,
        "moved": sentences.square_metres(report.change.get("moved_m2")),
        "against_state": told.state_of(report.against) if report.against else "",
        "successions": [(one, sentences.number(100 * one.share, 1)) for one in content.successions(report)],
        "handovers": content.handovers(report),
        "seconds": sentences.number(seconds, 1),
        "leaflet_overrides": LEAFLET,
        "ground": ground.ground(desk),
        "picture_size": (picture.WIDTH, picture.HEIGHT),
        "map_address": _beside(desk, report, "gis_report_map"),
    }


def _beside(desk: Desk, report: QualityReport, name: str) -> str:
    return f"{reverse(name, args=[report.edition_id])}?jurisdiction={desk.jurisdiction.code}"


@requires(Capability.EDIT_GEOGRAPHY)
def report_json(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../report.json: everything that is kept of the newest report."""
    return _private(JsonResponse(as_json.document(_newest(request, edition_id)), json_dumps_params={"indent": 1}))


@requires(Capability.EDIT_GEOGRAPHY)
def report_text(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../report.txt: the same as plain text."""
    text = "\n".join(told.lines(_newest(request, edition_id), LINES)) + "\n"
    return _private(HttpResponse(text, content_type="text/plain; charset=utf-8"))


@requires(Capability.EDIT_GEOGRAPHY)
def report_map(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../map.json: what the map draws."""
    return _private(JsonResponse(map_data.drawn(_newest(request, edition_id))))


@csp_replace(_PICTURE)  # type: ignore[arg-type]  # its types know no view that takes a part of the address
@requires(Capability.EDIT_GEOGRAPHY)
def report_picture(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../map.svg: the map as a picture."""
    return _private(HttpResponse(picture.svg(_newest(request, edition_id)), content_type="image/svg+xml"))


@requires(Capability.EDIT_GEOGRAPHY)
def report_state(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../state.json: how far the newest run is."""
    edition = _edition(request, edition_id)
    latest = QualityReport.objects.filter(edition=edition).order_by("-pk").first()
    if latest is None:
        raise Http404
    running = latest.state in _RUNNING and not _went_quiet(latest)
    return _private(JsonResponse({"running": running, "state": latest.state, **_progress(latest)}))


@require_POST
@requires(Capability.EDIT_GEOGRAPHY)
def check(request: HttpRequest, edition_id: int) -> HttpResponse:
    """POST .../check/: has a report made by the worker; a run that is under way is not started again."""
    edition = _edition(request, edition_id)
    latest = QualityReport.objects.filter(edition=edition).order_by("-pk").first()
    if latest is None or latest.state not in _RUNNING or _went_quiet(latest):
        jobs.defer_check(quality.asked(edition))
    return HttpResponseRedirect(with_jurisdiction(request, reverse("gis_report", args=[edition.pk])))


def _edition(request: HttpRequest, edition_id: int) -> Edition:
    """An edition of a jurisdiction in which this person works on geography; for everybody else there is none."""
    edition = quality.edition_or_none(edition_id)
    if edition is None or not may_edit(request, edition):
        raise Http404(_("There is no such edition."))
    return edition


def may_edit(request: HttpRequest, edition: Edition) -> bool:
    """Whether somebody may work on the geography of an edition's jurisdiction."""
    return request_rights(request).may(Capability.EDIT_GEOGRAPHY, edition.kind.jurisdiction_id)


def _newest(request: HttpRequest, edition_id: int) -> QualityReport:
    report = quality.newest(_edition(request, edition_id))
    if report is None:
        raise Http404(_("There is no report of this edition yet."))
    return report


def _progress(report: QualityReport) -> dict[str, Any]:
    waiting = report.state == QualityReport.State.WAITING
    return {
        "step": str(_("Waiting for the worker")) if waiting else called(STEPS, report.step),
        "done": report.done,
        "total": report.total,
    }


def _went_quiet(report: QualityReport) -> bool:
    return timezone.now() - (report.seen_at or report.asked_at) > QUIET


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    return answer
