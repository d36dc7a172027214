"""GET /map/summary: what a view of the map draws, with totals that the list has too (docs/map-numbers.md)."""

from __future__ import annotations

import json

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.density.models import Audience
from geoserver_app.maps import asking, tiles
from geoserver_app.maps.asking import Named
from geoserver_app.maps.request_tile import codes_of
from geoserver_app.maps.tiles import Answer, Ask
from geoserver_app.maps.words import readable
from geoserver_app.published import reader
from geoserver_app.published.counting import is_one_statement
from geoserver_app.published.filters import BadFilter, Filters, parse
from geoserver_app.published.listing import Listed
from geoserver_app.published.patches import GRID, Cell
from geoserver_app.published.summary import DRAWN, SINGLE, Summary, counted, summary
from geoserver_app.published.tilesets import BoundingBox
from layers.errors import OneMapError
from layers.mercator import grid_position

PATH = "/map/summary"
_JSON = "application/json"


@require_safe
def map_summary(http: HttpRequest) -> HttpResponse:
    """The public set."""
    return asking.for_everybody(_summary(http, Audience.PUBLIC), vary=("Accept-Language", "Cookie"))


@requires(Capability.SEE_REQUESTS)
@require_safe
def staff_summary(http: HttpRequest) -> HttpResponse:
    """What somebody of the staff may see."""
    return asking.for_one(_summary(http, Audience.STAFF))


def answer(ask: Ask) -> Answer | None:
    """The public set in front of Django, which costs a fourth; None for what Django shall answer.

    That is what takes more than one statement, what is said in a language (incidents one by one), and refusals.
    """
    if ask.path != PATH or "lang" in ask.query:
        return None
    try:
        body = _without_language(ask)
    except DisallowedHost:
        return None
    except OneMapError as error:
        return tiles.refusal(error) if isinstance(error, reader.DatabaseAway) else None
    return None if body is None else Answer(200, _HEADERS, body)


_HEADERS = {
    "Content-Type": _JSON,
    **asking.FOR_EVERYBODY,
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def _without_language(ask: Ask) -> bytes | None:
    bbox, zoom, draw = _view(ask.query)
    filters = parse(ask.query, codes_of(tiles.place_of(ask).id), reader.rows)
    if not is_one_statement(filters):
        return None
    found = counted(reader.rows, Audience.PUBLIC, filters, bbox=bbox, zoom=zoom, draw=draw)
    return None if found.drawn == SINGLE and found.in_view else _as_json(filters, found)


def _summary(http: HttpRequest, audience: Audience) -> bytes:
    bbox, zoom, draw = _view(http.GET)
    with asking.asked(http, audience, pooled=True) as asked:
        found = summary(asked.run, audience, asked.filters, bbox=bbox, zoom=zoom, draw=draw, sight=asked.sight)
    return _as_json(asked.filters, found)


def _view(query: Named) -> tuple[BoundingBox, int, str]:
    draw = query.get("draw")
    if draw is None:
        draw = DRAWN[0]
    if draw not in DRAWN:
        raise BadFilter(f"draw={draw[:60]} is not possible: one of {', '.join(DRAWN)}.")
    return asking.bbox(query), asking.zoom(query), draw


def _as_json(filters: Filters, found: Summary) -> bytes:
    names = service_names(found.single) if found.single else {}
    rest = {
        "count": filters.count,
        "filters": filters.query(),
        "total": found.total,
        "on_map": found.on_map,
        "off_map": found.off_map,
        "in_view": found.in_view,
        "as_of": found.as_of.isoformat(),
        "drawn": found.drawn,
        "level": found.level,
        "single": [
            {
                "service_request_id": one.service_request_id, "lon": one.lon, "lat": one.lat, "open": one.is_open,
                "service": names.get(one.service_id, ""), "requested_datetime": one.requested_datetime.isoformat(),
                "address": readable(one.address), "cell": cell_of(one),
            }
            for one in found.single
        ],
    }  # fmt: skip
    return f'{json.dumps(rest)[:-1]}, "units": [{found.columns.as_json}]}}'.encode()


def cell_of(one: Listed) -> str:
    """The id of the finest cell that a request stands in; all that stand on the very same spot have one."""
    if one.lon is None or one.lat is None:
        return ""
    at = grid_position(one.lon, one.lat)
    return str(Cell(GRID, at.x, at.y))


def service_names(rows: list[Listed]) -> dict[int, str]:
    """The names of the services of some requests in the active language, by id."""
    language = get_language() or "en"
    found = Service.objects.in_bulk({one.service_id for one in rows})
    return {pk: service.name_in(language) for pk, service in found.items()}
