"""GET /console/: what the machine could not decide, then the queue of one's departments and areas, beside a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import ground, landing
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.filters import Choices, Filters
from geoserver_app.console.lists import TABS, Row, Tab, changed_since, page_of, review_rows
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.tracking import parse_tracking_number
from geoserver_app.maps.page import LEAFLET
from geoserver_app.site.office import clock as time_words
from geoserver_app.work.sight import visible_to
from layers.errors import OneMapError

# Above the queue only the first of what is to be decided; the rest stands on its own tab.
FIRST_REVIEWS = 3
SIGNS = ("review", "overdue", "soon", "running", "acted", "ended", "none")


class NotAMoment(OneMapError):
    """``since`` is no date with time and zone."""


@dataclass(frozen=True)
class TabLink:
    """A tab with its number (None: not counted) and whether it is the one that is open."""

    code: str
    title: str
    count: int | None
    address: str
    is_open: bool


@requires(*Capability)
def console(request: HttpRequest) -> HttpResponse:
    """GET /console/?tab=&<filters>&after=: a list; without a tab the queue, or links for who has none."""
    desk = desk_of(request)
    if not desk.may(Capability.SEE_REQUESTS) or ("tab" not in request.GET and not desk.has_queue):
        return landing.landing(request, desk)
    filters = Filters.of(request.GET)
    found = _named(desk, filters.q) if filters.q else None
    if found is not None:
        return HttpResponseRedirect(with_jurisdiction(request, reverse("console_request", args=[found])))
    tab = tab_of(request, desk)
    page = page_of(tab, desk, filters, request.GET.get("after", ""))
    first = _first_reviews(desk, request, tab)
    context = {
        "desk": desk,
        "tab": tab,
        "tabs": tab_links(request, desk, tab),
        "page": page,
        "reviews": first,
        "filters": filters,
        "choices": Choices(desk),
        "next_page": _address(request, after=page.after) if page.after else "",
        "is_first_page": not request.GET.get("after"),
        "as_of": time_words(desk.at.astimezone(desk.zone).time()),
        "pins": _address(request, reverse("console_pins")),
        "newer": _address(request, reverse("console_newer"), since=desk.at.isoformat(), after=""),
        "first_page": _address(request, after=""),
        "unfiltered": _address(request, after="", **dict.fromkeys(filters.given, "")),
        "all_departments": desk.rights.departments(Capability.SEE_REQUESTS) is None,
        "signs": SIGNS,
        "ground": ground.ground(desk),
        "leaflet_overrides": LEAFLET,
    }
    return render(request, "console/queue.html", context)


@requires(Capability.SEE_REQUESTS)
def pins(request: HttpRequest) -> JsonResponse:
    """GET /console/pins.json: the requests of the list that the same parameters show, as GeoJSON (lon, lat)."""
    desk = desk_of(request)
    tab, filters = tab_of(request, desk), Filters.of(request.GET)
    rows = page_of(tab, desk, filters, request.GET.get("after", "")).rows
    shown = (*_first_reviews(desk, request, tab), *rows)
    features = {row.request.pk: _feature(request, row, row.request.geom) for row in shown if row.request.geom}
    answer = JsonResponse({"type": "FeatureCollection", "features": list(features.values())})
    answer["Cache-Control"] = "private, no-store"
    return answer


@requires(Capability.SEE_REQUESTS)
def newer(request: HttpRequest) -> JsonResponse:
    """GET /console/newer.json?since=: how many came onto the list since a moment, and in words."""
    desk = desk_of(request)
    since = _moment(request.GET.get("since", ""))
    change = changed_since(tab_of(request, desk), desk, Filters.of(request.GET), since)
    answer = JsonResponse({
        "as_of": time_words(desk.at.astimezone(desk.zone).time()),
        "new": change.new,
        "changed": change.changed,
        "words": _changes(change.new, change.changed),
    })  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def _changes(new: int, changed: int) -> str:
    said = []
    if new:
        said.append(ngettext("%s new", "%s new", new) % new)
    if changed:
        said.append(ngettext("%s changed", "%s changed", changed) % changed)
    return ", ".join(said)


def _moment(text: str) -> datetime:
    try:
        # A plus sign in an address that nobody escaped has become a blank.
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise NotAMoment(_("since=%s is no moment: write 2026-11-19T10:00:00+00:00.") % text[:40])
    return found


def tab_of(request: HttpRequest, desk: Desk) -> Tab:
    """The tab that the address names and the person may open; else all open requests."""
    tab = TABS.get(request.GET.get("tab", ""), TABS["open"])
    return tab if desk.may(tab.needs) else TABS["open"]


def tab_links(request: HttpRequest, desk: Desk, now: Tab) -> list[TabLink]:
    """The tabs that the person may open, each with its number; filters stay when the tab changes."""
    counts = desk.counts
    numbers = {
        "review": counts.in_review, "new": counts.new, "mine": counts.mine, "overdue": counts.overdue,
        "soon": counts.nearly_due, "open": counts.open,
    }  # fmt: skip
    return [
        TabLink(tab.code, str(tab.title), numbers.get(tab.code), _address(request, tab=tab.code, after=""), tab is now)
        for tab in TABS.values()
        if desk.may(tab.needs) and (tab.code != "copies" or desk.rights.departments(tab.needs) is not None)
    ]


def _first_reviews(desk: Desk, request: HttpRequest, tab: Tab) -> Sequence[Row]:
    """What is to be decided, above the queue that the console opens with; nothing above a list that was chosen."""
    if request.GET.get("tab") or Filters.of(request.GET).given or request.GET.get("after"):
        return ()
    return review_rows(desk, Filters(), limit=FIRST_REVIEWS)


def _named(desk: Desk, text: str) -> str | None:
    """The number of the very request that somebody typed, if they may see it."""
    number = parse_tracking_number(text)
    if number is None:
        return None
    known = ServiceRequest.objects.filter(jurisdiction=desk.jurisdiction, service_request_id=str(number))
    return visible_to(known, desk.rights).values_list("service_request_id", flat=True).first()


def _feature(request: HttpRequest, row: Row, place: Point) -> dict[str, Any]:
    one = row.request
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(place.x, 6), round(place.y, 6)]},
        "properties": {
            "number": one.service_request_id,
            "sign": row.sign,
            "priority": one.priority,
            "address": with_jurisdiction(request, reverse("console_request", args=[one.service_request_id])),
        },
    }


def _address(request: HttpRequest, path: str = "", **changes: str) -> str:
    """This very list at another address, with some parameters changed; empty ones are left out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    kept = QueryDict(mutable=True)
    for name in query:
        value = query.get(name, "")
        if value and name != "lang":
            kept[name] = value
    return f"{path or reverse('console')}?{kept.urlencode(safe=':,/')}"


def with_jurisdiction(request: HttpRequest, path: str) -> str:
    """An address that stays in the jurisdiction that the present one names, if any."""
    query = QueryDict(mutable=True)
    query["jurisdiction"] = request.GET.get("jurisdiction", "")
    return f"{path}?{query.urlencode()}" if query["jurisdiction"] else path
