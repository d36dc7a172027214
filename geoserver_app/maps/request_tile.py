"""GET /map/tiles/Z/X/Y.mvt?<filters>: the public requests as vector tiles (docs/api/tiles.md)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from geoserver_app.density.models import Audience
from geoserver_app.maps import asking
from geoserver_app.published.patches import Cell
from geoserver_app.published.request_tiles import NoSuchTile, request_tile


@require_safe
def map_tile(http: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """The same for everybody, and good for some seconds; 204 where nothing is."""
    if z > asking.FURTHEST_ZOOM or x >= 1 << z or y >= 1 << z:
        raise NoSuchTile(f"{z}/{x}/{y} is no tile: columns and rows of a zoom go from 0 to 2^zoom - 1.")
    with asking.asked(http, Audience.PUBLIC, pooled=True) as asked:
        body = request_tile(asked.run, Audience.PUBLIC, asked.filters, Cell(z, x, y))
    answer = HttpResponse(body, content_type="application/vnd.mapbox-vector-tile", status=200 if body else 204)
    answer["Cache-Control"] = "public, max-age=10"
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
