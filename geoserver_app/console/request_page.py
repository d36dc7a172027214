"""GET /console/requests/NUMBER/: everything about one request, and a button for everything that may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.form import in_words
from geoserver_app.catalog.models import Service, in_language
from geoserver_app.console.actions import ACTIONS, Action
from geoserver_app.console.ask import Ask, ask_for
from geoserver_app.console.clocks import clock_words, moment
from geoserver_app.console.desk import desk_of
from geoserver_app.console.forms import ActionForm
from geoserver_app.console.ground import ground
from geoserver_app.console.history_lines import history_lines
from geoserver_app.console.people import caller_of
from geoserver_app.console.place_facts import frames, map_place, place_facts
from geoserver_app.console.reviews import area_choices, matters
from geoserver_app.console.why import why
from geoserver_app.intake.models import Answer, Media, Review
from geoserver_app.link.models import Membership
from geoserver_app.maps.page import LEAFLET
from geoserver_app.work.deadlines import clock
from geoserver_app.work.models import Copy, Resolution, StatusChange, WorkOrder

# The actions that are buttons in a row, those that open a form below it, and those that stand beside what they change.
STEPS = ("accept", "begin", "take")
PANELS = ("done", "close", "hand_on", "refer", "assign", "priority", "copy", "order", "reopen", "told", "answer",
          "triage", "cancel")  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """An action with its form; ``is_open`` where it was sent and something is missing."""

    action: Action
    form: ActionForm
    is_open: bool = False

    @property
    def code(self) -> str:
        return self.action.code


@requires(Capability.SEE_REQUESTS)
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    """The page; 404 for a request that is not theirs to see."""
    return show(request, ask_for(desk_of(request), number))


def show(request: HttpRequest, ask: Ask, *, sent: Panel | None = None, status: int = 200) -> HttpResponse:
    """The page of a request, with a form that was ``sent`` and cannot be taken as it is."""
    response = render(request, "console/request.html", context(ask, sent), status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def context(ask: Ask, sent: Panel | None) -> dict[str, Any]:
    """Everything that the page shows."""
    one, desk = ask.request, ask.desk
    memberships = list(Membership.objects.filter(request=one))
    facts = place_facts(one, memberships, desk)
    panels = panels_of(ask, sent)
    choices = area_choices(memberships) if ask.may(Capability.REVIEW) else []
    return {
        "desk": desk,
        "ask": ask,
        "one": one,
        "sent": sent,
        "seen": last_change(ask),
        "clock": clock_words(one, clock(one, desk.at, desk.calendar), desk.zone, desk.at),
        "reported": moment(one.requested_datetime, desk.zone, desk.at),
        "facts": facts,
        "pictures": frames(one),
        "answers": answers(ask),
        "photos": list(Media.objects.filter(request=one).select_related("looked_at_by")),
        "matters": matters(Review.objects.filter(request=one, resolved_at=None).order_by("created_at", "pk")),
        "area_choices": choices,
        "why": why(one, memberships, desk),
        "history": history_lines(one, desk.language),
        "caller": caller_of(one, ask.actor, desk),
        "orders": list(WorkOrder.objects.filter(request=one)),
        "copies": list(Copy.objects.filter(request=one).select_related("post__department", "by")),
        "resolution": _resolution(ask),
        "satisfaction": getattr(one, "satisfaction", None) if ask.is_closed else None,
        "steps": [panels[code] for code in STEPS if code in panels],
        "panels": [panels[code] for code in PANELS if code in panels],
        "panel": panels,
        "may": {code for code, action in ACTIONS.items() if action.may(ask)},
        "may_correct": ask.may(Capability.CORRECT),
        "may_read_outbox": ask.may(Capability.READ_OUTBOX),
        "releases_photos": ask.may(Capability.PUBLISH)
        and one.is_public and one.service.photo_publication != Service.Publication.NEVER,
        "ground": ground(desk),
        "place": map_place(one),
        "leaflet_overrides": LEAFLET,
    }  # fmt: skip


def panels_of(ask: Ask, sent: Panel | None) -> dict[str, Panel]:
    """A form for every action that this person may take now; the one that was sent in place of its empty one."""
    shown = {*STEPS, *PANELS, "note", "text"}
    made = {
        code: Panel(action, action.form(ask=ask, auto_id=f"{code}-%s"))
        for code, action in ACTIONS.items()
        if code in shown and action.may(ask)
    }
    return made | ({sent.code: sent} if sent and sent.code in shown else {})


def last_change(ask: Ask) -> int:
    """The newest line of the history that this page shows: who acts on it says what they had seen."""
    newest = StatusChange.objects.filter(request=ask.request).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def answers(ask: Ask) -> list[tuple[str, str]]:
    """What was answered to the service's questions, in the page's language."""
    language = ask.desk.language
    rows = Answer.objects.filter(request=ask.request).select_related("attribute").order_by("attribute__position")
    return [
        (in_language(row.attribute.question, language), in_words(row.attribute, row.value, language)) for row in rows
    ]


def _resolution(ask: Ask) -> str:
    if not ask.request.resolution:
        return ""
    rows = Resolution.objects.filter(jurisdiction=ask.request.jurisdiction_id, code=ask.request.resolution)
    found = rows.first()
    return found.name_in(ask.desk.language) if found else ask.request.resolution
