"""GET /map.svg: the server's own picture of a part of the map."""

import hashlib
import re

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geoserver_app.density.models import Audience
from geoserver_app.maps import asking, contents, tiles
from geoserver_app.maps.drawing.bubbles import Bubble
from geoserver_app.maps.drawing.picture import Order, Words, draw
from geoserver_app.maps.here import NoPoint, box, picture_size
from geoserver_app.maps.mercator import Frame
from geoserver_app.maps.page import attribution, chosen_kinds
from geoserver_app.maps.style import DISPLAY_ZOOMS
from geoserver_app.published.summary import summary
from geoserver_app.site.jurisdiction import of_request
from layers.models import Jurisdiction

_PIN = re.compile(r"(-?\d{1,3}(?:\.\d+)?),(-?\d{1,2}(?:\.\d+)?)")


# The picture carries its letters and their rules inside; opened by itself it may use those and nothing else.
@csp_replace({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "font-src": ["data:"]})
def map_svg(request: HttpRequest) -> HttpResponse:
    """``bbox=W,S,E,N`` (degrees), ``size=WIDTHxHEIGHT``, ``areas=KIND,...``, ``pin=LON,LAT``.

    ``requests=1`` draws the public requests that filters choose.
    """
    jurisdiction = of_request(request)
    order = picture_order(request, jurisdiction)
    etag = _etag(jurisdiction, order)
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    headers = {"ETag": etag, "Cache-Control": "public, max-age=60"}
    return HttpResponse(draw(order), content_type="image/svg+xml", headers=headers)


def picture_order(request: HttpRequest, jurisdiction: Jurisdiction) -> Order:
    """What a request's parameters ask for; NoPoint for a box or a size that cannot be drawn."""
    query = request.GET
    frame = Frame(*box(query.get("bbox", "")), *picture_size(query.get("size", "")))
    low, high = DISPLAY_ZOOMS
    if not low - 2 <= frame.zoom <= high + 1:
        raise NoPoint(_("bbox and size do not go together: a picture of that size shows a smaller or larger box."))
    kinds = contents.map_kinds(jurisdiction, get_language() or "en")
    chosen = chosen_kinds(request, kinds)
    match = _PIN.fullmatch(query.get("pin", ""))
    return Order(
        jurisdiction=jurisdiction.code,
        frame=frame,
        words=Words(_("Map"), attribution(jurisdiction), _("ft"), _("mi")),
        areas={kind.code: (kind.style, kind.name) for kind in kinds if kind.code in chosen},
        pin=(float(match[1]), float(match[2])) if match else None,
        bubbles=_bubbles(request, frame) if query.get("requests") else (),
    )


def _bubbles(request: HttpRequest, frame: Frame) -> tuple[Bubble, ...]:
    """The public requests that the filters of the address choose, as the map draws them."""
    with asking.asked(request, Audience.PUBLIC, usual=True) as asked:
        found = summary(asked.run, Audience.PUBLIC, asked.filters, bbox=frame.bbox, zoom=round(frame.zoom))
    clusters = (Bubble(one.lon, one.lat, one.n) for one in found.units)
    single = (Bubble(one.lon or 0.0, one.lat or 0.0, 1, is_open=one.is_open) for one in found.single)
    return (*clusters, *single)


def _etag(jurisdiction: Jurisdiction, order: Order) -> str:
    """Good for the editions in force, the drawing as this release does it, and the order."""
    what = f"{tiles.version(jurisdiction.epoch)} {jurisdiction.pk} {order}"
    return f'"{hashlib.sha256(what.encode()).hexdigest()[:24]}"'
