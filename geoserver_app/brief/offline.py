"""The map of an area as one file: folium on our own Leaflet, the ground drawn by us, everything inside the file."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import folium
from branca.element import Figure, MacroElement
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from folium.template import Template

from geoserver_app.brief.areas import Place
from geoserver_app.brief.facts import Facts, Standing
from geoserver_app.brief.picture import OUTLINE, order
from geoserver_app.brief.sheet import screen_letters
from geoserver_app.brief.spots import Spot
from geoserver_app.maps.contents import ListedArea
from geoserver_app.maps.drawing.marks import aside
from geoserver_app.maps.drawing.picture import draw
from geoserver_app.maps.mercator import Frame, frame_around
from geoserver_app.maps.page import attribution
from geoserver_app.site.vendoring import VENDOR

GROUND = (1500, 1500)  # pixels of the drawn ground
SCREEN = (620, 560)  # of a small screen's map, on which marks must not cover each other
SIZES = {"dot": (13, 13), "number": (26, 26), "spot": (24, 24)}
# The file may not ask for anything, whatever stands in it.
POLICY = ("default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
          "base-uri 'none'; form-action 'none'")  # fmt: skip
# folium forbids a page to be made larger: whoever sees little must be able to.
_FIXED = re.compile(r",\s*maximum-scale=1\.0,\s*user-scalable=no")


class _Map(folium.Map):
    """A map without the libraries that folium loads from elsewhere."""

    default_js: list[tuple[str, str]] = []
    default_css: list[tuple[str, str]] = []


class _Page(Figure):
    """The document: in the page's language, with a title, the libraries inside, the figures beside the map."""

    _template = Template(
        '<!DOCTYPE html>\n<html lang="{{this.language|e}}">\n<head>\n<title>{{this.title|e}}</title>\n'
        "{{this.library}}{{this.header.render(**kwargs)}}\n</head>\n<body>\n"
        '<main class="map">{{this.html.render(**kwargs)}}</main>\n{{this.beside}}'
        "<script>\n{{this.script.render(**kwargs)}}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, *, title: str, language: str, beside: str) -> None:
        super().__init__(title=title)
        self.language, self.library, self.beside = language, _library(), beside


class _Marks(MacroElement):
    """Places that can be pressed, by finger and by key; their words are set as text, never as markup."""

    _template = Template("""
        {% macro script(this, kwargs) %}
        {{ this._parent.get_name() }}.attributionControl.setPrefix(false);
        for (const one of {{ this.marks|tojson }}) {
            const words = document.createElement('div');
            for (const line of one.words) words.appendChild(document.createElement('p')).textContent = line;
            const face = document.createElement('span');
            face.textContent = one.text;
            L.marker(one.at, {
                title: one.words[0], alt: one.words[0], keyboard: one.kind !== 'dot',
                zIndexOffset: one.kind === 'dot' ? 0 : 1000,
                icon: L.divIcon({className: 'mark mark-' + one.kind, html: face, iconSize: one.size,
                    iconAnchor: [one.size[0] / 2 - one.aside[0], one.size[1] / 2 - one.aside[1]]}),
            }).bindPopup(words).addTo({{ this._parent.get_name() }});
        }
        {% endmacro %}
    """)

    def __init__(self, marks: list[dict[str, Any]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca's
        self._name = "Marks"
        self.marks = marks


def page(place: Place, facts: Facts, spots: Sequence[Spot]) -> str:
    """The file."""
    frame = frame_around(place.area.bbox, *GROUND, 0.12)
    beside = render_to_string("brief/offline_beside.html", {
        "place": place, "area": place.area, "facts": facts, "since": facts.since, "spots": spots,
    })  # fmt: skip
    made = _Page(title=place.area.label, language=get_language() or "en", beside=beside)
    west, south, east, north = place.area.bbox
    middle = [(south + north) / 2, (west + east) / 2]
    drawn = _Map(location=middle, tiles=None, max_zoom=19, zoom_snap=0.25, control_scale=True)
    made.add_child(drawn)
    _ground(place, frame, facts, spots).add_to(drawn)
    _outline(place).add_to(drawn)
    _Marks(marks(place.area, facts, spots)).add_to(drawn)
    drawn.fit_bounds([[south, west], [north, east]], padding=(12, 12))
    return _FIXED.sub("", str(made.render()))


def _ground(place: Place, frame: Frame, facts: Facts, spots: Sequence[Spot]) -> folium.raster_layers.ImageOverlay:
    svg = draw(order(place, frame, facts.standing, spots, oldest=0, bare=True))
    data = base64.b64encode(svg.encode()).decode()
    bounds = [[frame.south, frame.west], [frame.north, frame.east]]
    return folium.raster_layers.ImageOverlay(
        f"data:image/svg+xml;base64,{data}", bounds, pixelated=False, attribution=attribution(place.jurisdiction),
        alt=_("Street map"),
    )  # fmt: skip


def _outline(place: Place) -> folium.GeoJson:
    shape = {"type": "Feature", "properties": {}, "geometry": json.loads(place.shape.geom.geojson)}
    look = {"color": OUTLINE, "weight": 3, "fill": False, "interactive": False}
    return folium.GeoJson(shape, style_function=lambda _feature: look)


def marks(area: ListedArea, facts: Facts, spots: Sequence[Spot]) -> list[dict[str, Any]]:
    """What is open and the repeat places, each with its lines of words; the oldest have the page's numbers.

    ``aside`` are the pixels by which a mark moves away from another one, as the map is opened on a screen.
    """
    told = [_spot(one) for one in spots] + [_standing(one, str(n)) for n, one in enumerate(facts.oldest, 1)]
    told = [one for one in told if one["at"][0] is not None]
    frame = frame_around(area.bbox, *SCREEN)
    wanted = [frame.pixel(one["at"][1], one["at"][0]) for one in told]
    for one, (x, y), (at_x, at_y) in zip(told, wanted, aside(wanted), strict=True):
        one["aside"] = [round(at_x - x), round(at_y - y)]
    dots = [_standing(one, "") for one in facts.standing[len(facts.oldest) :] if one.lat is not None]
    return dots + told


def _standing(one: Standing, number: str) -> dict[str, Any]:
    since = _("open since %(day)s") % {"day": date_format(one.day, "DATE_FORMAT")}
    words = [one.service, *([one.address] if one.address else []), since, one.service_request_id]
    kind = "number" if number else "dot"
    return {
        "at": [one.lat, one.lon],
        "kind": kind,
        "size": SIZES[kind],
        "text": number,
        "words": words,
        "aside": [0, 0],
    }


def _spot(one: Spot) -> dict[str, Any]:
    count = ngettext("%(n)s incident in 12 months", "%(n)s incidents in 12 months", one.incidents)
    words = [one.title, count % {"n": one.incidents}]
    return {"at": [one.lat, one.lon], "kind": "spot", "size": SIZES["spot"], "text": one.letter, "words": words}


@cache
def _library() -> str:
    """The policy, Leaflet and its rules, from our own files, with what they load inside; and the file's own rules."""
    css = re.sub(r"url\(([^)]+)\)", _as_data, (VENDOR / "leaflet" / "leaflet.css").read_text(encoding="utf-8"))
    script = (VENDOR / "leaflet" / "leaflet.js").read_text(encoding="utf-8")
    own = (Path(__file__).parent / "offline.css").read_text(encoding="utf-8")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    return f"{policy}\n<style>{css}</style>\n<style>{screen_letters()}{own}</style>\n<script>{script}</script>\n"


def _as_data(found: re.Match[str]) -> str:
    if found[1].startswith(("#", "data:")):
        return found[0]
    file = VENDOR / "leaflet" / found[1].strip("'\"")
    kind = "image/png" if file.suffix == ".png" else "image/svg+xml"
    return f"url(data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()})"
