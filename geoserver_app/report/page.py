"""GET and POST /report/: one page on which what, where and details are told in any order and nothing gets lost."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from geoserver_app import flow
from geoserver_app.catalog.form import Stopper, stopper_for
from geoserver_app.catalog.models import Service
from geoserver_app.geocode.candidate import Candidate, shown_label
from geoserver_app.intake.photos import MOST_PHOTOS, BadPhoto
from geoserver_app.maps.page import LEAFLET, choose
from geoserver_app.report import check, known, pace, same, sent, waiting, what, without
from geoserver_app.report.around import Around, around, line_question, thing_meant
from geoserver_app.report.draft import ANSWER, Draft, TellBy, new_draft, read
from geoserver_app.report.texts import page_data
from geoserver_app.site.jurisdiction import JurisdictionNeeded, of_request
from layers.errors import NotFound, OneMapError
from layers.models import Jurisdiction


@dataclass
class Situation:
    """What a visit works with, and what came of it so far."""

    jurisdiction: Jurisdiction
    draft: Draft
    service: Service | None
    language: str
    at: datetime
    errors: dict[str, str] = field(default_factory=dict)
    stopper: Stopper | None = None
    candidates: list[Candidate] = field(default_factory=list)
    has_looked: bool = False  # whether candidates were asked for
    around: Around | None = None
    alike: list[same.Known] = field(default_factory=list)
    answered: known.Answered = field(default_factory=known.Answered)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The page; after a report was taken, on to its number."""
    try:
        jurisdiction = of_request(request)
    except JurisdictionNeeded:
        return choose(request)
    if request.method != "POST":
        return answer(request, situation(jurisdiction, new_draft(request.GET)))
    now = situation(jurisdiction, without.after_button(request.POST.dict(), read(request.POST), jurisdiction))
    now.answered = known.kept(request.POST)
    stopped = known.enough(request, now)
    if stopped is not None:
        return stopped
    _take_photos(request, now)
    if request.POST.get("do") == "send":
        done = _send(request, now)
        if done is not None:
            return done
    elif request.POST.get("do") == "find" or (now.draft.spot.address and not now.draft.spot.is_pinned):
        now.candidates, now.has_looked = without.places(now.draft, jurisdiction, at=now.at), True
    return answer(request, now)


def situation(jurisdiction: Jurisdiction, draft: Draft) -> Situation:
    """A draft with its service, as of now."""
    at = timezone.now()
    service = what.chosen(jurisdiction, draft.service, on=jurisdiction.local_date(at))
    return Situation(jurisdiction, draft, service, get_language() or "en", at)


def answer(request: HttpRequest, now: Situation) -> HttpResponse:
    """The page with the draft as it stands: 422 where something has to be put right, else 200."""
    draft, service = now.draft, now.service
    own = draft.own_answers(service.code) if service else {}
    now.stopper = now.stopper or (stopper_for(service, own, now.language) if service else None)
    if draft.spot.is_pinned and check.needs_place(service):
        now.around = now.around or around(now.jurisdiction, service, draft.spot, own, at=now.at)
    now.alike = now.alike or same.known_nearby(now.jurisdiction, service, draft, now.language, at=now.at)
    status = 422 if now.errors or (now.stopper and request.POST.get("do") == "send") else 200
    if "form" in now.errors and now.errors["form"] == _too_many():
        status = 429
    return render(request, "report/report.html", context(now), status=status)


