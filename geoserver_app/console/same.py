"""The desk of duplicates: reports that may be about one thing, pair by pair, likeliest first, with map and keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from geoserver_app import flow_incidents
from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.ask import Ask, ask_for
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.ground import ground
from geoserver_app.console.queue import with_jurisdiction
from geoserver_app.duplicates import candidates, incidents
from geoserver_app.duplicates.candidates import Candidate
from geoserver_app.duplicates.reasons import reasons
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.nearby import nearby
from geoserver_app.maps.page import LEAFLET
from geoserver_app.work.sight import visible_to
from layers.errors import NotFound, OneMapError

# How many of the newest open requests are looked at, how far back, and how many pairs stand on a page.
LOOKED_AT, MOST_PAIRS = 400, 25
RECENT = timedelta(days=120)


@dataclass(frozen=True)
class Side:
    """One of the two, as the desk shows it."""

    request: ServiceRequest
    place: str
    people: int

    @property
    def pin(self) -> dict[str, float] | None:
        geom = self.request.geom
        return {"lon": geom.x, "lat": geom.y} if geom else None


@dataclass(frozen=True)
class Pair:
    """Two incidents that may be one, by the requests that lead them: the one reported before, and the one after it."""

    earlier: Side
    later: Side
    score: int
    reasons: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.earlier.request.pk}-{self.later.request.pk}"


@requires(Capability.MERGE)
@require_http_methods(["GET", "HEAD", "POST"])
def desk_page(http: HttpRequest) -> HttpResponse:
    """GET the pairs; POST ``do`` (merge, differ) with ``keep`` and ``other`` decides on one and goes on to the next."""
    desk = desk_of(http)
    if http.method == "POST":
        return _decided(http, desk)
    found = pairs(desk)
    context = {
        "desk": desk, "pairs": found, "ground": ground(desk), "leaflet_overrides": LEAFLET, "looked_at": LOOKED_AT,
        "pins": [{"key": one.key, "earlier": one.earlier.pin, "later": one.later.pin} for one in found],
    }  # fmt: skip
    response = render(http, "console/same.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def pairs(desk: Desk) -> list[Pair]:
    """What somebody may decide on: of the newest open requests in their scope, those with something alike before."""
    mine = visible_to(ServiceRequest.objects.filter(jurisdiction=desk.jurisdiction), desk.rights, Capability.MERGE)
    since = desk.at - RECENT
    newest = mine.open().filter(leads=True, received_at__gte=since, geom__isnull=False).newest_first()[:LOOKED_AT]
    ids = [pk for pk, service in newest.values_list("pk", "service")]
    found = sorted(candidates.find_for(ids, most=1), key=lambda one: (-one.score, one.key))
    wanted = {pk for one in found for pk in (one.key, one.request_id)}
    rows = mine.filter(pk__in=wanted).select_related("service", "department", "reporter")
    by_id = {one.pk: one for one in rows}
    told = [one for one in found if one.key in by_id and one.request_id in by_id][:MOST_PAIRS]
    places = nearby(by_id.values())
    return [_pair(one, by_id, places) for one in told]


def _pair(one: Candidate, by_id: dict[int, ServiceRequest], places: dict[int, str]) -> Pair:
    earlier, later = by_id[one.request_id], by_id[one.key]
    return Pair(_side(earlier, places), _side(later, places), one.score, tuple(reasons(one)))


def _side(request: ServiceRequest, places: dict[int, str]) -> Side:
    place = request.address_text or places.get(request.pk, "")
    return Side(request, place, incidents.people(request.incident_id))


def _decided(http: HttpRequest, desk: Desk) -> HttpResponse:
    keep, other = (ask_for(desk, http.POST.get(name, "")) for name in ("keep", "other"))
    try:
        messages.success(http, _decide(http, desk, keep.request, other.request))
    except OneMapError as error:
        messages.error(http, str(error))
    return HttpResponseRedirect(with_jurisdiction(http, reverse("console_same")), status=303)


def _decide(http: HttpRequest, desk: Desk, keep: ServiceRequest, other: ServiceRequest) -> str:
    names = {"keep": keep, "other": other}
    if http.POST.get("do") == "differ":
        flow_incidents.not_the_same(keep.pk, other.pk, by=desk.rights)
        return _("%(keep)s and %(other)s are about two things; you are not asked again.") % names
    score = http.POST.get("score", "")
    flow_incidents.merge(keep.pk, other.pk, by=desk.rights, score=min(int(score), 100) if score.isdigit() else None)
    return _("%(other)s is now one more report of %(keep)s. Its page takes it out again.") % names


# --- on the page of a request -----------------------------------------------------------------------------------------


@require_POST
@requires(Capability.MERGE)
def act_on_one(http: HttpRequest, number: str) -> HttpResponse:
    """POST ``do``: merge (with ``number``), move_to (this report alone), take_out, lead; back to the page."""
    ask = ask_for(desk_of(http), number)
    try:
        messages.success(http, _act(http, ask))
    except OneMapError as error:
        messages.error(http, str(error))
    back = with_jurisdiction(http, reverse("console_request", args=[number]))
    return HttpResponseRedirect(f"{back}#same", status=303)


def _act(http: HttpRequest, ask: Ask) -> str:
    request, rights, do = ask.request, ask.desk.rights, http.POST.get("do", "")
    if do == "take_out":
        flow_incidents.take_out(request.pk, by=rights)
        return _("Taken out: it stands by itself again.")
    if do == "lead":
        flow_incidents.let_lead(request.pk, by=rights)
        return _("It leads its incident now.")
    if do not in {"merge", "move_to"}:
        raise NotFound(_("There is no action '%s'.") % do[:40])
    other = ask_for(ask.desk, http.POST.get("number", "").strip()[:24]).request
    if do == "move_to":
        flow_incidents.move_report(request.pk, other.pk, by=rights)
    else:
        flow_incidents.merge(other.pk, request.pk, by=rights)
    return _("It is now one more report of %s.") % other


def about_incident(ask: Ask) -> dict[str, Any]:
    """For the page of a request: the other reports of its incident that this person may see, and how many there are."""
    one = ask.request
    every = ServiceRequest.objects.filter(incident=one.incident_id)
    seen = visible_to(every, ask.desk.rights).select_related("service", "reporter").order_by("-leads", "pk")
    others = [other for other in seen if other.pk != one.pk]
    return {
        "others": others,
        "unseen": every.count() - len(others) - 1,
        "people": incidents.people(one.incident_id),
        "leader": next((other for other in others if other.leads), None),
        "may_merge": ask.may(Capability.MERGE),
    }
