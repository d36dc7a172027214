"""Which requests are asked for: the parameters of GET requests as conditions on the public set."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import QueryDict

from geoserver_app.density.models import Audience
from geoserver_app.open311.ask import EARLIEST_YEAR, LATEST_YEAR, Ask, window
from geoserver_app.open311.errors import bad
from geoserver_app.published import access
from geoserver_app.published.catalog_codes import codes
from geoserver_app.published.chosen import chosen
from geoserver_app.published.filters import parse
from layers.lookup import check_position
from layers.models import Area

MOST = 1000
DAYS = 90
_STATUSES = ("open", "closed")
_RECENT = "recent"
_LARGEST_RADIUS_M = 50_000
_PLACE = "postgis.ST_SetSRID(postgis.ST_MakePoint(%(lon)s, %(lat)s), 4326)::postgis.geography"
NEWEST_FIRST = "r.requested_datetime desc, r.id desc"
# For those who keep a copy: what they saw last is where they go on.
CHANGED_LAST = "r.touched_datetime, r.id"


@dataclass
class Narrowed:
    """Conditions (fixed SQL over r) with their values; ``stretch`` is the window of requested_datetime, if any.

    ``distance`` is SQL for the metres from a place that was asked for.
    """

    conditions: list[str]
    values: dict[str, Any]
    order: str = NEWEST_FIRST
    distance: str = "null::float8"
    stretch: tuple[datetime, datetime] | None = None
    page: int = 1
    page_size: int = MOST
    by_id: bool = False

    def add(self, condition: str, **values: Any) -> None:
        self.conditions.append(condition)
        self.values |= values

    @property
    def where(self) -> str:
        return " and ".join(f"({condition})" for condition in self.conditions)


def narrowed(ask: Ask) -> Narrowed:
    """What GET requests asks for. ``service_request_id`` overrides everything else."""
    found = Narrowed(["r.jurisdiction_id = %(jurisdiction)s"], {"jurisdiction": ask.jurisdiction.pk})
    numbers = ask.words("service_request_id")
    if numbers:
        _by_number(found, numbers)
        return found
    _when(ask, found)
    _what(ask, found)
    _where(ask, found)
    found.page = ask.whole("page", 0, 100_000) or 1
    found.page_size = ask.whole("page_size", 1, MOST) or MOST
    return found


def _by_number(found: Narrowed, numbers: list[str]) -> None:
    if len(numbers) > MOST:
        raise bad(f"{len(numbers)} service_request_id at once are too many: up to {MOST}.")
    found.by_id = True
    found.add("r.service_request_id = any(%(numbers)s)", numbers=numbers)


def _when(ask: Ask, found: Narrowed) -> None:
    changed = ask.moment("updated_after"), ask.moment("updated_before")
    if changed[0]:
        # The first second too: what changed in it after the last look must not be missed.
        found.add("r.touched_datetime >= %(updated_after)s", updated_after=changed[0])
    if changed[1]:
        found.add("r.touched_datetime <= %(updated_before)s", updated_before=_whole_second(changed[1]))
    start, end = _asked_stretch(ask)
    if changed[0] and start is None and end is None:
        # What changed since then may be of any age.
        found.order = CHANGED_LAST
        return
    start, end = _stretch(ask, start, end)
    found.stretch = start, end
    found.add(
        "r.requested_datetime >= %(start)s and r.requested_datetime <= %(end)s", start=start, end=_whole_second(end)
    )


def _asked_stretch(ask: Ask) -> tuple[datetime | None, datetime | None]:
    """``start_date`` and ``end_date``, or our own ``requested_from`` and ``requested_to``: local days, inclusive."""
    start = ask.moment("start_date") or _local_day(ask, "requested_from", time.min)
    end = ask.moment("end_date") or _local_day(ask, "requested_to", time.max.replace(microsecond=0))
    return start, end


def _local_day(ask: Ask, name: str, at: time) -> datetime | None:
    text = ask.text(name)
    if not text or len(text) > 10:
        return ask.moment(name)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise bad(f"{name} '{text[:40]}' is no day, such as 2026-05-24.") from error
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise bad(f"{name} '{text}' lies outside of the years {EARLIEST_YEAR} to {LATEST_YEAR}.")
    return datetime.combine(day, at, ask.zone)


def _stretch(ask: Ask, start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    """The window: what is missing of it follows from the 90 days."""
    if start is None:
        end = end or ask.at
        return window(end, -DAYS), end
    if end is None:
        return start, window(start, DAYS)
    if end < start:
        raise bad("end_date lies before start_date.")
    # Ninety days by the clock on the wall are an hour longer in autumn.
    by_wall = end.astimezone(ask.zone).replace(tzinfo=None) - start.astimezone(ask.zone).replace(tzinfo=None)
    if min(by_wall, end - start) > timedelta(days=DAYS, seconds=1):
        raise bad(f"start_date and end_date may not span more than {DAYS} days")
    return start, end


def _whole_second(moment: datetime) -> datetime:
    """The end of the second that was named: an answer shows whole seconds, and both ends count."""
    return moment.replace(microsecond=999_999) if moment.microsecond == 0 else moment


def _what(ask: Ask, found: Narrowed) -> None:
    services = ask.words("service_code")
    if services:
        found.add("r.service_id in (select id from published.service where code = any(%(codes)s)"
                  " and jurisdiction_id = %(jurisdiction)s)", codes=services)  # fmt: skip
    statuses = {one.lower() for one in ask.words("status")}
    strange = sorted(statuses - {*_STATUSES, _RECENT})
    if strange:
        raise bad(f"status '{strange[0][:40]}' must be open or closed (or recent: open, or closed of late).")
    if len(statuses) == 1 and _RECENT not in statuses:
        found.add("r.status = %(status)s", status=statuses.pop())
    _as_on_our_pages(ask, found, is_recent=_RECENT in statuses and "closed" not in statuses)


def _as_on_our_pages(ask: Ask, found: Narrowed, *, is_recent: bool) -> None:
    """Filters that the specification does not have: what they choose is said where our own pages have it from."""
    given = {"group": ask.words("group"), "cells": ask.words("cells"), "count": ask.words("count")}
    if not any(given.values()) and not is_recent:
        return
    said = QueryDict(mutable=True)
    for name, values in (given | {"status": [_RECENT] if is_recent else []}).items():
        said.setlist(name, values)
    if not given["count"]:
        said["count"] = "reports"
    with access.of_public() as run:
        filters = parse(said, codes(run, Audience.PUBLIC, ask.jurisdiction.pk, at=ask.at), run)
    ours = chosen(Audience.PUBLIC, filters)
    found.add(f"r.id in (select r.id from {ours.relation} r where {ours.condition})", **ours.values)


def _where(ask: Ask, found: Narrowed) -> None:
    box = _box(ask)
    if box:
        found.add(
            "r.geom operator(postgis.&&) postgis.ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)", **box
        )
    _around(ask, found)
    area = ask.text("area")
    if area:
        found.add("r.area_ids @> array[%(area)s]::bigint[]", area=_area(ask, area))


def _box(ask: Ask) -> Mapping[str, float] | None:
    """``bbox=minLong,minLat,maxLong,maxLat``, or the four corners by name."""
    text, names = ask.text("bbox"), ("long_sw", "lat_sw", "long_ne", "lat_ne")
    if text:
        parts = text.split(",")
        numbers = [_degrees(part) for part in parts] if len(parts) == 4 else []
    else:
        given = [ask.number(name) for name in names]
        numbers = [one for one in given if one is not None]
        if not numbers:
            return None
    if len(numbers) == 4:
        west, south, east, north = numbers
        if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
            return {"west": west, "south": south, "east": east, "north": north}
    raise bad("bbox is no box: write minLong,minLat,maxLong,maxLat in degrees (or lat_sw, long_sw, lat_ne, long_ne).")


def _degrees(text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise bad(f"bbox: '{text[:40]}' is not a number of degrees.") from error
    if not math.isfinite(number):
        raise bad(f"bbox: '{text[:40]}' is not a number of degrees.")
    return number


def _around(ask: Ask, found: Narrowed) -> None:
    lat, lon, radius = ask.number("lat"), ask.number("long"), ask.number("radius")
    if lat is None and lon is None and radius is None:
        return
    if lat is None or lon is None or radius is None:
        raise bad("lat, long and radius (metres) belong together.")
    if not 0 < radius <= _LARGEST_RADIUS_M:
        raise bad(f"radius must be more than 0 and at most {_LARGEST_RADIUS_M} metres.")
    check_position(lon, lat)
    found.distance = f"postgis.ST_Distance(r.geom::postgis.geography, {_PLACE})"
    found.add(f"postgis.ST_DWithin(r.geom::postgis.geography, {_PLACE}, %(radius)s)", lon=lon, lat=lat, radius=radius)


def _area(ask: Ask, text: str) -> int:
    """The id of the area that KIND:CODE names; a kind's own name may hold a colon, a code not."""
    kind, _, code = text.rpartition(":")
    found = Area.objects.filter(jurisdiction=ask.jurisdiction, kind__code=kind, code=code).values_list("pk", flat=True)
    pk = found.first() if kind and code else None
    if pk is None:
        raise bad(f"There is no area '{text[:60]}'; write it as KIND:CODE, such as beat:1.")
    return int(pk)
