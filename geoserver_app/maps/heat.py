"""GET /map/heat: squares of a view in classes that hold for the whole city (docs/map-numbers.md)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.density.models import Audience
from geoserver_app.maps import asking
from geoserver_app.maps.asking import Asked
from geoserver_app.published.filters import BadFilter, Filters, parse
from geoserver_app.published.heat import CLASSINGS, Heat, Shade, heat
from geoserver_app.published.rates import ground
from geoserver_app.site.jurisdiction import of_request


@require_safe
def map_heat(http: HttpRequest) -> HttpResponse:
    """The public set."""
    return asking.for_everybody(_heat(http, Audience.PUBLIC), vary=("Cookie",))


@requires(Capability.SEE_REQUESTS)
@require_safe
def staff_heat(http: HttpRequest) -> HttpResponse:
    """What somebody of the staff may see."""
    return asking.for_one(_heat(http, Audience.STAFF))


def _heat(http: HttpRequest, audience: Audience) -> bytes:
    bbox, zoom, classing = asking.bbox(http.GET), asking.zoom(http.GET), http.GET.get("classes", CLASSINGS[0])
    if classing not in CLASSINGS:
        raise BadFilter(f"classes={classing[:60]} is not possible: one of {', '.join(CLASSINGS)}.")
    rate, place = http.GET.get("rate", ""), of_request(http)
    amounts = ground(rate, place.pk, place.epoch) if rate else None
    with asking.asked(http, audience, pooled=True) as asked:
        found = heat(
            asked.run, audience, asked.filters, bbox=bbox, zoom=zoom, against=_against(http, asked),
            shade=Shade(amounts, classing, beside=bool(http.GET.get("beside"))), sight=asked.sight,
        )  # fmt: skip
    content = {"count": asked.filters.count, "filters": asked.filters.query(), **_as_json(found)}
    return json.dumps(content).encode()


def _against(http: HttpRequest, asked: Asked) -> Filters | None:
    """The same filters for another time, where the address names one to compare with."""
    since, until = http.GET.get("against_from", ""), http.GET.get("against_to", "")
    if not since and not until:
        return None
    query = http.GET.copy()
    query["requested_from"], query["requested_to"] = since, until
    other = parse(query, asked.filters.codes, asked.run)
    # Of staff: what may be seen was worked into the filters (published/access.py).
    return replace(other, services=asked.filters.services)


def _as_json(found: Heat) -> dict[str, Any]:
    return {
        "total": found.total,
        "on_map": found.on_map,
        "off_map": found.off_map,
        "in_view": found.in_view,
        "as_of": found.as_of.isoformat(),
        "drawn": found.drawn,
        "level": found.level,
        "lows": found.lows,
        # Column and row at the level (the id for cells= is level.column.row), count, count before, value, both classes.
        "squares": [
            [one.x, one.y, one.n, one.before, round(one.value, 4), one.class_, one.class_before]
            for one in found.squares
        ],
    }
