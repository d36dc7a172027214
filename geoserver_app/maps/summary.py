"""GET /map/summary: what a view of the map draws, with totals that the list has too (docs/map-numbers.md)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from geoserver_app.accounts.doors import request_rights, requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.density.models import Audience
from geoserver_app.published import access
from geoserver_app.published.catalog_codes import codes
from geoserver_app.published.chosen import EVERYTHING
from geoserver_app.published.filters import BadFilter, parse
from geoserver_app.published.listing import Listed
from geoserver_app.published.summary import DRAWN, Summary, summary
from geoserver_app.published.tilesets import BoundingBox
from geoserver_app.site.jurisdiction import of_request

_FURTHEST_ZOOM = 22


@require_safe
def map_summary(http: HttpRequest) -> JsonResponse:
    """The public set. The same for everybody, and good for some seconds."""
    found = _summary(http, Audience.PUBLIC)
    answer = JsonResponse(found)
    answer["Cache-Control"] = "public, max-age=10"
    answer["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(answer, ["Accept-Language", "Cookie"])
    return answer


@requires(Capability.SEE_REQUESTS)
@require_safe
def staff_summary(http: HttpRequest) -> JsonResponse:
    """What somebody of the staff may see; nobody else keeps the answer."""
    answer = JsonResponse(_summary(http, Audience.STAFF))
    answer["Cache-Control"] = "private, no-store"
    return answer


def _summary(http: HttpRequest, audience: Audience) -> dict[str, Any]:
    bbox, zoom, draw = _bbox(http), _zoom(http), http.GET.get("draw", DRAWN[0])
    if draw not in DRAWN:
        raise BadFilter(f"draw={draw[:60]} is not possible: one of {', '.join(DRAWN)}.")
    place = of_request(http)
    with access.snapshot(audience) as run:
        filters, sight = parse(http.GET, codes(run, audience, place.pk), run), EVERYTHING
        if audience == Audience.STAFF:
            filters, sight = access.seen_by(request_rights(http), filters)
        found = summary(run, audience, filters, bbox=bbox, zoom=zoom, draw=draw, sight=sight)
    return {"count": filters.count, "filters": filters.query(), **_as_json(found)}


def _bbox(http: HttpRequest) -> BoundingBox:
    text = http.GET.get("bbox", "")
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadFilter(f"bbox={text[:80]} is no bbox. Write west,south,east,north in degrees.") from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BadFilter(f"bbox={text[:80]} is no bbox: west lies before east, south before north, all in degrees.")
    return west, south, east, north


def _zoom(http: HttpRequest) -> int:
    text = http.GET.get("z", "")
    if not (text.isascii() and text.isdigit()) or int(text) > _FURTHEST_ZOOM:
        raise BadFilter(f"z={text[:20]} is no zoom: a whole number from 0 to {_FURTHEST_ZOOM}.")
    return int(text)


def _as_json(found: Summary) -> dict[str, Any]:
    names = _service_names(found.single)
    return {
        "total": found.total,
        "on_map": found.on_map,
        "off_map": found.off_map,
        "in_view": found.in_view,
        "as_of": found.as_of.isoformat(),
        "drawn": found.drawn,
        "level": found.level,
        # Id for cells=, longitude, latitude, how many.
        "units": [[str(one.cell), one.lon, one.lat, one.n] for one in found.units],
        "single": [
            {
                "service_request_id": one.service_request_id, "lon": one.lon, "lat": one.lat, "open": one.is_open,
                "service": names.get(one.service_id, ""), "requested_datetime": one.requested_datetime.isoformat(),
                "address": one.address,
            }
            for one in found.single
        ],
    }  # fmt: skip


def _service_names(single: list[Listed]) -> dict[int, str]:
    language = get_language() or "en"
    found = Service.objects.in_bulk({one.service_id for one in single})
    return {pk: service.name_in(language) for pk, service in found.items()}
