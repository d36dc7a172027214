"""Where a written place lies, and what a point is called, as JSON for programs and search boxes. Never asks outside."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geoserver_app.geocode.candidate import Candidate, shown_label
from geoserver_app.geocode.locate import locate
from geoserver_app.geocode.reverse import reverse_geocode
from geoserver_app.geocode.suggest import suggest
from geoserver_app.maps.here import point
from geoserver_app.site.jurisdiction import of_request
from layers.errors import OneMapError
from layers.models import Jurisdiction

MOST = 20


class NoText(OneMapError):
    """The address asks for nothing, or for a number of answers that is none."""


@require_safe
def geocode_json(request: HttpRequest) -> JsonResponse:
    """GET /geocode.json?q=TEXT[&limit=5]: places that a text may mean, best first."""
    jurisdiction, text = of_request(request), _text(request)
    return _candidates(request, locate(jurisdiction, text, on=_today(jurisdiction), limit=_limit(request, 5)))


@require_safe
def suggest_json(request: HttpRequest) -> JsonResponse:
    """GET /suggest.json?q=TEXT[&limit=6]: the same for a text that is still being typed."""
    jurisdiction, text = of_request(request), _text(request)
    return _candidates(request, suggest(jurisdiction, text, on=_today(jurisdiction), limit=_limit(request, 6)))


@require_safe
def reverse_geocode_json(request: HttpRequest) -> JsonResponse:
    """GET /reverse_geocode.json?lon=&lat=: the nearest address, its block and cross streets."""
    jurisdiction = of_request(request)
    lon, lat = point(request)
    return JsonResponse(asdict(reverse_geocode(jurisdiction, lon, lat, on=_today(jurisdiction))))


def _text(request: HttpRequest) -> str:
    text = request.GET.get("q", "")
    if not text.strip():
        raise NoText(_("Say which place: the address needs q (q=410+Olive+Ave)."))
    return text


def _limit(request: HttpRequest, default: int) -> int:
    given = request.GET.get("limit", str(default))
    if not given.isdecimal() or not 1 <= int(given[:3]) <= MOST:
        raise NoText(
            _("limit is '%(given)s', but must be a whole number from 1 to %(most)s.")
            % {"given": given[:20], "most": MOST}
        )
    return int(given)


def _today(jurisdiction: Jurisdiction) -> date:
    return jurisdiction.local_date(timezone.now())


def _candidates(request: HttpRequest, found: list[Candidate]) -> JsonResponse:
    language = get_language() or "en"
    return JsonResponse({"candidates": [as_json(one, language) for one in found]})


def as_json(one: Candidate, language: str) -> dict[str, Any]:
    """A candidate as JSON; the label as people of a language say it."""
    return {**asdict(one), "label": shown_label(one, language)}
