"""The page of one edition: what holds it up, the answers, its preview, putting it in force, taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.drafts.access import edition_of, page, refused, to, user_of
from geoserver_app.editions import answers, holdups
from geoserver_app.editions.holdups import HeldArea, OpenClass
from geoserver_app.editions.models import Incoming, Simulation, Turn
from geoserver_app.gis import content, sentences, told
from geoserver_app.gis.class_words import CLASSES, HOLDERS, called
from layers.errors import OneMapError
from layers.models import Area, Edition, EditionChange, Kind, QualityReport, Succession
from layers.quality import report as quality


@dataclass(frozen=True)
class Successor:
    """An area that may be what became of one that is gone, with its share of the ground in per cent."""

    area_id: int
    code: str
    share: str
    confirmed: bool


@dataclass(frozen=True)
class Gone:
    """An area that is gone with a draft: who names it, what may have become of it."""

    area: Area
    successors: list[Successor]
    held: list[tuple[HeldArea, str, bool]]  # with what the holder is called, and whether it was set aside
    answered: bool


@dataclass(frozen=True)
class Named:
    """A class of findings with what it is called."""

    one: OpenClass
    title: str
    hint: str


@requires(Capability.EDIT_GEOGRAPHY)
def edition_page(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET /console/gis/editions/ID/: everything about one edition."""
    desk = desk_of(request)
    edition = edition_of(request, edition_id)
    if edition.kind.jurisdiction_id != desk.jurisdiction.pk:
        return HttpResponseRedirect(f"{request.path}?jurisdiction={edition.kind.jurisdiction.code}")
    context = head(desk, edition) | turns(edition) | {"file": Incoming.objects.filter(edition=edition).first()}
    if edition.state == Edition.State.DRAFT:
        context |= _waiting(edition)
    return page(request, "edition", context)


def head(desk: Desk, edition: Edition) -> dict[str, Any]:
    """What every page about an edition says on top."""
    report = quality.newest(edition)
    asked = QualityReport.objects.filter(edition=edition).order_by("-pk").first()
    return {
        "desk": desk,
        "edition": edition,
        "kind_name": edition.kind.name_in(desk.language),
        "edition_state": told.state_of(edition),
        "is_draft": edition.state == Edition.State.DRAFT,
        "report": report,
        "report_runs": report is None and asked is not None,
        "counts": sentences.counted(content.severities(report)) if report else "",
        "draws": edition.kind.feature_class == Kind.FeatureClass.AREA,
    }


def turns(edition: Edition) -> dict[str, Any]:
    """The turns of an edition, the one that runs, and whether its activation is the last one of its kind."""
    made = list(Turn.objects.filter(edition=edition).select_related("asked_by", "rules_after", "progress")[:10])
    running = next((one for one in made if one.state == Turn.State.RUNNING), None)
    last = EditionChange.objects.filter(kind=edition.kind, undone_at=None).order_by("-pk").first()
    return {"turns": made, "running": running, "may_go_back": last is not None and last.edition_id == edition.pk}


def _waiting(edition: Edition) -> dict[str, Any]:
    gone = gone_with(edition)
    classes = [
        Named(one, str(CLASSES[one.code].title), str(CLASSES[one.code].hint)) for one in holdups.classes(edition)
    ]
    reasons = len(holdups.unanswered(edition)) + sum(not one.one.accepted for one in classes)
    days = edition.wanted
    return {
        "gone": gone,
        "classes": classes,
        "areas": answers.areas_of(edition) if any(one.held for one in gone) else [],
        "waits": reasons,
        "wanted_from": days.lower if days is not None else None,
        "simulation": Simulation.objects.filter(edition=edition).first(),
        "today": edition.kind.jurisdiction.local_date(timezone.now()),
    }


def gone_with(edition: Edition) -> list[Gone]:
    """The areas that are gone with a draft and that somebody names, or for which a successor is known."""
    succeeded, aside = holdups.answers(edition)
    held = holdups.held(edition)
    found = []
    for area in holdups.gone(edition):
        mine = [one for one in held if one.area.pk == area.pk]
        named = [(one, called(HOLDERS, one.holder), (area.pk, one.holder, one.key) in aside) for one in mine]
        rows = (
            Succession.objects.filter(edition=edition, old=area).select_related("new").order_by("-share", "new__code")
        )
        successors = [
            Successor(row.new_id, row.new.code, sentences.number(100 * row.share, 1), row.confirmed) for row in rows
        ]
        answered = all(holdups.is_answered(one, succeeded, aside) for one in mine)
        found.append(Gone(area, successors, named, answered))
    return found


@require_POST
@requires(Capability.EDIT_GEOGRAPHY)
def answer(request: HttpRequest, edition_id: int) -> HttpResponse:
    """POST /console/gis/editions/ID/answers/: all answers of the page's form, in place of those before."""
    edition = edition_of(request, edition_id)
    try:
        answers.give(
            edition,
            accepted=request.POST.getlist("accept"),
            successors=_successors(request, edition),
            aside=_aside(request),
            by=user_of(request),
            at=timezone.now(),
        )
        messages.success(request, _("Your answers are kept."))
    except OneMapError as error:
        refused(request, error)
    return to(request, "gis_edition", edition.pk)


def _successors(request: HttpRequest, edition: Edition) -> dict[int, set[int]]:
    """What was ticked or chosen for each area that is gone; areas of the draft alone."""
    there = {pk for pk, _code, _name in answers.areas_of(edition)}
    found = {}
    for area in holdups.gone(edition):
        named = [*request.POST.getlist(f"successor-{area.pk}"), request.POST.get(f"other-{area.pk}", "")]
        found[area.pk] = {int(one) for one in named if one.isdigit()} & there
    return found


def _aside(request: HttpRequest) -> list[tuple[int, str, str]]:
    parts = [text.split("|", 2) for text in request.POST.getlist("aside")]
    return [(int(part[0]), part[1], part[2]) for part in parts if len(part) == 3 and part[0].isdigit()]
