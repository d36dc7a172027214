"""What an address asks for of the public set: its jurisdiction, its filters, and the words that go with a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import get_language

from geoserver_app.catalog.models import Service
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Counts, Run
from geoserver_app.published import access
from geoserver_app.published.catalog_codes import codes
from geoserver_app.published.counting import View, counts
from geoserver_app.published.filters import Filters, parse
from geoserver_app.published.listing import Listed, newest_before, page
from geoserver_app.site.jurisdiction import of_request
from layers.models import Jurisdiction

LIST_PAGE = 25
FEED_PAGE = 100


@dataclass(frozen=True)
class Asked:
    """An address with its filters; ``services`` are code and name (in the page's language) by id."""

    place: Jurisdiction
    filters: Filters
    services: Mapping[int, tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """A page of the list: newest first, how many there are in all, and after which number it goes on."""

    asked: Asked
    rows: list[Listed]
    counts: Counts
    after: str


def asked(http: HttpRequest) -> Asked:
    """The filters of an address; BadFilter, NotFound with a sentence."""
    place = of_request(http)
    with access.of_public() as run:
        filters = parse(http.GET, codes(run, Audience.PUBLIC, place.pk), run)
    return Asked(place, filters, _names(place))


def one_page(http: HttpRequest, *, size: int = LIST_PAGE) -> Page:
    """The page of the list that an address asks for, ``after=`` a tracking number; rows and counts of one moment."""
    place = of_request(http)
    with access.of_public() as run:
        filters = parse(http.GET, codes(run, Audience.PUBLIC, place.pk), run)
        rows = _rows(run, filters, http.GET.get("after", ""), size + 1)
        counted = counts(run, Audience.PUBLIC, filters, View())
    after = rows[size - 1].service_request_id if len(rows) > size else ""
    return Page(Asked(place, filters, _names(place)), rows[:size], counted, after)


def _rows(run: Run, filters: Filters, after: str, limit: int) -> list[Listed]:
    begin = newest_before(run, Audience.PUBLIC, filters, after) if after else None
    return page(run, Audience.PUBLIC, filters, limit=limit, after=begin)


def _names(place: Jurisdiction) -> dict[int, tuple[str, str]]:
    language = get_language() or "en"
    return {one.pk: (one.code, one.name_in(language)) for one in Service.objects.filter(jurisdiction=place)}
