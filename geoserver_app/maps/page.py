"""The map's page: what the browser is handed, and the same as lists for those who do not see or load the map."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geoserver_app.maps import area_style, contents, style, tiles
from geoserver_app.maps.contents import MapKind
from geoserver_app.maps.mercator import Frame
from geoserver_app.maps.requests_part import requests_data, requests_part
from geoserver_app.maps.texts import texts
from geoserver_app.maps.view import View, around, parse, whole_city
from geoserver_app.site.jurisdiction import JurisdictionNeeded, of_request
from layers.models import Jurisdiction

# What the map differs in from the settings of other maps: its scale speaks the page's language, so a script makes it.
LEAFLET = {"SCALE": None, "ATTRIBUTION_PREFIX": ""}
# Sizes of the picture for pages without scripts (CSS class, pixels): a page shows the one that fits its width.
PICTURES = (("narrow", 344, 400), ("middle", 640, 480), ("wide", 824, 610))


@dataclass(frozen=True)
class Picture:
    """The server's picture in one size, and the address parts that say what it shows."""

    css: str
    frame: Frame

    @property
    def bbox(self) -> str:
        return ",".join(f"{number:.6f}" for number in self.frame.bbox)

    @property
    def size(self) -> str:
        return f"{self.frame.width}x{self.frame.height}"


def public_map(request: HttpRequest) -> HttpResponse:
    """GET /: the map of the jurisdiction; a choice where several are served, a word where none is."""
    try:
        jurisdiction = of_request(request)
    except JurisdictionNeeded:
        return choose(request)
    language = get_language() or "en"
    kinds = contents.map_kinds(jurisdiction, language)
    chosen = chosen_kinds(request, kinds)
    view, as_of = named_view(request), contents.data_as_of(jurisdiction)
    return render(
        request,
        "maps/map.html",
        {
            **requests_part(request, jurisdiction, kinds, view),
            "kinds": kinds,
            "chosen": chosen,
            "neighbors": contents.neighbors(jurisdiction),
            "freshness": contents.freshness(jurisdiction, language),
            "as_of": as_of,
            "as_of_day": jurisdiction.local_date(as_of) if as_of else None,
            "legend": legend(),
            "pictures": [_picture(css, view, jurisdiction, width, height) for css, width, height in PICTURES],
            "moves": moves(view or whole_city(jurisdiction, 640, 480)),
            "areas_text": ",".join(chosen),
            "leaflet_overrides": LEAFLET,
            "map_data": {
                **map_data(jurisdiction, kinds, view),
                **requests_data(jurisdiction.local_date(timezone.now())),
            },
        },
    )


def choose(request: HttpRequest) -> HttpResponse:
    """The page of an installation that serves several jurisdictions, or none yet."""
    everything = Jurisdiction.objects.select_related("city_hall").order_by("name")
    template = "maps/choose.html" if everything else "maps/empty.html"
    return render(request, template, {"jurisdictions": everything})


def chosen_kinds(request: HttpRequest, kinds: tuple[MapKind, ...]) -> list[str]:
    """The kinds that the address switches on (``areas=beat,park`` or repeated); unknown ones are left out."""
    named = {code for text in request.GET.getlist("areas") for code in text.split(",")}
    return [kind.code for kind in kinds if kind.code in named]


def named_view(request: HttpRequest) -> View | None:
    """The view that the address names, or None; NotAView for one that makes no sense."""
    text = request.GET.get("map", "")
    return parse(text) if text else None


def moves(view: View) -> list[tuple[str, str, View]]:
    """Where the links around the picture lead: (icon, words, view)."""
    right, down = 320, 240
    return [
        ("plus", _("Zoom in"), view.zoomed(1)),
        ("minus", _("Zoom out"), view.zoomed(-1)),
        ("arrow-up", _("North"), view.moved(0, -down)),
        ("arrow-down", _("South"), view.moved(0, down)),
        ("arrow-left", _("West"), view.moved(-right, 0)),
        ("arrow-right", _("East"), view.moved(right, 0)),
    ]


def legend() -> list[dict[str, str]]:
    """What the ground's colors and lines mean: a symbol's name (see templates/maps/symbol.svg) and words."""
    return [
        {"symbol": "motorway", "words": _("Freeway")},
        {"symbol": "arterial", "words": _("Main street")},
        {"symbol": "local", "words": _("Street")},
        {"symbol": "rail", "words": _("Railway")},
        {"symbol": "border", "words": _("City limits")},
        {"symbol": "parcel", "words": _("Parcel (zoom in)")},
        {"symbol": "building", "words": _("Building (zoom in)")},
        {"symbol": "park", "words": _("Park")},
        {"symbol": "water", "words": _("Water")},
        {"symbol": "school", "words": _("School grounds")},
    ]


def map_data(jurisdiction: Jurisdiction, kinds: tuple[MapKind, ...], view: View | None) -> dict[str, Any]:
    """What the scripts of the page start from."""
    west, south, east, north = jurisdiction.outline.extent
    return {
        "jurisdiction": jurisdiction.code,
        "name": jurisdiction.name,
        "bounds": [[south, west], [north, east]],
        "basemap": tile_address(jurisdiction, "basemap"),
        "kinds": [
            {
                "code": kind.code,
                "name": kind.name,
                "tiles": tile_address(jurisdiction, f"areas-{kind.code.replace(':', '.')}"),
                "style": area_style.as_data(kind.style),
            }
            for kind in kinds
        ],
        "style": style.as_data(),
        "attribution": attribution(jurisdiction),
        "here": reverse("here"),
        "texts": texts(),
    }


def tile_address(jurisdiction: Jurisdiction, tileset: str) -> str:
    """Where the tiles of a set are, in their present version: browsers keep these for ever."""
    version = tiles.version(jurisdiction.epoch)
    return f"/tiles/{tileset}/{{z}}/{{x}}/{{y}}.mvt?v={version}&jurisdiction={jurisdiction.code}"


def attribution(jurisdiction: Jurisdiction) -> str:
    """Whose map this is and how old: "City of Almendra GIS · editions as of Nov. 21, 2026"."""
    name = jurisdiction.name_in(get_language() or "en")
    as_of = contents.data_as_of(jurisdiction)
    if as_of is None:
        return _("%(city)s GIS") % {"city": name}
    day = date_format(jurisdiction.local_date(as_of), "DATE_FORMAT")
    return _("%(city)s GIS · editions as of %(day)s") % {"city": name, "day": day}


def _today(jurisdiction: Jurisdiction) -> date:
    return jurisdiction.local_date(timezone.now())


def _picture(css: str, view: View | None, jurisdiction: Jurisdiction, width: int, height: int) -> Picture:
    return Picture(css, (view or around(jurisdiction.outline.extent, width, height)).frame(width, height))
