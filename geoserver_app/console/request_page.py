"""GET /console/requests/NUMBER/: everything about one request, and a button for everything that may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.form import in_words
from geoserver_app.catalog.models import Service, in_language
from geoserver_app.console.actions import ACTIONS, Action
from geoserver_app.console.ask import Ask, ask_for
from geoserver_app.console.clocks import clock_words, moment
from geoserver_app.console.desk import desk_of
from geoserver_app.console.forms import ActionForm, Bare
from geoserver_app.console.ground import ground
from geoserver_app.console.history_lines import history_lines
from geoserver_app.console.origin import old_system
from geoserver_app.console.people import caller_of
from geoserver_app.console.place_facts import frames, map_place, place_facts
from geoserver_app.console.reviews import area_choices, matters
from geoserver_app.console.same import about_incident
from geoserver_app.console.sent_on import photos_not_sent
from geoserver_app.console.why import why
from geoserver_app.intake.models import Answer, Media, MediaLink, Review
from geoserver_app.link.models import Membership
from geoserver_app.maps.page import LEAFLET
from geoserver_app.work.deadlines import clock
from geoserver_app.work.models import Copy, Resolution, StatusChange, WorkOrder

# The actions in their groups; those that need no words are plain buttons, the others unfold a form.
WORK = ("accept", "begin", "take", "done", "close", "reopen", "told", "answer", "order")
GIVE = ("hand_on", "refer", "assign", "copy", "triage")
CORRECT = ("priority", "cancel")
BESIDE = ("note", "text")  # these stand beside what they change
# What usually comes next: the button that is pressed most stands out.
NEXT = {"received": "hand_on", "triage": "hand_on", "assigned": "accept", "accepted": "begin", "in_progress": "done",
        "referred": "close", "done": "close"}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """An action with its form; ``is_open`` where it was sent and something is missing."""

    action: Action
    form: ActionForm
    is_open: bool = False
    is_link = False

    @property
    def is_step(self) -> bool:
        """Whether pressing it is all there is to do."""
        return type(self.form) is Bare

    @property
    def code(self) -> str:
        return self.action.code


@dataclass(frozen=True)
class PageLink:
    """An action that has a page of its own."""

    title: str
    address: str
    is_link = True


Group: TypeAlias = tuple[str, list[Panel | PageLink]]


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
    memberships = list(Membership.objects.filter(request=one).select_related("kind"))
    facts = place_facts(one, memberships, desk)
    panels = panels_of(ask, sent)
    waiting = matters(Review.objects.filter(request=one, resolved_at=None).order_by("created_at", "pk"))
    choices = area_choices(memberships) if ask.may(Capability.REVIEW) else []
    return {
        **_map(ask),
        "desk": desk,
        "ask": ask,
        "one": one,
        "sent": sent,
        "seen": last_change(ask),
        "clock": clock_words(one, clock(one, desk.at, desk.calendar), desk.zone, desk.at),
        "reported": moment(one.requested_datetime, desk.zone, desk.at),
        "facts": facts,
        "answers": answers(ask),
        "photos": list(Media.objects.filter(request=one).select_related("looked_at_by")),
        "photos_not_sent": photos_not_sent(one, desk.language),
        "links": list(MediaLink.objects.filter(request=one)),
        "origin": old_system(one),
        "matters": waiting,
        "area_choices": choices,
        "must_choose_area": any("area" in matter.ways for matter in waiting),
        "why": why(one, memberships, desk),
        "history": history_lines(one, desk.language),
        "incident": about_incident(ask),
        "caller": caller_of(one, ask.actor, desk),
        "orders": list(WorkOrder.objects.filter(request=one)),
        "copies": list(Copy.objects.filter(request=one).select_related("post__department", "by")),
        "resolution": _resolution(ask),
        "satisfaction": getattr(one, "satisfaction", None) if ask.is_closed else None,
        "groups": groups_of(ask, panels),
        "panel": panels,
        "next_step": NEXT.get(one.state, ""),
        "may": {code for code, action in ACTIONS.items() if action.may(ask)},
        "may_correct": ask.may(Capability.CORRECT),
        "may_read_outbox": ask.may(Capability.READ_OUTBOX),
        "releases_photos": ask.may(Capability.PUBLISH)
        and one.is_public and one.service.photo_publication != Service.Publication.NEVER,
    }  # fmt: skip


def _map(ask: Ask) -> dict[str, Any]:
    """The place on the map, and as a picture where there are no scripts."""
    return {
        "pictures": frames(ask.request),
        "ground": ground(ask.desk),
        "place": map_place(ask.request),
        "leaflet_overrides": LEAFLET,
    }


def panels_of(ask: Ask, sent: Panel | None) -> dict[str, Panel]:
    """A form for every action that this person may take now; the one that was sent in place of its empty one."""
    shown = {*WORK, *GIVE, *CORRECT, *BESIDE}
    made = {
        code: Panel(action, action.form(ask=ask, auto_id=f"{code}-%s"))
        for code, action in ACTIONS.items()
        if code in shown and action.may(ask)
    }
    return made | ({sent.code: sent} if sent and sent.code in shown else {})


def groups_of(ask: Ask, panels: Mapping[str, Panel]) -> list[Group]:
    """The actions as the page groups them: work on it, give it to somebody, put it right."""
    number = ask.request.service_request_id
    pages: list[Panel | PageLink] = []
    if ask.may(Capability.CORRECT):
        pages = [
            PageLink(_("Correct the place"), reverse("console_place", args=[number])),
            PageLink(_("Change the service"), reverse("console_service", args=[number])),
        ]
    groups = [
        (_("Work on it"), _among(panels, WORK)),
        (_("Give it to"), _among(panels, GIVE)),
        (_("Put right"), [*pages, *_among(panels, CORRECT)]),
    ]
    return [group for group in groups if group[1]]


def _among(panels: Mapping[str, Panel], codes: tuple[str, ...]) -> list[Panel | PageLink]:
    return [panels[code] for code in codes if code in panels]


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
