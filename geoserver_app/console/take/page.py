"""/console/new/: the call-taker's form. Everything works by the keyboard, and without scripts by round trips."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from geoserver_app import flow
from geoserver_app.accounts.doors import request_rights, requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import words
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.take import assist, drafts, known
from geoserver_app.console.take.drafts import Draft
from geoserver_app.console.take.entry import CHANNELS, Entry
from geoserver_app.console.take.look import found_places, parts
from geoserver_app.duplicates import chosen
from geoserver_app.intake.models import Reporter
from geoserver_app.intake.submission import Contact, Submission
from geoserver_app.work.models import Resolution
from geoserver_app.work.resolutions import choices as resolutions
from layers.errors import Conflict


class NoAnswerCode(Conflict):
    """The city has no resolution that means that a question was answered."""


@requires(Capability.TAKE_REQUESTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take(http: HttpRequest) -> HttpResponse:
    """GET shows a blank form, or a parked one (``?draft=``); POST does what the pressed button says."""
    desk = desk_of(http)
    if http.method == "POST":
        return _pressed(http, desk)
    kept = drafts.get(http, http.GET.get("draft", ""))
    return _page(http, Entry(desk, kept or _blank(desk)), status=200)


def _blank(desk: Desk) -> Draft:
    return Draft(drafts.new_id(), {"channel": ["phone"], "language": [desk.language], "tell_by": ["none"]})


def _pressed(http: HttpRequest, desk: Desk) -> HttpResponse:
    draft = _picked(desk, drafts.from_post(http.POST), http)
    quick = http.POST.get("quick", "")
    if quick:
        return _log_at_once(http, desk, draft, quick)
    button = http.POST.get("do", "look")
    if button == "drop":
        drafts.drop(http, draft.id)
        return HttpResponseRedirect(reverse("take"))
    if button == "known":
        return known.stopped(http, Entry(desk, draft))
    drafts.save(http, draft, desk.at.timestamp())
    if button == "park":
        return HttpResponseRedirect(reverse("take"))
    if button in {"send", "answered"}:
        return _send(http, Entry(desk, draft), answered=button == "answered")
    return HttpResponseRedirect(_address(draft))


def _picked(desk: Desk, draft: Draft, http: HttpRequest) -> Draft:
    """With what a button of a list says, for pages without scripts: this service, this place."""
    service, place = http.POST.get("pick_service", ""), http.POST.get("pick_place", "")
    if service:
        draft = draft.with_values(service=service)
        name = Entry(desk, draft).service
        draft = draft.with_values(say=name.name_in(desk.language) if name else "")
    if place.count("|") == 2:
        lon, lat, label = place.split("|")
        draft = draft.with_values(lon=lon, lat=lat, place_label=label, where=label)
    if http.POST.get("do") == "other_service":
        draft = draft.with_values(service="", say="")
    # An address that was changed after its place was chosen has no place yet.
    if draft.one("place_label") and draft.one("where") != draft.one("place_label"):
        draft = draft.with_values(lon="", lat="", place_label="")
    return draft


def _send(http: HttpRequest, entry: Entry, *, answered: bool) -> HttpResponse:
    """Takes the report in, or logs a question that was answered; with what is wrong where it is not complete."""
    entry.check()
    if answered:
        return _answered(http, entry)
    number = assist.choice(entry)
    if number and not chosen.is_open(number, assist.seen(entry)):
        entry.errors["same"], entry.draft = chosen.not_open(number), entry.draft.with_values(same="")
        drafts.save(http, entry.draft, entry.desk.at.timestamp())
    if entry.errors:
        return _page(http, entry, status=422)
    stored = flow.submit(replace(entry.submission(), incident_id=assist.joins(entry)))
    known.went_on(http, entry, stored.request)
    became = chosen.told(stored.request, number, assist.seen(entry)) if number else ""
    if became:
        messages.info(http, became)
    drafts.sent(http, entry.draft.id, str(stored.request))
    return HttpResponseRedirect(reverse("take_done", args=[str(stored.request)]))


def _answered(http: HttpRequest, entry: Entry) -> HttpResponse:
    """A call that was answered needs to say what it was about, and nothing that a department would need."""
    entry.errors = {name: said for name, said in entry.errors.items() if name in {"say", "on_day", "description"}}
    if entry.errors or entry.service is None:
        return _page(http, entry, status=422)
    sent = entry.submission()
    anonymous = Submission(
        jurisdiction_id=sent.jurisdiction_id,
        service_id=sent.service_id,
        channel=sent.channel,
        language=sent.language,
        description=sent.description,
        address_text=sent.address_text,
        answers=entry.checked.cleaned,
        contact=Contact(),
        requested_datetime=sent.requested_datetime,
        idempotency_key=sent.idempotency_key,
    )
    return _logged(http, entry.desk, entry.draft, anonymous)


def _log_at_once(http: HttpRequest, desk: Desk, draft: Draft, code: str) -> HttpResponse:
    """A frequent question, answered and logged by two keys: no form is left behind."""
    found = next((one for one in assist.quick(desk) if one.code == code), None)
    entry = Entry(desk, Draft(draft.id, {**draft.values, "service": [code]}))
    if found is None or entry.service is None:
        return _page(http, entry, status=422)
    return _logged(http, desk, draft, entry.submission())


def _logged(http: HttpRequest, desk: Desk, draft: Draft, submission: Submission) -> HttpResponse:
    stored = flow.answered(submission, resolution=_answer_code(desk), by=request_rights(http))
    number = stored.request.service_request_id
    drafts.sent(http, draft.id, number)
    name = stored.request.service.name_in(desk.language)
    messages.success(http, _("Logged as answered: %(service)s (%(number)s)") % {"service": name, "number": number})
    return HttpResponseRedirect(reverse("take"))


def _answer_code(desk: Desk) -> str:
    """The city's code for a question that was answered."""
    on = desk.jurisdiction.local_date(desk.at)
    answers = Resolution.Meaning.ANSWERED
    code = next((one.code for one in resolutions(desk.jurisdiction, on) if one.meaning == answers), None)
    if code is None:
        raise NoAnswerCode(_("There is no resolution that means 'question answered'. Ask your administrator."))
    return code


