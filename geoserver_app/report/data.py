"""What the page's scripts ask while somebody types: services, the form, places, what is here, things, photos."""

from dataclasses import asdict

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from geoserver_app.geocode.candidate import shown_label
from geoserver_app.geocode.suggest import suggest
from geoserver_app.intake.photos import BadPhoto
from geoserver_app.maps.here import NoPoint, box
from geoserver_app.report import assets, pace, same, waiting, what
from geoserver_app.report.around import Around, around
from geoserver_app.report.check import place_of
from geoserver_app.report.draft import Spot, read
from geoserver_app.report.page import bad_photo, service_context, situation
from geoserver_app.site.jurisdiction import of_request
from layers.errors import NotFound


@require_safe
def services(request: HttpRequest) -> JsonResponse:
    """GET /report/services?q=: services that fit somebody's own words."""
    jurisdiction = of_request(request)
    on = jurisdiction.local_date(timezone.now())
    found = what.search(jurisdiction, request.GET.get("q", ""), get_language() or "en", on=on)
    return JsonResponse({"services": [asdict(one) for one in found]})


@require_safe
def form(request: HttpRequest) -> HttpResponse:
    """GET /report/form?service=CODE: the part of the page that belongs to a service."""
    now = situation(of_request(request), read(request.GET))
    if now.service is None:
        raise NotFound(_("No service with code '%(code)s'.") % {"code": request.GET.get("service", "")[:40]})
    return render(request, "report/service.html", service_context(now))


@require_safe
def places(request: HttpRequest) -> JsonResponse:
    """GET /report/places?q=: places that what is being typed may mean."""
    jurisdiction = of_request(request)
    found = suggest(jurisdiction, request.GET.get("q", ""), on=jurisdiction.local_date(timezone.now()))
    language = get_language() or "en"
    return JsonResponse(
        {"places": [{**_spot_json(place_of(one)), "label": shown_label(one, language)} for one in found]}
    )


@require_safe
def here(request: HttpRequest) -> JsonResponse:
    """GET /report/here?lon=&lat=&service=&accuracy=&method=: whose it is, what it is called, what has to be asked."""
    now = situation(of_request(request), read(request.GET))
    if not now.draft.spot.is_pinned:
        raise NoPoint(_("Say where: the address needs lat and lon, in degrees (lat=36.0012&lon=-119.7201)."))
    answers = now.draft.own_answers(now.service.code) if now.service else {}
    return JsonResponse(_around_json(around(now.jurisdiction, now.service, now.draft.spot, answers, at=now.at)))


@require_safe
def known(request: HttpRequest) -> HttpResponse:
    """GET /report/same?service=&lon=&lat=&accuracy=&description=: the part of the page that asks if it is known."""
    now = situation(of_request(request), read(request.GET))
    found = same.known_nearby(now.jurisdiction, now.service, now.draft, now.language, at=now.at)
    return render(request, "report/same.html", {"alike": found, "draft": now.draft})


@require_safe
def things(request: HttpRequest) -> JsonResponse:
    """GET /report/assets?service=&bbox=W,S,E,N: what can be tapped there."""
    now = situation(of_request(request), read(request.GET))
    found = assets.in_box(now.service, box(request.GET.get("bbox", ""))) if now.service else []
    return JsonResponse({"assets": [asdict(one) for one in found]})


@never_cache
@require_POST
def photos(request: HttpRequest) -> JsonResponse:
    """POST /report/photos with one file ``photo``: made safe and kept until the report is sent."""
    of_request(request)
    file = request.FILES.get("photo")
    if file is None:
        return _refused(_("Choose a photo first."), 400)
    if not pace.may(request, pace.UPLOADING, at=timezone.now()):
        return _refused(_("Too many photos in a short time. Please wait a few minutes."), 429)
    try:
        kept = waiting.keep(file)
    except BadPhoto as wrong:
        return _refused(bad_photo(str(file.name)[:60]), wrong.status)
    position = asdict(kept.position) if kept.position else None
    address = reverse("report_photo", args=[kept.token])
    return JsonResponse({"token": kept.token, "thumbnail": address, "position": position}, status=201)


@require_safe
def photo(request: HttpRequest, token: str) -> HttpResponse:
    """GET /report/photos/TOKEN: the small picture of a photo that waits, for who sent it."""
    try:
        picture = waiting.thumbnail(token)
    except NotFound as gone:
        raise Http404 from gone
    return HttpResponse(picture, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


def _refused(message: str, status: int) -> JsonResponse:
    return JsonResponse({"error": {"status": status, "message": message}}, status=status)


def _spot_json(spot: Spot) -> dict[str, object]:
    return {"lon": spot.lon, "lat": spot.lat, "method": spot.method, "accuracy": spot.accuracy_m}


def _around_json(found: Around) -> dict[str, object]:
    return {
        "headline": found.headline,
        "neighbor": asdict(found.neighbor) if found.neighbor else None,
        "question": found.question,
        "asset": asdict(found.thing) if found.thing else None,
    }
