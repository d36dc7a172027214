from typing import Any

from django.urls import path
from django.urls.resolvers import URLPattern

from geoserver_app.brief import pages
from geoserver_app.brief.areas import BLOCK_WATCH, NEIGHBORHOODS, Pages


def _addresses(folder: str, kind: Pages) -> list[URLPattern]:
    def at(end: str, view: Any, name: str) -> URLPattern:
        found: URLPattern = path(folder + end, view, {"pages": kind}, name=name)
        return found

    return [
        at("", pages.index, kind.index),
        at("<slug:slug>/", pages.one, kind.name),
        at("<slug:slug>/map.svg", pages.drawn, f"{kind.name}_picture"),
        at("<slug:slug>/brief.html", pages.printed, f"{kind.name}_sheet"),
        at("<slug:slug>/brief.pdf", pages.pdf, f"{kind.name}_pdf"),
        at("<slug:slug>/brief.map.html", pages.stand_alone, f"{kind.name}_offline"),
    ]


urlpatterns = _addresses("neighborhoods/", NEIGHBORHOODS) + _addresses("block-watch/", BLOCK_WATCH)
