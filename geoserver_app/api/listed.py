"""Requests: a list by the filters of the public list, and one; with a key that reads for a person, what they see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Query, Router

from geoserver_app.api import shapes
from geoserver_app.api.caller import Caller, caller_of, may_do
from geoserver_app.api.in_full import area_names, in_full, said, said_or_none
from geoserver_app.api.versions import TAGGED, tag, version_for
from geoserver_app.catalog.models import Service
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Run
from geoserver_app.published import access
from geoserver_app.published.catalog_codes import codes
from geoserver_app.published.chosen import EVERYTHING, Sight
from geoserver_app.published.counting import View, counts
from geoserver_app.published.filters import BadFilter, Filters, parse
from geoserver_app.published.listing import Listed, page

router = Router(tags=["Requests"])
_AFTER = re.compile(r"(\d{1,17})\.(\d{1,18})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@router.get("/requests", response=shapes.Requests, **may_do(None, 404))
def list_requests(request: HttpRequest, asked: Query[shapes.Listing], response: HttpResponse) -> shapes.Requests:
    """Requests, newest first. The set, and what every filter means, are those of the public list and map.

    With a key that reads for its person, the set is what that person sees in the console.
    """
    caller, begin = caller_of(request), _begin(asked.after)
    with _snapshot(caller.audience) as run:
        filters, sight = _filters(request, caller, run)
        found = page(run, caller.audience, filters, limit=asked.limit + 1, after=begin, sight=sight)
        total = _total(run, caller.audience, filters, sight) if asked.total else None
    shown = found[: asked.limit]
    following = _following(request, shown[-1]) if len(found) > asked.limit else None
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return shapes.Requests(items=_items(caller, shown), next=following, total=total)


@router.get("/requests/{number}", response=shapes.RequestInFull, **may_do(None, 404, tagged=TAGGED))
def one_request(
    request: HttpRequest, number: str, asked: Query[shapes.Where], response: HttpResponse
) -> shapes.RequestInFull:
    """One request by its number (an imported one also by its old one). What is hidden from the caller is not there."""
    caller = caller_of(request)
    version = version_for(caller, number)
    found = in_full(request, caller, number)
    if version is not None:
        response["ETag"] = tag(version, found)
    return found


def _snapshot(audience: Audience) -> AbstractContextManager[Run]:
    return access.of_public() if audience == Audience.PUBLIC else access.snapshot(audience)


def _filters(http: HttpRequest, caller: Caller, run: Run) -> tuple[Filters, Sight]:
    filters = parse(http.GET, codes(run, caller.audience, caller.place.pk, at=caller.at), run)
    return access.seen_by(caller.rights, filters) if caller.audience == Audience.STAFF else (filters, EVERYTHING)


def _total(run: Run, audience: Audience, filters: Filters, sight: Sight) -> int:
    found = counts(run, audience, filters, View(), sight=sight)
    return found.on_map + found.off_map


def _begin(after: str) -> tuple[datetime, int] | None:
    """The moment and id behind which a page begins."""
    match = _AFTER.fullmatch(after)
    if after and match is None:
        raise BadFilter(f"after={after[:40]} is no end of a page: take it from `next` of the page before.")
    return (_EPOCH + int(match[1]) * _MICROSECOND, int(match[2])) if match else None


def _following(http: HttpRequest, last: Listed) -> str:
    """The same address for the page behind a request."""
    given = [(name, text) for name, texts in http.GET.lists() if name != "after" for text in texts]
    after = f"{(last.requested_datetime - _EPOCH) // _MICROSECOND}.{last.id}"
    return f"{http.build_absolute_uri(http.path)}?{urlencode([*given, ('after', after)])}"


def _items(caller: Caller, rows: Sequence[Listed]) -> list[shapes.Request]:
    services = Service.objects.in_bulk({one.service_id for one in rows})
    areas = area_names(pk for one in rows for pk in one.area_ids)
    zone, language = ZoneInfo(caller.place.time_zone), get_language() or "en"
    return [
        shapes.Request(
            service_request_id=one.service_request_id,
            service_code=services[one.service_id].code,
            service_name=services[one.service_id].name_in(language),
            status="open" if one.is_open else "closed",
            requested_datetime=said(one.requested_datetime, zone),
            closed_datetime=None if one.is_open else said_or_none(one.closed_at, zone),
            address=one.address,
            long=one.lon,
            lat=one.lat,
            areas=[area for pk, area in areas.items() if pk in one.area_ids],
        )
        for one in rows
    ]
