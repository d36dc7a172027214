"""The place of a request on a map: what the script draws, and the server's own picture for pages without scripts."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.contrib.gis.geos import Point
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geoserver_app.follow.door import asked, private
from geoserver_app.follow.shown import Shown
from geoserver_app.maps import style
from geoserver_app.maps.drawing.picture import Order, Words, draw
from geoserver_app.maps.mercator import frame_at
from geoserver_app.maps.page import attribution, tile_address
from layers.errors import NotFound

ZOOM = 17
# A place that stands for a block or a cell is drawn as a disk of about that size, metres.
ROUGH_M = 90
SIZES = {"small": (344, 240), "large": (560, 360)}


def map_context(told: Shown) -> dict[str, Any]:
    """What the template needs for the map; nothing where no place may be shown."""
    point = told.spot.point
    if point is None:
        return {"map_data": None}
    jurisdiction = told.request.jurisdiction
    data = {
        "name": jurisdiction.name,
        "basemap": tile_address(jurisdiction, "basemap"),
        "style": style.as_data(),
        "attribution": attribution(jurisdiction),
        "place": [point.y, point.x],
        "zoom": ZOOM,
        "roughM": 0 if told.spot.is_exact else ROUGH_M,
        "label": told.spot.address or _("The place of the request"),
    }
    return {"map_data": data, "leaflet_overrides": {"SCALE": None, "ATTRIBUTION_PREFIX": ""}, "sizes": SIZES}


# The picture carries its letters and their rules inside, as /map.svg does.
@csp_replace({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "font-src": ["data:"]})
@private
def picture(http: HttpRequest, number: str) -> HttpResponse:
    """GET .../map.svg?size=small|large: the place in a picture. No address of ours carries where somebody lives."""
    said = asked(http, number)
    request, own = said.request, said.is_own(http)
    if request is None or not (own or request.is_public):
        raise NotFound(_("There is no such picture."))
    point = request.geom if own else request.public_geom
    if point is None:
        raise NotFound(_("There is no such picture."))
    width, height = SIZES.get(http.GET.get("size", ""), SIZES["large"])
    order = Order(
        jurisdiction=request.jurisdiction.code,
        frame=frame_at(point.x, point.y, ZOOM, width, height),
        words=Words(_("Map"), attribution(request.jurisdiction), _("ft"), _("mi")),
        pin=_pin(point),
    )
    return HttpResponse(draw(order), content_type="image/svg+xml", headers={"Content-Language": get_language() or "en"})


def _pin(point: Point) -> tuple[float, float]:
    return point.x, point.y
