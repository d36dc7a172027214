"""/neighborhoods/ and /block-watch/: the list of areas, one area's page, its picture, printed sheet and offline map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from geoserver_app.brief import offline, picture, sheet
from geoserver_app.brief.areas import Pages, Place, all_of, find
from geoserver_app.brief.asked import Since, since
from geoserver_app.brief.facts import OLDEST, Facts, facts
from geoserver_app.brief.spots import Spot, spots
from geoserver_app.maps.drawing.picture import draw
from geoserver_app.maps.mercator import frame_around
from geoserver_app.org.models import CityHall
from geoserver_app.site.jurisdiction import of_request
from layers.models import Jurisdiction

KEPT = "public, max-age=60"


@dataclass(frozen=True)
class Brief:
    """All that is said of an area at a moment, in the page's language."""

    place: Place
    facts: Facts
    spots: tuple[Spot, ...]
    at: datetime

    @property
    def since(self) -> Since:
        return self.facts.since

    def svg(self, size: str) -> str:
        """The picture in one of the sizes."""
        frame = picture.frame_of(self.place, size)
        return draw(picture.order(self.place, frame, self.facts.standing, self.spots, oldest=OLDEST))


def brief_of(request: HttpRequest, pages: Pages, slug: str) -> Brief:
    """What the address asks for; NotFound, NotADay, TooMuch with a sentence."""
    at, language = timezone.now(), get_language() or "en"
    place = find(of_request(request), pages, slug)
    asked = since(request.GET, place.jurisdiction, at)
    return Brief(place, facts(place, asked, language), spots(place, asked, at, language), at)


@require_safe
def index(request: HttpRequest, pages: Pages) -> HttpResponse:
    """GET /neighborhoods/, /block-watch/: the areas by name, beside their map."""
    jurisdiction = of_request(request)
    outline = jurisdiction.outline.extent
    pictures = {"small": frame_around(outline, 350, 380, 0.02), "large": frame_around(outline, 720, 700, 0.02)}
    context = {
        "pages": pages, "areas": all_of(jurisdiction, pages), "pictures": pictures, "areas_text": pages.kind,
    }  # fmt: skip
    return render(request, "brief/index.html", context)


@require_safe
def one(request: HttpRequest, pages: Pages, slug: str) -> HttpResponse:
    """GET .../SLUG/?since=DAY: the area's page."""
    return render(request, "brief/area.html", _context(brief_of(request, pages, slug)))


# The picture carries its letters and their rules inside, as /map.svg does.
@csp_replace({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "font-src": ["data:"]})  # type: ignore[arg-type]  # its type knows no slugs
@require_safe
def drawn(request: HttpRequest, pages: Pages, slug: str) -> HttpResponse:
    """GET .../SLUG/map.svg?since=DAY&size=small|large: the map of the page."""
    brief = brief_of(request, pages, slug)
    size = request.GET.get("size", "")
    svg = brief.svg(size if size in {"small", "large"} else "large")
    return HttpResponse(svg, content_type="image/svg+xml", headers={"Cache-Control": KEPT})


# The sheet's picture and rules stand inside it, as they do in its PDF.
@csp_replace({"style-src": ["'self'", "'unsafe-inline'"], "font-src": ["'self'", "data:"]})  # type: ignore[arg-type]  # its type knows no slugs
@require_safe
def printed(request: HttpRequest, pages: Pages, slug: str) -> HttpResponse:
    """GET .../SLUG/brief.html: the printed sheet, to be read before it is printed."""
    return HttpResponse(sheet.html(_context(brief_of(request, pages, slug))))


@require_safe
def pdf(request: HttpRequest, pages: Pages, slug: str) -> HttpResponse:
    """GET .../SLUG/brief.pdf: the sheet for the printer."""
    brief = brief_of(request, pages, slug)
    content = sheet.pdf(sheet.paper(_context(brief)))
    return _file(content, "application/pdf", f"{slug}-{brief.since.today}.pdf", inline=True)


@require_safe
def stand_alone(request: HttpRequest, pages: Pages, slug: str) -> HttpResponse:
    """GET .../SLUG/brief.map.html: the map as one file that asks nobody for anything."""
    brief = brief_of(request, pages, slug)
    content = offline.page(brief.place, brief.facts, brief.spots)
    return _file(content.encode(), "text/html; charset=utf-8", f"{slug}-{brief.since.today}.html", inline=False)


def _context(brief: Brief) -> dict[str, Any]:
    frames = {size: picture.frame_of(brief.place, size) for size in ("small", "large")}
    place = brief.place
    return {
        "brief": brief, "place": place, "area": place.area, "pages": place.pages, "facts": brief.facts,
        "since": brief.since, "spots": brief.spots, "frames": frames, "attributes": place.area.attributes,
        "city": place.jurisdiction.name_in(get_language() or "en"),
        "telephone": _telephone(place.jurisdiction),
    }  # fmt: skip


def _telephone(jurisdiction: Jurisdiction) -> str | None:
    return CityHall.objects.filter(jurisdiction=jurisdiction).values_list("telephone", flat=True).first()


def _file(content: bytes, content_type: str, name: str, *, inline: bool) -> HttpResponse:
    """A file under a name of its own. What runs scripts is handed over to be kept, never opened here."""
    how = "inline" if inline else "attachment"
    headers = {"Content-Disposition": f'{how}; filename="{name}"', "Cache-Control": KEPT}
    return HttpResponse(content, content_type=content_type, headers=headers)
