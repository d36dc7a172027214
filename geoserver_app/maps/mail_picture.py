"""The map in a mail: where the request is, as staff see it, painted by the server. Named by settings.MAIL_PICTURE."""

import logging

from django.utils import translation
from django.utils.translation import gettext as _

from geoserver_app.maps.drawing.painting import png
from geoserver_app.maps.drawing.picture import Order, Words, draw
from geoserver_app.maps.mercator import frame_at
from geoserver_app.maps.page import attribution
from geoserver_app.notify.delivery import Drawn
from geoserver_app.notify.models import Message

log = logging.getLogger(__name__)
WIDTH, HEIGHT, ZOOM = 560, 320, 17


def draw_for(message: Message) -> Drawn | None:
    """The place of a message's request; None where it has none, or where drawing fails: the words go without it."""
    request = message.request
    if request is None or request.geom is None:
        return None
    lon, lat = request.geom.coords
    with translation.override(message.language):
        words = Words(_("Map"), attribution(request.jurisdiction), _("ft"), _("mi"))
        order = Order(request.jurisdiction.code, frame_at(lon, lat, ZOOM, WIDTH, HEIGHT), words, pin=(lon, lat))
    try:
        return Drawn(png(draw(order)))
    except Exception:
        log.exception("no map for a mail", extra={"request_message": message.pk})
        return None
