"""GET /console/repeat/: the register of repeat places beside its map, the incidents of one, and the same as a file."""

from __future__ import annotations

import csv
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.analyse import repeat
from geoserver_app.analyse.lots import keep_lots
from geoserver_app.analyse.repeat import PlaceKey, PlaceKind, RepeatPlace
from geoserver_app.console import ground
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.filters import Choices
from geoserver_app.console.repeat import incidents
from geoserver_app.console.repeat.asked import Asked
from geoserver_app.console.repeat.shown import ShownPlace, drawn, named, shown
from geoserver_app.maps.page import LEAFLET

PAGE = 40
MOST_IN_A_FILE = 20_000
KINDS = {
    PlaceKind.PARCEL: pgettext_lazy("kind of repeat place", "Parcels"),
    PlaceKind.SEGMENT: pgettext_lazy("kind of repeat place", "Blocks of streets"),
    PlaceKind.ASSET: pgettext_lazy("kind of repeat place", "Things of the city"),
}
_COLUMNS = (
    "kind", "code", "place", "units", "incidents", "open_incidents", "reports", "first_reported", "last_reported",
    "services", "lon", "lat",
)  # fmt: skip


@requires(Capability.SEE_REQUESTS)
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """GET /console/repeat/?incidents=&days=&requested_to=&place=&group=&service_code=&area=&page="""
    desk = desk_of(request)
    asked = Asked.of(request.GET, desk)
    keep_lots(desk.jurisdiction)
    requests = asked.requests(desk)
    found = repeat.repeat_places(
        requests, least=asked.least, kinds=asked.kinds, limit=PAGE, offset=(asked.page - 1) * PAGE
    )
    places = shown(found.places, requests, desk.language)
    more = asked.page * PAGE < found.total
    context = {
        "desk": desk,
        "asked": asked,
        "places": [(one, _of_place(request, asked, one.place.key)) for one in places],
        "total": found.total,
        "choices": Choices(desk),
        "kinds": [(kind.value, str(words)) for kind, words in KINDS.items()],
        "sheet": _address(request, asked, "console_repeat_csv") if desk.may(Capability.EXPORT) else "",
        "next_page": _address(request, asked, page=asked.page + 1) if more else "",
        "previous_page": _address(request, asked, page=asked.page - 1) if asked.page > 1 else "",
        "drawn": drawn(places, lambda one: _of_place(request, asked, one.place.key)),
        "ground": ground.ground(desk),
        "leaflet_overrides": LEAFLET,
    }
    return render(request, "repeat/register.html", context)


@requires(Capability.SEE_REQUESTS)
@never_cache
def place(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """GET /console/repeat/KIND/ID/: the incidents of a place that the same question counts."""
    desk = desk_of(request)
    asked = Asked.of(request.GET, desk)
    if kind not in set(PlaceKind):
        raise Http404(_("There is no such place."))
    key = PlaceKey(PlaceKind(kind), pk)
    keep_lots(desk.jurisdiction)
    requests = asked.requests(desk)
    rows = incidents.of_place(requests, key, desk)
    if not rows:
        raise Http404(_("Nothing that you may see was reported there in these days."))
    here = named([key], desk.language)[key]
    counted = RepeatPlace(key, len(rows), 0, 0, rows[-1].at, rows[0].at)
    context = {
        "desk": desk,
        "asked": asked,
        "place": here,
        "rows": rows,
        "most": incidents.MOST,
        "register": _address(request, asked),
        "drawn": drawn([ShownPlace(counted, here, ())], lambda _one: ""),
        "pins": incidents.pins(rows),
        "ground": ground.ground(desk),
        "leaflet_overrides": LEAFLET,
    }
    return render(request, "repeat/place.html", context)


@requires(Capability.EXPORT)
@never_cache
def sheet(request: HttpRequest) -> HttpResponse:
    """GET /console/repeat.csv: every place that the question finds, of the requests that one may take away."""
    desk = desk_of(request)
    asked = Asked.of(request.GET, desk)
    keep_lots(desk.jurisdiction)
    requests = asked.requests(desk, Capability.EXPORT)
    found = repeat.repeat_places(requests, least=asked.least, kinds=asked.kinds, limit=MOST_IN_A_FILE)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="repeat-places-{asked.until.isoformat()}.csv"'
    writer = csv.writer(answer)
    writer.writerow(_COLUMNS)
    for one in shown(found.places, requests, desk.language, outlines=False):
        writer.writerow([_harmless(value) for value in _line(one, desk)])
    return answer


def _line(one: ShownPlace, desk: Desk) -> tuple[object, ...]:
    figures, where = one.place, one.named
    first, last = (at.astimezone(desk.zone).date().isoformat() for at in (figures.first_at, figures.last_at))
    services = "; ".join(f"{name} {number}" for name, number in one.services)
    position = (round(where.point.x, 6), round(where.point.y, 6)) if where.point else ("", "")
    return (
        one.kind.value, where.code, where.title, where.units, figures.incidents, figures.open, figures.reports, first,
        last, services, *position,
    )  # fmt: skip


def _harmless(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "@", "-", "\t", "\r"} else value


def _address(request: HttpRequest, asked: Asked, name: str = "console_repeat", *parts: Any, **changes: object) -> str:
    """The same question at an address of these pages; it stays in the jurisdiction that the present one names."""
    query = QueryDict(mutable=True)
    query.update(asked.parameters(**{"page": "" if name != "console_repeat" else asked.page, **changes}))
    if request.GET.get("jurisdiction"):
        query["jurisdiction"] = request.GET["jurisdiction"]
    return f"{reverse(name, args=parts)}?{query.urlencode(safe=':,/')}"


def _of_place(request: HttpRequest, asked: Asked, key: PlaceKey) -> str:
    return _address(request, asked, "console_repeat_place", key.kind.value, key.pk)
