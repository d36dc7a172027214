"""An area's map by the SVG drawer: what lies around it is paler; what is open, the oldest, the repeat places."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from django.utils.translation import gettext as _

from geoserver_app.brief.areas import Place
from geoserver_app.brief.facts import Standing
from geoserver_app.brief.spots import Spot
from geoserver_app.maps.drawing.marks import Face, Mark, MarkKind
from geoserver_app.maps.drawing.picture import Order, Words
from geoserver_app.maps.mercator import Frame, frame_around
from geoserver_app.maps.page import attribution

OUTLINE = "#54278f"
SIZES = {"small": (350, 380), "large": (720, 640), "sheet": (760, 330)}
MARGIN = 0.06


def frame_of(place: Place, size: str) -> Frame:
    """The frame of one of the SIZES around an area."""
    return frame_around(place.area.bbox, *SIZES[size], MARGIN)


def order(
    place: Place, frame: Frame, standing: Sequence[Standing], spots: Sequence[Spot], *, oldest: int, bare: bool = False
) -> Order:
    """What the picture shows; the first ``oldest`` of what is open carry their numbers."""
    title = _("Map of %(name)s") % {"name": place.area.label}
    return Order(
        jurisdiction=place.jurisdiction.code,
        frame=frame,
        words=Words(title, attribution(place.jurisdiction), _("ft"), _("mi")),
        faces=around(place, frame),
        marks=() if bare else tuple(marks(standing, spots, oldest)),
        bare=bare,
    )


def around(place: Place, frame: Frame) -> tuple[Face, ...]:
    """What lies around the area is drawn paler, and the area gets its line."""
    shape = shapely.from_wkb(bytes(place.shape.geom.wkb))
    reach = (frame.east - frame.west) * 0.05
    west, south, east, north = frame.bbox
    beyond = shapely.box(west - reach, south - reach, east + reach, north + reach).difference(shape)
    return Face(beyond, "#ffffff", 0.5), Face(shape, stroke=OUTLINE, width=3)


def marks(standing: Sequence[Standing], spots: Sequence[Spot], oldest: int) -> list[Mark]:
    """A number for each of the oldest that is on the map, a dot for each other, a letter for each repeat place."""
    letters = [("spot", one.letter, one.lon, one.lat) for one in spots]
    numbers = [("number", str(n), one.lon, one.lat) for n, one in enumerate(standing[:oldest], 1)]
    dots = [("dot", "", one.lon, one.lat) for one in standing[oldest:]]
    rows: list[tuple[MarkKind, str, float | None, float | None]] = [*letters, *numbers, *dots]  # type: ignore[list-item]  # words of MarkKind
    return [Mark(lon, lat, kind, text) for kind, text, lon, lat in rows if lon is not None and lat is not None]
