"""A version tried on a place: press the map, and see who would get it, with it and without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.form import Question, check_answers, questions
from geoserver_app.catalog.models import Service
from geoserver_app.console.desk import Desk
from geoserver_app.console.ground import ground
from geoserver_app.geocode.candidate import Candidate
from geoserver_app.geocode.outside import locate_or_ask
from geoserver_app.maps.here import point
from geoserver_app.maps.mercator import Frame
from geoserver_app.maps.page import LEAFLET
from geoserver_app.maps.view import View, whole_city
from geoserver_app.route.models import RuleSet
from geoserver_app.route.preview import Preview, preview
from geoserver_app.rulebook.access import active_of, head, page, resolved, rules_desk, version_of
from layers.errors import BadFile

_ZOOM = 17


@dataclass(frozen=True)
class Tried:
    """What one version would do."""

    rules: RuleSet
    shown: Preview

    @property
    def winner(self) -> int | None:
        return self.shown.routing.winner

    @property
    def desk(self) -> tuple[int | None, int | None, int | None, bool]:
        routing = self.shown.routing
        return routing.department_id, routing.post_id, routing.agency_id, routing.triage


@require_GET
@requires(Capability.EDIT_RULES)
def try_it(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../try/?service=CODE&lat=..&lon=..&answer-QUESTION=..: who would get it, by this version and by today's."""
    rule_set, desk = version_of(request, version), rules_desk(request)
    problem = resolved(rule_set)
    service = _service(desk, request.GET.get("service", ""))
    place = _place(request)
    given = _given(request.GET, service) if service else {}
    tried = [] if problem or service is None else _tried(desk, rule_set, service, place, given)
    text = request.GET.get("q", "").strip()[:250]
    context = head(request, rule_set, "try") | {
        "problem": problem,
        "services": Service.objects.filter(jurisdiction=desk.jurisdiction, retired_on=None).select_related("group"),
        "service": service,
        "place": place,
        "asked": _asked(service, given, desk.language) if service else [],
        "tried": tried,
        "differs": len(tried) == 2 and tried[0].desk != tried[1].desk,
        "text": text,
        "found": _found(desk, text) if text else [],
        "frame": _frame(desk, place),
        "ground": ground(desk),
        "leaflet_overrides": LEAFLET,
        "at": {"lon": place[0] if place else None, "lat": place[1] if place else None},
    }
    return page(request, "try", context)


def _found(desk: Desk, text: str) -> list[Candidate]:
    return list(locate_or_ask(desk.jurisdiction, text, on=desk.jurisdiction.local_date(desk.at)))


def _service(desk: Desk, code: str) -> Service | None:
    rows = Service.objects.filter(jurisdiction=desk.jurisdiction, code=code).select_related("jurisdiction")
    return rows.with_form().first() if code else None


def _place(request: HttpRequest) -> tuple[float, float] | None:
    """(lon, lat) of the press on the picture or of the fields; None where no place is named yet. BadFile for none."""
    if "at.x" in request.GET:
        return point(request)
    lat, lon = request.GET.get("lat", "").strip(), request.GET.get("lon", "").strip()
    if not lat or not lon:
        return None
    try:
        found = float(lon), float(lat)
    except ValueError as error:
        raise BadFile(_("“%s” is no place: latitude and longitude are numbers.") % f"{lat}, {lon}"[:60]) from error
    if not (-180 <= found[0] <= 180 and -90 <= found[1] <= 90):
        raise BadFile(_("“%s” is no place on Earth.") % f"{lat}, {lon}"[:60])
    return found


def _given(sent: QueryDict, service: Service) -> dict[str, Any]:
    """The answers that were chosen; what the form does not offer is left out."""
    lists = {one.code for one in service.attributes.all() if one.datatype == one.Datatype.MULTIVALUELIST}
    codes = [name.removeprefix("answer-") for name in sent if name.startswith("answer-") and sent[name]]
    raw = {code: sent.getlist(f"answer-{code}") if code in lists else sent[f"answer-{code}"] for code in codes}
    return dict(check_answers(service, raw).cleaned)


def _asked(service: Service, given: dict[str, Any], language: str) -> list[tuple[Question, list[str]]]:
    """The list questions of the service, with what was chosen."""
    return [
        (one, given[one.code] if isinstance(given.get(one.code), list) else [str(given.get(one.code, ""))])
        for one in questions(service, language)
        if one.options
    ]


def _tried(
    desk: Desk, rule_set: RuleSet, service: Service, place: tuple[float, float] | None, given: dict[str, Any]
) -> list[Tried]:
    """By the version in force, and by this one where it is another."""
    lon, lat = place or (None, None)
    active = active_of(rule_set)
    versions = [one for one in (active, rule_set) if one is not None]
    return [
        Tried(one, preview(service, lon, lat, given, at=desk.at, language=desk.language, rule_set=one))
        for one in dict.fromkeys(versions)
    ]


def _frame(desk: Desk, place: tuple[float, float] | None) -> Frame:
    if place is None:
        return whole_city(desk.jurisdiction, 640, 420).frame(640, 420)
    return View(_ZOOM, place[1], place[0]).frame(640, 420)
