"""A map of the requests of which the old system gave another area than ours: one file, for a browser without a network.

The file carries the product's own Leaflet and asks nobody for anything. Its ground are the outlines of the areas that
are compared: requests that disagree lie along them.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import folium
from branca.element import Element, Figure
from django.contrib.staticfiles import finders
from django.db import connection
from folium.template import Template

from layers.errors import NotFound
from layers.models import Jurisdiction, Kind

MOST = 5_000
MANY = 1_000  # from here on they are drawn smaller
OUTLINE_DEGREES = 2e-4  # some twenty metres
_STEPS = Path(__file__).parent / "steps"
_COLORS = ("#b3261e", "#1f5fa8", "#6a4fa3", "#0b6e4f", "#8a5a00")
_OWN_STYLE = """
main { height: 100%; }
.leaflet-container { background: #fff; }
.title { position: absolute; z-index: 1000; top: 0; left: 60px; margin: 10px; padding: 8px 14px; background: #fff;
         font: 600 17px/1.3 sans-serif; color: #1b1b1b; border: 1px solid #a9aeb1; border-radius: 4px; }
.leaflet-control-layers { font: 15px/1.6 sans-serif; color: #1b1b1b; }
"""
# folium forbids a page to be made larger: whoever sees little must be able to.
_FIXED = re.compile(r",\s*maximum-scale=1\.0,\s*user-scalable=no")
_PICTURE = re.compile(r"url\((images/[\w-]+\.png)\)")


class _Page(Figure):
    """The document, with its language and a landmark, which folium's own has not."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n{{this.header.render(**kwargs)}}\n</head>\n<body>\n'
        "<main>{{this.html.render(**kwargs)}}</main>\n<script>\n{{this.script.render(**kwargs)}}\n</script>\n"
        "</body>\n</html>\n"
    )


class _Differing(NamedTuple):
    """A request and one kind of area on which the two systems disagree; the place in degrees."""

    number: str
    old: str
    address: str
    lon: float
    lat: float
    kind: str
    theirs: str
    ours: str


def write_map(place: Jurisdiction, source: str, target: Path) -> int:
    """Writes the map; how many differ, of which it shows MOST at most."""
    found = _rows("differing", jurisdiction=place.pk, source=source, limit=MOST)
    rows = [_Differing(*row) for row in found]
    drawn = _map_of(place, f"{place.name}: where {source} names another area")
    kinds = sorted({one.kind for one in rows})
    names = dict(Kind.objects.filter(jurisdiction=place, code__in=kinds).values_list("code", "name"))
    for kind, name, outline in _rows("outlines", jurisdiction=place.pk, kinds=kinds, degrees=OUTLINE_DEGREES):
        _outline(f"{kind}: {name}", json.loads(outline), _color(kinds, kind)).add_to(drawn)
    for kind in kinds:
        # Their layers can be switched on one by one.
        _layer(names[kind], [one for one in rows if one.kind == kind], _color(kinds, kind)).add_to(drawn)
    folium.LayerControl(collapsed=False).add_to(drawn)
    target.write_text(_FIXED.sub("", str(drawn.get_root().render())), encoding="utf-8")
    return len(rows)


def _map_of(place: Jurisdiction, title: str) -> folium.Map:
    west, south, east, north = place.outline.extent
    drawn = folium.Map(
        location=[(south + north) / 2, (west + east) / 2], zoom_start=11, tiles=None, prefer_canvas=True,
        control_scale=True, attributionControl=False, maxZoom=19,
    )  # fmt: skip
    # It loads nothing: what it is drawn with stands in its file.
    drawn.default_js, drawn.default_css = [], []
    figure: Any = _Page()
    figure.add_child(drawn)
    head = figure.header
    head.add_child(Element(f"<title>{escape(title)}</title>"))
    head.add_child(Element(f"<style>{_style()}{_OWN_STYLE}</style>"))
    head.add_child(Element(f"<script>{_vendored('leaflet.js').decode()}</script>"))
    figure.html.add_child(Element(f'<h1 class="title">{escape(title)}</h1>'))
    _outline(place.name, json.loads(place.outline.geojson), "#555").add_to(drawn)
    drawn.fit_bounds([[south, west], [north, east]])
    return drawn


def _style() -> str:
    """Leaflet's style with its pictures inside."""
    plain = _vendored("leaflet.css").decode()
    return _PICTURE.sub(lambda found: f"url(data:image/png;base64,{_base64(found[1])})", plain)


def _base64(name: str) -> str:
    return b64encode(_vendored(name)).decode()


def _vendored(name: str) -> bytes:
    found = finders.find(f"vendor/leaflet/{name}")
    if not isinstance(found, str):
        raise NotFound(f"Leaflet's {name} is not among the static files: the product is not installed whole.")
    return Path(found).read_bytes()


def _color(kinds: Sequence[str], kind: str) -> str:
    return _COLORS[kinds.index(kind) % len(_COLORS)]


def _outline(name: str, geometry: dict[str, Any], color: str) -> folium.GeoJson:
    style = {"fill": False, "color": color, "weight": 1.5, "opacity": 0.6, "interactive": False}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return folium.GeoJson(feature, name=escape(name), style_function=lambda _one: style, control=False)


def _layer(title: str, rows: Sequence[_Differing], color: str) -> folium.GeoJson:
    features = [
        {
            "type": "Feature",
            "properties": {"words": _words(one)},
            "geometry": {"type": "Point", "coordinates": [round(one.lon, 6), round(one.lat, 6)]},
        }
        for one in rows
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=f"{escape(title)}: {len(rows):,}",
        marker=folium.CircleMarker(
            radius=4 if len(rows) > MANY else 6, color="#fff", weight=1, fill=True, fill_color=color, fill_opacity=0.85
        ),
        # folium puts what a field holds into the page as it is.
        tooltip=folium.GeoJsonTooltip(["words"], labels=False),
    )


def _words(one: _Differing) -> str:
    where = f", {one.address}" if one.address else ""
    return escape(f"{one.number} ({one.old}){where}. {one.kind}: {one.theirs} in the file, {one.ours or 'none'} here.")


def _rows(name: str, **parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute((_STEPS / f"{name}.sql").read_text(encoding="utf-8"), parameters)
        return list(cursor.fetchall())
