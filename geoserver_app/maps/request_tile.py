"""GET /map/tiles/Z/X/Y.mvt?<filters>: the public requests as vector tiles (docs/api/tiles.md)."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from geoserver_app.density.models import Audience
from geoserver_app.maps import asking, tiles
from geoserver_app.maps.tiles import MVT, Answer, Ask, refusal
from geoserver_app.published import access, reader
from geoserver_app.published.catalog_codes import Codes, codes
from geoserver_app.published.counting import is_one_statement
from geoserver_app.published.filters import parse
from geoserver_app.published.patches import Cell
from geoserver_app.published.request_tiles import NoSuchTile, request_tile
from layers.errors import OneMapError

PREFIX = "/map/tiles/"
FRESH_S = 1.0  # how old the codes of services may be that an address is read by
_HEADERS = {
    "Cache-Control": "public, max-age=10",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_TILE = re.compile(rf"{PREFIX}(\d{{1,2}})/(\d{{1,8}})/(\d{{1,8}})\.mvt", re.ASCII)


@require_safe
def map_tile(http: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """The same for everybody, and good for some seconds; 204 where nothing is."""
    at = _place(z, x, y)
    with asking.asked(http, Audience.PUBLIC, pooled=True) as asked:
        body = request_tile(asked.run, Audience.PUBLIC, asked.filters, at)
    return HttpResponse(body, content_type=MVT, status=200 if body else 204, headers=_HEADERS)


def answer(ask: Ask) -> Answer | None:
    """The same in front of Django, where it costs half; None for an address that Django shall judge."""
    found = _TILE.fullmatch(ask.path)
    if found is None:
        return None
    try:
        body = _body(ask, _place(*map(int, found.groups())))
    except DisallowedHost:
        return None
    except OneMapError as error:
        return refusal(error)
    return Answer(200, {**_HEADERS, "Content-Type": MVT}, body) if body else Answer(204, _HEADERS)


def _place(z: int, x: int, y: int) -> Cell:
    if z > asking.FURTHEST_ZOOM or x >= 1 << z or y >= 1 << z:
        raise NoSuchTile(f"{z}/{x}/{y} is no tile: columns and rows of a zoom go from 0 to 2^zoom - 1.")
    return Cell(z, x, y)


def _body(ask: Ask, at: Cell) -> bytes:
    filters = parse(ask.query, codes_of(tiles.place_of(ask).id), reader.rows)
    if is_one_statement(filters):
        return request_tile(reader.rows, Audience.PUBLIC, filters, at)
    with access.snapshot(Audience.PUBLIC) as run:
        return request_tile(run, Audience.PUBLIC, filters, at)


@dataclass(frozen=True, slots=True)
class _Known:
    codes: Codes
    read_at: float


_known: dict[tuple[str, int], _Known] = {}


def codes_of(jurisdiction_id: int) -> Codes:
    """The codes of a jurisdiction, at most a second old."""
    key = connection.settings_dict["NAME"], jurisdiction_id
    known = _known.get(key)
    if known is None or time.monotonic() - known.read_at >= FRESH_S:
        known = _known[key] = _Known(codes(reader.rows, Audience.PUBLIC, jurisdiction_id), time.monotonic())
    return known.codes


def forget() -> None:
    """Forgets the codes read so far."""
    _known.clear()
