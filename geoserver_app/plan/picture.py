"""The choropleth by the SVG drawer: each area in the color of its class, under the names of the ground."""

from __future__ import annotations

from collections.abc import Mapping

import shapely
from django.utils.translation import gettext as _

from geoserver_app.maps.drawing.marks import Face
from geoserver_app.maps.drawing.picture import Order, Words
from geoserver_app.maps.mercator import frame_around
from geoserver_app.maps.page import attribution
from geoserver_app.plan.asked import Asked
from geoserver_app.plan.ranked import Ranking
from layers.models import AreaShape, Jurisdiction

SIZES = {"small": (350, 380), "large": (760, 640)}
LINE, UNKNOWN = "#162e51", "#f0f0f0"


def order(jurisdiction: Jurisdiction, asked: Asked, ranking: Ranking, size: str) -> Order:
    """What the picture of a ranking shows."""
    shapes = geometries(jurisdiction, asked)
    known = [(shapes[row.ground.pk], row.of_class) for row in ranking.rows if row.ground.pk in shapes]
    return Order(
        jurisdiction=jurisdiction.code,
        frame=frame_around(_extent(jurisdiction), *SIZES[size], 0.02),
        words=Words(_("Map of the ranking"), attribution(jurisdiction), _("ft"), _("mi")),
        faces=tuple(
            Face(shape, in_class.color if in_class else UNKNOWN, 0.78, LINE, 1.2) for shape, in_class in known
        ),
    )  # fmt: skip


def geometries(jurisdiction: Jurisdiction, asked: Asked) -> Mapping[int, shapely.Geometry]:
    """The shapes in force of the compared areas, by the area's id, in degrees."""
    rows = AreaShape.objects.filter(kind__jurisdiction=jurisdiction, kind__code=asked.kind.code, in_force=True)
    return {area: shapely.from_wkb(bytes(geom.wkb)) for area, geom in rows.values_list("area", "geom")}


def _extent(jurisdiction: Jurisdiction) -> tuple[float, float, float, float]:
    west, south, east, north = jurisdiction.outline.extent
    return west, south, east, north