def context(now: Situation) -> dict[str, Any]:
    """Everything that the template shows."""
    draft, service, language = now.draft, now.service, now.language
    on = now.jurisdiction.local_date(now.at)
    view = without.view_of(draft, now.jurisdiction)
    return {
        **service_context(now),
        **known.context(now),
        "draft": draft,
        "errors": now.errors,
        "problems": problems(now),
        "shelves": what.shelves(now.jurisdiction, language, on=on),
        "common": what.common(now.jurisdiction, language, on=on),
        "results": what.search(now.jurisdiction, draft.q, language, on=on) if draft.q.strip() else [],
        "other_answers": what.other_answers(draft, service),
        "needs_place": check.needs_place(service),
        "candidates": [_choice(one) for one in now.candidates],
        "has_looked": now.has_looked,
        "around": now.around,
        "alike": now.alike,
        "view": view,
        "pictures": without.pictures(view),
        "moves": without.moves(),
        "photos": [(photo, _photo_choice(photo)) for photo in waiting.find(draft.photos)],
        "most_photos": MOST_PHOTOS,
        "ways": ways(),
        "leaflet_overrides": LEAFLET,
        "report_data": page_data(now.jurisdiction),
    }


def service_context(now: Situation) -> dict[str, Any]:
    """The part of the page that belongs to the chosen service."""
    service = now.service
    if service is None:
        return {"service": None}
    line = now.around.question if now.around else ""
    fields = what.fields(service, now.draft, now.language, now.errors, about_line=line)
    return {
        "service": what.offered(service, now.language),
        "location": service.location,
        "asset_kind": service.asset_kind,
        "fields": fields,
        "has_conditions": any(field.question.condition for field in fields),
        "faqs": what.faqs(service, now.language),
        "publicity": what.shown_to_the_public(service),
        "stopper": now.stopper,
        "ground_question": what.asks_about_ground(service),
    }


def ways() -> list[tuple[str, str]]:
    """How people can be told."""
    return [
        (TellBy.NONE.value, _("Not at all: I follow it by its number")),
        (TellBy.EMAIL.value, _("By e-mail")),
        (TellBy.TEXT.value, _("By text message")),
        (TellBy.PHONE.value, _("By telephone")),
        (TellBy.POST.value, _("By letter")),
    ]


def problems(now: Situation) -> list[tuple[str, str]]:
    """Every fault with the id of the element to go to, in the order of the page."""
    order = ["form", "service", "answer", "place", "same", "description", "photos", "name", "email", "phone", "postal"]
    ids = {"form": "report", "service": "q", "place": "address", "photos": "photos"}
    found = []
    for name, text in now.errors.items():
        if name.startswith(ANSWER):
            code = name.removeprefix(ANSWER)
            question = what.question_text(now.service, code.partition(".")[2], now.language)
            found.append((order.index("answer"), f"q-{code.replace('.', '-', 1)}", f"{question} {text}".strip()))
        else:
            found.append((order.index(name), ids.get(name, name), text))
    return [(anchor, text) for _place, anchor, text in sorted(found, key=lambda one: one[0])]


def _send(request: HttpRequest, now: Situation) -> HttpResponse | None:
    """Sends what is in order; None where the page has to be shown again, with what is wrong in ``now``."""
    checked = check.check(now.jurisdiction, now.service, now.draft, now.language, at=now.at)
    now.draft, now.stopper, now.candidates = checked.draft, checked.stopper, checked.candidates
    now.has_looked = bool(now.candidates)
    service = now.service
    now.alike = same.known_nearby(now.jurisdiction, service, now.draft, now.language, at=now.at)
    joined, chose = same.joins(now.draft, now.alike, now.jurisdiction), same.choice(now.draft)
    # Who adds oneself need not say again what is known.
    now.errors |= {name: text for name, text in checked.errors.items() if not (joined and name.startswith(ANSWER))}
    # Whatever there is to ask is asked at once: whoever answers it has to send only one more time.
    asks = [known.asks_first(now), _asks_whether_known(now)]
    asks += [_asks_first(now, service)] if service is not None and joined is None else []
    if service is None or checked.stopper or now.errors or any(asks):
        return None
    if not pace.may(request, pace.SENDING, at=now.at):
        now.errors["form"] = _too_many()
        return None
    try:
        photos = tuple(waiting.photo(token) for token in now.draft.photos)
    except NotFound:
        _without_lost_photos(now)
        return None
    try:
        stored = flow.submit(check.submission(now.jurisdiction, service, checked, now.language, photos, joined))
    except OneMapError as refused:
        now.errors["form"] = str(refused)
        return None
    known.went_on(now, stored.request)
    return HttpResponseRedirect(_after(request, sent.key_of(stored.request, chose)), status=303)


