"""The list beside the map and the card of one incident, as parts of a page; both say what the map draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.density.models import Audience
from geoserver_app.maps import asking
from geoserver_app.maps.asking import Asked
from geoserver_app.maps.summary import cell_of, service_names
from geoserver_app.published.counting import View as Level
from geoserver_app.published.counting import counts
from geoserver_app.published.heat import zoom_of_squares
from geoserver_app.published.listing import Listed, newest_before, one_of, page
from geoserver_app.published.summary import summary, view_cells
from geoserver_app.published.tilesets import BoundingBox
from layers.errors import NotFound

SIZE = 20
_CROWD = 5_000  # of more than that the newest are found by time sooner than by place


@dataclass(frozen=True)
class Line:
    """A request as the list and the card show it; days are those of the jurisdiction's clock."""

    number: str
    service: str
    address: str
    at: datetime
    day: date
    closed_on: date | None
    is_open: bool
    lon: float | None
    lat: float | None
    cell: str


@dataclass(frozen=True)
class Page:
    """The newest of a view or of drawn cells, how many there are in all, and after which number it goes on."""

    rows: list[Listed]
    count: int
    of_cells: bool
    after: str


@require_safe
def map_list(http: HttpRequest) -> HttpResponse:
    """GET /map/list?bbox=&z=&<filters>&after=: the newest of a view, or with ``cells=`` of what was drawn there.

    With ``draw=heat`` of the squares of the heat map that reach into the view.
    """
    answer = _list(http, Audience.PUBLIC)
    answer["Cache-Control"] = "public, max-age=10"
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    return answer


@requires(Capability.SEE_REQUESTS)
@require_safe
def staff_list(http: HttpRequest) -> HttpResponse:
    """The same of what somebody of the staff may see."""
    answer = _list(http, Audience.STAFF)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def map_card(http: HttpRequest, number: str) -> HttpResponse:
    """GET /map/card/NUMBER: a public request in short. NotFound for one that is not public, or none."""
    return _card(http, Audience.PUBLIC, number)


@requires(Capability.SEE_REQUESTS)
@require_safe
def staff_card(http: HttpRequest, number: str) -> HttpResponse:
    """The same of what somebody of the staff may see."""
    answer = _card(http, Audience.STAFF, number)
    answer["Cache-Control"] = "private, no-store"
    return answer


def page_of(asked: Asked, audience: Audience, bbox: BoundingBox, zoom: int, after: str = "") -> Page:
    """A page of the list: of the cells that the filters name, else of the view."""
    filters, of_cells = asked.filters, asked.filters.cells is not None
    if of_cells:
        found = counts(asked.run, audience, filters, Level(), sight=asked.sight)
        count = found.on_map + found.off_map
    else:
        count = summary(
            asked.run, audience, filters, bbox=bbox, zoom=zoom, draw="cells", sight=asked.sight
        ).in_view  # fmt: skip
        filters = replace(filters, within=view_cells(bbox, zoom))
    begin = newest_before(asked.run, audience, filters, after) if after else None
    rows = page(
        asked.run, audience, filters, limit=SIZE + 1, after=begin, sight=asked.sight, many=count > _CROWD
    )  # fmt: skip
    following = rows[SIZE - 1].service_request_id if len(rows) > SIZE else ""
    return Page(rows[:SIZE], count, of_cells, following)


def _list(http: HttpRequest, audience: Audience) -> HttpResponse:
    bbox, zoom = ((0.0, 0.0, 1.0, 1.0), 10) if http.GET.get("cells") else (asking.bbox(http.GET), asking.zoom(http.GET))
    if http.GET.get("draw") == "heat":
        zoom = zoom_of_squares(zoom)
    with asking.asked(http, audience) as asked:
        found = page_of(asked, audience, bbox, zoom, http.GET.get("after", ""))
    return render(http, "maps/requests/list.html", context(asked, found, audience))


def context(asked: Asked, found: Page, audience: Audience) -> dict[str, Any]:
    """What the templates of the list are given; to be called when the public's role has ended."""
    return {"found": found, "lines": _lines(asked, found.rows), "query": asked.filters.query(),
            "is_staff": audience == Audience.STAFF, "count_of": asked.filters.count}  # fmt: skip


def _card(http: HttpRequest, audience: Audience, number: str) -> HttpResponse:
    with asking.asked(http, audience) as asked:
        filters = replace(asked.filters, count="reports")
        found = one_of(asked.run, audience, filters, number, sight=asked.sight)
    if found is None:
        raise NotFound(_("There is no such request on this map."))
    (line,) = _lines(asked, [found])
    return render(http, "maps/requests/card.html", {"one": line, "is_staff": audience == Audience.STAFF})


def _lines(asked: Asked, rows: list[Listed]) -> list[Line]:
    names, zone = service_names(rows), asked.filters.codes.zone
    return [
        Line(
            number=one.service_request_id,
            service=names.get(one.service_id, ""),
            address=one.address,
            at=one.requested_datetime.astimezone(zone),
            day=one.requested_datetime.astimezone(zone).date(),
            closed_on=one.closed_at.astimezone(zone).date() if one.closed_at and not one.is_open else None,
            is_open=one.is_open,
            lon=one.lon,
            lat=one.lat,
            cell=cell_of(one),
        )
        for one in rows
    ]
