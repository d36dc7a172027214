"""Neighborhoods: the list of them, and one with its map and the districts it lies in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from geoserver_app.maps.contents import ListedArea, listed
from geoserver_app.maps.mercator import frame_around
from geoserver_app.site.jurisdiction import of_request
from layers.errors import NotFound
from layers.models import Jurisdiction, Kind

KIND = "neighborhood"


def all_neighborhoods(request: HttpRequest) -> HttpResponse:
    """GET /neighborhoods/"""
    jurisdiction = of_request(request)
    frame = frame_around(jurisdiction.outline.extent, 720, 720)
    areas = neighborhoods(jurisdiction)
    return render(request, "maps/neighborhoods.html", {"areas": areas, "frame": frame, "kind": KIND})


def one_neighborhood(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /neighborhoods/SLUG/; NotFound for a slug that is none."""
    jurisdiction = of_request(request)
    area = next((one for one in neighborhoods(jurisdiction) if one.slug == slug), None)
    if area is None:
        raise NotFound(_("There is no neighborhood “%(slug)s”. The list has all of them.") % {"slug": slug[:60]})
    frame = frame_around(area.bbox, 720, 560, margin=0.08)
    return render(request, "maps/neighborhood.html", {"area": area, "frame": frame, "kind": KIND})


def neighborhoods(jurisdiction: Jurisdiction) -> tuple[ListedArea, ...]:
    """The neighborhoods in force, by name; none where the city has not loaded any."""
    kind = Kind.objects.filter(jurisdiction=jurisdiction, code=KIND).first()
    return listed(kind) if kind else ()
