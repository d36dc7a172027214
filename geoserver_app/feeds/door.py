"""/feeds/: the newest as Atom with places (GeoRSS), all of them as CSV and GeoJSON; the filters of the map and list."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from functools import partial
from typing import Any, TypeVar

from django.contrib.gis.feeds import GeoAtom1Feed
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geoserver_app.density.models import Audience
from geoserver_app.feeds.asked import FEED_PAGE, Asked, asked, one_page
from geoserver_app.published import access
from geoserver_app.published.listing import Listed, everything
from layers.addresses import block_in

Answer = TypeVar("Answer", bound=HttpResponseBase)
COLUMNS = ("service_request_id", "service_code", "service_name", "status", "requested_datetime", "closed_datetime",
           "address", "long", "lat")  # fmt: skip


@require_safe
def index(http: HttpRequest) -> HttpResponse:
    """The formats, with the filters that the address carries."""
    return render(http, "feeds/index.html", {"query": asked(http).filters.query()})


@require_safe
def atom(http: HttpRequest) -> HttpResponse:
    """The newest ones, for readers of news."""
    found = one_page(http, size=FEED_PAGE)
    title = _("Requests in %(place)s") % {"place": found.asked.place.name}
    link = http.build_absolute_uri(reverse("follow:index") + "?" + found.asked.filters.query())
    feed = GeoAtom1Feed(title, link, "", feed_url=http.build_absolute_uri())
    for one in found.rows:
        name = found.asked.services[one.service_id][1]
        shown: dict[str, Any] = {} if one.lon is None else {"geometry": (one.lon, one.lat)}
        address = http.build_absolute_uri(reverse("follow:one", args=[one.service_request_id]))
        where = block_in(one.address, get_language() or "en")
        feed.add_item(
            title=name, link=address, description=where, unique_id=address, pubdate=one.requested_datetime,
            updateddate=one.closed_at if one.closed_at and not one.is_open else one.requested_datetime, **shown,
        )  # fmt: skip
    return _open(HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"))


@require_safe
def as_csv(http: HttpRequest) -> StreamingHttpResponse:
    """All of them as a table; degrees in EPSG:4326, moments with their zone."""
    found = asked(http)
    return _file(_csv_lines(found), "text/csv; charset=utf-8", "requests.csv")


@require_safe
def geojson(http: HttpRequest) -> StreamingHttpResponse:
    """All of them as features; those that stand on no map have no geometry."""
    found = asked(http)
    return _file(_features(found), "application/geo+json", "requests.geojson")


def _all(found: Asked) -> Iterator[Listed]:
    return everything(partial(access.of_public, longest_ms=access.EXPORT_MS), Audience.PUBLIC, found.filters)


def _csv_lines(found: Asked) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for one in _all(found):
        yield writer.writerow(_row(found, one).values())


def _features(found: Asked) -> Iterator[str]:
    yield '{"type": "FeatureCollection", "features": ['
    for n, one in enumerate(_all(found)):
        properties = _row(found, one)
        at = [properties.pop("long"), properties.pop("lat")]
        geometry = {"type": "Point", "coordinates": at} if at[0] is not None else None
        feature = {"type": "Feature", "id": one.service_request_id, "geometry": geometry, "properties": properties}
        yield ("," if n else "") + "\n" + json.dumps(feature, ensure_ascii=False)
    yield "\n]}\n"


def _row(found: Asked, one: Listed) -> dict[str, Any]:
    code, name = found.services[one.service_id]
    zone = found.filters.codes.zone
    closed = one.closed_at.astimezone(zone).isoformat() if one.closed_at and not one.is_open else None
    requested = one.requested_datetime.astimezone(zone).isoformat()
    values = (one.service_request_id, code, name, "open" if one.is_open else "closed", requested, closed, one.address,
              one.lon, one.lat)  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


class _Echo:
    """A file that hands back what is written into it."""

    def write(self, value: str) -> str:
        return value


def _file(lines: Iterator[str], content_type: str, name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(lines, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return _open(answer)


def _open(answer: Answer) -> Answer:
    """For programs on other sites too: it is public."""
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
