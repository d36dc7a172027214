"""The report's map as a picture of the server's own, for those whose browser runs no scripts."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import shapely
from django.utils.translation import gettext as _

from geoserver_app.gis.map_data import ON_MAP, outlines
from geoserver_app.maps.drawing.picture import Order, Words, draw
from geoserver_app.maps.mercator import Frame, frame_around
from geoserver_app.maps.page import attribution
from layers.models import QualityReport

WIDTH, HEIGHT = 824, 610
COLORS = {"error": "#b50909", "warning": "#c05600", "note": "#005ea2"}


def svg(report: QualityReport) -> str:
    """The whole jurisdiction with the edition's outlines and a numberless mark at each finding."""
    place = report.edition.kind.jurisdiction
    frame = frame_around(place.outline.extent, WIDTH, HEIGHT)
    words = Words(_("Map of the findings"), attribution(place), _("ft"), _("mi"))
    ground = draw(Order(place.code, frame, words))
    return ground.removesuffix("</svg>") + f"<g>{''.join(_marks(report, frame))}</g></svg>"


def _marks(report: QualityReport, frame: Frame) -> list[str]:
    made = [
        f'<path d="{_path(shapely.from_geojson(json.dumps(one["geom"])), frame)}" fill="none" stroke="#3d4551" '
        'stroke-width="1"/>'
        for one in outlines(report.edition, report.facts.get("features", 0))
    ]
    found = report.findings.filter(rank__lte=ON_MAP, place__isnull=False)
    for one in sorted(found, key=lambda finding: list(COLORS).index(finding.severity), reverse=True):
        assert one.place is not None  # noqa: S101  the query asks for it
        color = COLORS[one.severity]
        if one.geom is not None and one.geom.dims == 2:
            path = _path(shapely.from_wkb(bytes(one.geom.wkb)), frame)
            made.append(f'<path d="{path}" fill="{color}" fill-opacity=".35" stroke="{color}"/>')
        x, y = frame.pixel(one.place.x, one.place.y)
        made.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{color}" stroke="#fff" stroke-width="1.5">'
            f"<title>{escape(', '.join(one.codes[:3]))}</title></circle>"
        )
    return made


def _path(geometry: Any, frame: Frame) -> str:
    """The rings of a polygon, or its lines, as an SVG path."""
    parts = []
    for part in shapely.get_parts(geometry):
        rings = shapely.get_rings(part) if part.geom_type == "Polygon" else [part]
        for ring in rings:
            places = (frame.pixel(x, y) for x, y in shapely.get_coordinates(ring).tolist())
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places))
    return "".join(parts)
