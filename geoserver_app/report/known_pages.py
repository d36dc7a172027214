"""Pages of known problems: the panel alone, for the script; and thanks to who needs nothing more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geoserver_app.duplicates.models import Notice
from geoserver_app.report import known
from geoserver_app.report.draft import read
from geoserver_app.report.page import situation
from geoserver_app.site.jurisdiction import of_request
from geoserver_app.site.notices import said


@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """GET /report/known?service=&lon=&lat=: the panel for what was chosen; empty where nothing is known."""
    now = situation(of_request(request), read(request.GET))
    return render(request, "report/known.html", known.context(now))


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """GET /report/known/enough?ids=: thanks, what is known, and the way to the map."""
    jurisdiction = of_request(request)
    at, text = timezone.now(), request.GET.get("ids", "")
    ids = [int(pk) for pk in text.split(",")] if known.KEPT_IDS.fullmatch(text) else []
    held = Notice.objects.filter(jurisdiction=jurisdiction, pk__in=ids).in_force(at)
    found = said(held, jurisdiction, get_language() or "en", at)
    return render(request, "report/known_enough.html", {"notices": found})