def _without_lost_photos(now: Situation) -> None:
    """A photo has waited too long: what is still there stays, the rest is asked for again plainly."""
    still = tuple(one.token for one in waiting.find(now.draft.photos))
    now.draft = replace(now.draft, photos=still)
    now.errors["photos"] = _("A photo is not there any more. Please choose it again, or send without it.")


def _asks_whether_known(now: Situation) -> bool:
    """Whether somebody has to be asked first if it is one of what is known: once, never twice.

    Or told that what was chosen is not open any more: it may have been repaired just now.
    """
    gone = same.not_open(now.draft, now.jurisdiction)
    if gone:
        now.errors["same"], now.draft = gone, replace(now.draft, same="")
        return True
    if not now.alike or now.draft.same or same.has_seen(now.draft, now.alike):
        return False
    now.errors["same"] = _("City Hall may know this already. Say whether it is one of these, then press Send again.")
    return True


def _asks_first(now: Situation, service: Service) -> bool:
    """Whether a pin beside a parcel's line has to be explained: asked once, never twice."""
    if not now.draft.spot.is_pinned or not check.needs_place(service):
        return False
    if what.asks_about_ground(service) in {"", now.draft.asked}:
        return False
    if thing_meant(now.jurisdiction, service, now.draft.spot):
        return False
    code = line_question(service, now.draft.spot, now.draft.own_answers(service.code), at=now.at)
    if not code:
        return False
    now.draft = replace(now.draft, asked=code)
    now.errors[what.field_name(service, code)] = _(
        "Your pin is right beside a property line. This answer tells us on which side it is."
    )
    return True


def _take_photos(request: HttpRequest, now: Situation) -> None:
    """Keeps the files that came with the form; what cannot be taken is said by name, the others stay."""
    files = request.FILES.getlist("photos")
    tokens, refused = list(now.draft.photos), []
    for file in files:
        if len(tokens) >= MOST_PHOTOS:
            now.errors["photos"] = _("Up to %(most)s photos can be sent with a report.") % {"most": MOST_PHOTOS}
            break
        if not pace.may(request, pace.UPLOADING, at=now.at):
            now.errors["photos"] = _too_many()
            break
        try:
            tokens.append(waiting.keep(file).token)
        except BadPhoto:
            refused.append(str(file.name)[:60])
    if refused:
        now.errors["photos"] = bad_photo(", ".join(refused))
    now.draft = replace(now.draft, photos=tuple(tokens[:MOST_PHOTOS]))


def bad_photo(name: str) -> str:
    """What to say of a file that cannot be taken."""
    return _("“%(name)s” could not be taken. Send a photo as JPEG, PNG, WebP or GIF of up to 20 MB.") % {"name": name}


def _too_many() -> str:
    return _(
        "A lot has been sent from your connection in the last minutes. Please wait ten minutes and press Send again; "
        "nothing you typed is lost. If it is urgent, call us."
    )


def _choice(one: Candidate) -> tuple[str, str]:
    return shown_label(one, get_language() or "en"), without.choice_value(one.lon, one.lat, one.precision, one.label)


def _photo_choice(photo: waiting.Waiting) -> str:
    at = photo.position
    return without.choice_value(at.lon, at.lat, "photo", "") if at else ""


def _after(request: HttpRequest, key: str) -> str:
    query = {"key": key}
    if request.GET.get("jurisdiction"):
        query["jurisdiction"] = request.GET["jurisdiction"]
    return f"{reverse('report_sent')}?{urlencode(query)}"
