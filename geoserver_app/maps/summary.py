"""GET /map/summary: what a view of the map draws, with totals that the list has too (docs/map-numbers.md)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.density.models import Audience
from geoserver_app.maps import asking
from geoserver_app.maps.words import readable
from geoserver_app.published.filters import BadFilter
from geoserver_app.published.listing import Listed
from geoserver_app.published.patches import GRID, Cell
from geoserver_app.published.summary import DRAWN, Summary, summary
from layers.mercator import grid_position


@require_safe
def map_summary(http: HttpRequest) -> JsonResponse:
    """The public set."""
    return asking.for_everybody(_summary(http, Audience.PUBLIC), vary=("Accept-Language", "Cookie"))


@requires(Capability.SEE_REQUESTS)
@require_safe
def staff_summary(http: HttpRequest) -> JsonResponse:
    """What somebody of the staff may see."""
    return asking.for_one(_summary(http, Audience.STAFF))


def _summary(http: HttpRequest, audience: Audience) -> dict[str, Any]:
    bbox, zoom, draw = asking.bbox(http), asking.zoom(http), http.GET.get("draw", DRAWN[0])
    if draw not in DRAWN:
        raise BadFilter(f"draw={draw[:60]} is not possible: one of {', '.join(DRAWN)}.")
    with asking.asked(http, audience, pooled=True) as asked:
        found = summary(asked.run, audience, asked.filters, bbox=bbox, zoom=zoom, draw=draw, sight=asked.sight)
    return {"count": asked.filters.count, "filters": asked.filters.query(), **_as_json(found)}


def _as_json(found: Summary) -> dict[str, Any]:
    names = service_names(found.single)
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
                "address": readable(one.address), "cell": cell_of(one),
            }
            for one in found.single
        ],
    }  # fmt: skip


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
