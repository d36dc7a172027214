"""While the form is filled in: saves it, and gives the parts of the page that follow from what was entered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import words
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.take import assist, drafts, known
from geoserver_app.console.take.entry import LEFT_EARLIER, Entry, value_lists
from geoserver_app.geocode.candidate import Candidate, shown_label
from geoserver_app.geocode.outside import locate_or_ask
from geoserver_app.geocode.suggest import suggest

LONGEST = 200


@requires(Capability.TAKE_REQUESTS)
@never_cache
@require_POST
def look(http: HttpRequest) -> HttpResponse:
    """POST the form: it is kept, and the parts that depend on it come back as HTML."""
    desk, draft = desk_of(http), drafts.from_post(http.POST)
    drafts.save(http, draft, desk.at.timestamp())
    return render(http, "console/take/parts.html", parts(http, Entry(desk, draft)))


@requires(Capability.TAKE_REQUESTS)
@never_cache
@require_GET
def services(http: HttpRequest) -> JsonResponse:
    """GET ?q=: services to choose from; without words the questions that can be logged at once."""
    desk, text = desk_of(http), http.GET.get("q", "").strip()[:LONGEST]
    if not text:
        quick = [_choice(desk, one, logs=True) for one in assist.quick(desk)]
        return JsonResponse({"choices": quick})
    return JsonResponse({"choices": [_choice(desk, one) for one in assist.found_services(desk, text)]})


@requires(Capability.TAKE_REQUESTS)
@never_cache
@require_GET
def places(http: HttpRequest) -> JsonResponse:
    """GET ?q=: places to choose from while it is typed."""
    desk = desk_of(http)
    asked = http.GET.get("q", "").replace("\0", " ").strip()[:LONGEST]
    found = suggest(desk.jurisdiction, asked, on=desk.jurisdiction.local_date(desk.at)) if len(asked) > 2 else []
    return JsonResponse(
        {"choices": [{"lon": one.lon, "lat": one.lat, "label": shown_label(one, desk.language)} for one in found]}
    )


def found_places(desk: Desk, text: str) -> list[Candidate]:
    """Where a text may be; nothing for fewer than three letters."""
    asked = text.replace("\0", " ").strip()[:LONGEST]
    if len(asked) < 3:
        return []
    return locate_or_ask(desk.jurisdiction, asked, on=desk.jurisdiction.local_date(desk.at), limit=6)


def parts(http: HttpRequest, entry: Entry) -> dict[str, Any]:
    """What the parts of the page say about an entry."""
    desk, draft = entry.desk, entry.draft
    service = entry.service
    key = [service.code if service else "", *(question.code for question in entry.questions)]
    return {
        "entry": entry,
        "draft": draft,
        "service": service,
        "service_name": service.name_in(desk.language) if service else "",
        "service_kind": assist.kind_words(service) if service else "",
        "questions": entry.questions,
        "questions_key": " ".join(key),
        "given": value_lists(entry),
        "stopper": entry.stopper,
        "lies": assist.lies(entry),
        "earlier": assist.earlier(entry),
        "alike": assist.known(entry),
        "faqs": assist.faqs(entry),
        "known": known.notices_for(entry),
        "parked": _parked(http, desk, draft.id),
        "left_earlier": entry.channel in LEFT_EARLIER or bool(draft.one("on_day")),
        "errors": entry.errors,
    }


def _choice(desk: Desk, service: Any, *, logs: bool = False) -> dict[str, Any]:
    name = service.name_in(desk.language)
    hint = _("log as answered") if logs else assist.kind_words(service)
    return {"code": service.code, "label": name, "hint": hint, "logs": logs}


def _parked(http: HttpRequest, desk: Desk, current: str) -> list[dict[str, Any]]:
    """The half-entered forms: who, about what, since when."""
    found = []
    for draft in drafts.all_of(http):
        entry = Entry(desk, draft)
        service = entry.service
        found.append(
            {
                "id": draft.id,
                "address": f"{reverse('take')}?draft={draft.id}",
                "service": service.name_in(desk.language) if service else draft.one("say"),
                "caller": draft.one("name") or draft.one("phone") or words.say("channel", entry.channel),
                "minutes": max(0, int((desk.at.timestamp() - draft.saved_at) // 60)),
                "is_current": draft.id == current,
            }
        )
    return found
