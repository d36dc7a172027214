"""Neighborhoods: the list of them, and one with its map and the districts it lies in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from geoserver_app.maps.contents import Box, ListedArea, listed
from geoserver_app.maps.mercator import Frame, frame_around
from geoserver_app.site.jurisdiction import of_request
from layers.errors import NotFound
from layers.models import Jurisdiction, Kind

KIND = "neighborhood"


def all_neighborhoods(request: HttpRequest) -> HttpResponse:
    """GET /neighborhoods/"""
    jurisdiction = of_request(request)
    pictures = _pictures(jurisdiction.outline.extent, 0.02)
    areas = neighborhoods(jurisdiction)
    return render(request, "maps/neighborhoods.html", {"areas": areas, "pictures": pictures, "areas_text": KIND})


def one_neighborhood(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /neighborhoods/SLUG/; NotFound for a slug that is none."""
    jurisdiction = of_request(request)
    area = next((one for one in neighborhoods(jurisdiction) if one.slug == slug), None)
    if area is None:
        raise NotFound(_("There is no neighborhood “%(slug)s”. The list has all of them.") % {"slug": slug[:60]})
    pictures = _pictures(area.bbox, 0.06)
    return render(request, "maps/neighborhood.html", {"area": area, "pictures": pictures, "areas_text": KIND})


def _pictures(bbox: Box, margin: float) -> dict[str, Frame]:
    """The same box for narrow and for wide screens: a picture that is scaled down cannot be read."""
    return {"small": frame_around(bbox, 350, 380, margin), "large": frame_around(bbox, 720, 700, margin)}


def neighborhoods(jurisdiction: Jurisdiction) -> tuple[ListedArea, ...]:
    """The neighborhoods in force, by name; none where the city has not loaded any."""
    kind = Kind.objects.filter(jurisdiction=jurisdiction, code=KIND).first()
    return listed(kind) if kind else ()
