"""What an address of the map asks for: a view, filters, and for whom; the same for numbers, list, tiles and page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import patch_vary_headers

from geoserver_app.accounts.doors import request_rights
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Run
from geoserver_app.published import access
from geoserver_app.published.catalog_codes import codes
from geoserver_app.published.chosen import EVERYTHING, Sight
from geoserver_app.published.filters import BadFilter, Filters, parse
from geoserver_app.published.tilesets import BoundingBox
from geoserver_app.site.jurisdiction import of_request
from layers.models import Jurisdiction

FURTHEST_ZOOM = 22
# What a map shows where nobody says otherwise: what is open, and what was closed of late.
USUAL_STATUS = "recent"
FOR_EVERYBODY = {"Cache-Control": "public, max-age=10", "Access-Control-Allow-Origin": "*"}


class Named(Protocol):
    """Values by name, as Django's QueryDict has them."""

    def get(self, key: str) -> str | None: ...


@dataclass(frozen=True)
class Asked:
    """An address understood: run statements with ``run``, about ``filters``, of which ``sight`` may be seen."""

    place: Jurisdiction
    run: Run
    filters: Filters
    sight: Sight


@contextmanager
def asked(http: HttpRequest, audience: Audience, *, usual: bool = False, pooled: bool = False) -> Iterator[Asked]:
    """The filters of an address, all statements of one moment. ``usual``: of late, where it names no status.

    ``pooled``: the public's by the pool that tiles are read with, for answers that need nothing else.
    """
    place = of_request(http)
    query = with_usual(http.GET) if usual else http.GET
    by_pool = audience == Audience.STAFF or pooled
    with access.snapshot(audience) if by_pool else access.of_public() as run:
        filters, sight = parse(query, codes(run, audience, place.pk), run), EVERYTHING
        if audience == Audience.STAFF:
            filters, sight = access.seen_by(request_rights(http), filters)
        yield Asked(place, run, filters, sight)


def with_usual(query: QueryDict) -> QueryDict:
    """The query of a page with the status that it shows where none is named."""
    if query.get("status"):
        return query
    changed = query.copy()
    changed["status"] = USUAL_STATUS
    return changed


def for_everybody(content: bytes, *, vary: tuple[str, ...]) -> HttpResponse:
    """JSON of the public set: the same for all whose headers in ``vary`` are alike, good for some seconds."""
    answer = HttpResponse(content, content_type="application/json", headers=FOR_EVERYBODY)
    patch_vary_headers(answer, vary)
    return answer


def for_one(content: bytes) -> HttpResponse:
    """JSON that nobody keeps for somebody else."""
    return HttpResponse(content, content_type="application/json", headers={"Cache-Control": "private, no-store"})


def bbox(query: Named) -> BoundingBox:
    """West, south, east, north of a view; BadFilter where the address has none that makes sense."""
    text = query.get("bbox") or ""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadFilter(f"bbox={text[:80]} is no bbox. Write west,south,east,north in degrees.") from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BadFilter(f"bbox={text[:80]} is no bbox: west lies before east, south before north, all in degrees.")
    return west, south, east, north


def zoom(query: Named) -> int:
    """The zoom of a view, of tiles of 256 pixels; BadFilter where the address has none."""
    text = query.get("z") or ""
    if not (text.isascii() and text.isdigit()) or int(text) > FURTHEST_ZOOM:
        raise BadFilter(f"z={text[:20]} is no zoom: a whole number from 0 to {FURTHEST_ZOOM}.")
    return int(text)