def _address(draft: Draft) -> str:
    return f"{reverse('take')}?draft={draft.id}"


def _page(http: HttpRequest, entry: Entry, *, status: int) -> HttpResponse:
    draft, desk = entry.draft, entry.desk
    unplaced = bool(draft.one("where")) and entry.position is None
    unchosen = bool(draft.one("say")) and entry.service is None
    context: dict[str, Any] = {
        **parts(http, entry),
        "quick": [] if draft.one("say") or entry.service else assist.quick(desk),
        "services": assist.found_services(desk, draft.one("say")) if unchosen else [],
        "places": found_places(desk, draft.one("where")) if unplaced else [],
        "channels": [(code, words.say("channel", code)) for code in CHANNELS],
        "ways": _ways(),
        "languages": entry.languages,
        "unplaced": unplaced,
        "said": _said(),
        "problems": _problems(entry),
    }
    return render(http, "console/take/new.html", context, status=status)


def _problems(entry: Entry) -> list[tuple[str, str, str]]:
    """What is wrong, for the list on top: the field's id, the question that it is about, and what to do."""
    asked = {f"q_{question.code}": question.text for question in entry.questions}
    return [(name, asked.get(name, ""), said) for name, said in entry.errors.items()]


def _said() -> dict[str, str]:
    """What the scripts say."""
    return {
        "choices": _("%s choices"),
        "none": _("Nothing found"),
        "saved": _("Kept"),
        "notSaved": _("Not kept: no connection. Go on; it is tried again."),
    }


def _ways() -> list[tuple[str, str]]:
    """How a caller may be told."""
    said = {
        Reporter.TellBy.NONE: _("not at all"),
        Reporter.TellBy.EMAIL: _("by e-mail"),
        Reporter.TellBy.TEXT: _("by text message"),
        Reporter.TellBy.PHONE: _("by telephone"),
        Reporter.TellBy.POST: _("by letter"),
    }
    return [(way.value, words) for way, words in said.items()]
