"""The filters of every address alike: what they mean, and the one condition that list, map, feed and export share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from geoserver_app.density.models import Audience
from geoserver_app.density.read import Run
from geoserver_app.published.catalog_codes import Codes, area_id
from geoserver_app.published.patches import Cell, parsed
from layers.errors import OneMapError

STATUSES = ("open", "closed", "recent", "all")
COUNTS = ("incidents", "reports")
AREA_GROUPS = 5
_MOST_CELLS = 400  # drawn ones of an address
_YEARS = 1900, 2200


class BadFilter(OneMapError):
    """A filter in an address that says nothing that can be understood."""


class Query(Protocol):
    """Repeated values by name, as Django's QueryDict has them."""

    def getlist(self, key: str) -> list[Any]: ...


@dataclass(frozen=True)
class AreaFilter:
    """Areas of one kind, of which a request must lie in one."""

    kind: str
    codes: tuple[str, ...]
    ids: frozenset[int]


@dataclass(frozen=True)
class Filters:
    """Which requests are meant. ``since`` and ``until`` are moments, the second one exclusive.

    ``states``, ``channels`` and ``departments`` are the staff's alone. ``given`` is the query that says the same.
    """

    codes: Codes
    services: frozenset[int] | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    areas: tuple[AreaFilter, ...] = ()
    cells: tuple[Cell, ...] | None = None
    within: tuple[Cell, ...] | None = None  # of the view that asks, besides
    count: str = "incidents"
    states: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def of_staff_alone(self) -> bool:
        return bool(self.states or self.channels or self.departments)

    def query(self, **more: str) -> str:
        """The same filters as a query string, with more names."""
        return urlencode([*self.given, *more.items()])


NAMES = ("service_code", "group", "status", "requested_from", "requested_to", "area", "cells", "count")
NAMES_OF_STAFF = ("state", "channel", "department")


def parse(query: Query, codes: Codes, run: Run) -> Filters:
    """The filters of an address. BadFilter with a sentence for whatever cannot be meant."""
    staff = codes.audience == Audience.STAFF
    names = (*NAMES, *NAMES_OF_STAFF) if staff else NAMES
    given = tuple((name, value) for name in names for value in query.getlist(name) if value.strip())
    values: dict[str, list[str]] = {name: [] for name in names}
    for name, value in given:
        values[name] += [part.strip() for part in value.split(",") if part.strip()]
    since, until = _moments(values, codes)
    return Filters(
        codes=codes,
        services=_services(values, codes),
        status=None if (status := _one_of("status", values["status"], STATUSES)) == "all" else status,
        since=since,
        until=until,
        areas=_areas(values["area"], codes, run),
        cells=tuple(one for text in _few(values["cells"]) for one in _cells(text)) if values["cells"] else None,
        count=_one_of("count", values["count"], COUNTS) or "incidents",
        given=given,
        **_of_staff(values) if staff else {},
    )


def _of_staff(values: Mapping[str, list[str]]) -> dict[str, Any]:
    return {"states": tuple(values["state"]), "channels": tuple(values["channel"]),
            "departments": tuple(values["department"])}  # fmt: skip


def _services(values: Mapping[str, list[str]], codes: Codes) -> frozenset[int] | None:
    if not values["service_code"] and not values["group"]:
        return None
    found: set[int] = set()
    for code in values["service_code"]:
        if code not in codes.services:
            raise BadFilter(f"No service with code '{code[:60]}'; GET /open311/v2/services.json lists the codes.")
        found.add(codes.services[code])
    for code in values["group"]:
        if code not in codes.groups:
            raise BadFilter(f"No group '{code[:60]}'; there are: {', '.join(sorted(codes.groups))}.")
        found |= codes.groups[code]
    return frozenset(found)


def _one_of(name: str, values: Sequence[str], allowed: Sequence[str]) -> str | None:
    if not values:
        return None
    if len(values) > 1 or values[0] not in allowed:
        raise BadFilter(f"{name}={','.join(values)[:60]} is not possible: one of {', '.join(allowed)}.")
    return values[0]


def _moments(values: Mapping[str, list[str]], codes: Codes) -> tuple[datetime | None, datetime | None]:
    since = _moment("requested_from", values["requested_from"], codes, end=False)
    until = _moment("requested_to", values["requested_to"], codes, end=True)
    if since and until and since >= until:
        raise BadFilter("requested_from lies after requested_to. Exchange them.")
    return since, until


def _moment(name: str, values: Sequence[str], codes: Codes, *, end: bool) -> datetime | None:
    """The moment that a local day begins, or ends; or a date-time with its zone, inclusive to the microsecond."""
    if not values:
        return None
    text = values[0].replace(" ", "+")  # a plus sign that was not escaped
    try:
        if len(text) == len("2026-11-22"):
            day = _within(name, date.fromisoformat(text))
            return codes.midnight(day + timedelta(days=1) if end else day)
        moment = datetime.fromisoformat(text)
        _within(name, moment.date())
        if moment.tzinfo is None:
            raise BadFilter(f"{name}={text[:60]} has no time zone. Give a day (2026-11-22), or add Z or -08:00.")
        return moment + timedelta(microseconds=1) if end else moment
    except (ValueError, OverflowError) as error:
        raise BadFilter(f"{name}={text[:60]} is no date. Write a day like 2026-11-22.") from error


def _within(name: str, day: date) -> date:
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise BadFilter(f"{name}={day} lies outside of the years {_YEARS[0]} to {_YEARS[1]}.")
    return day


def _areas(values: Sequence[str], codes: Codes, run: Run) -> tuple[AreaFilter, ...]:
    by_kind: dict[str, dict[str, int]] = {}
    for text in values:
        kind, colon, code = text.partition(":")
        found = area_id(run, codes, kind, code) if colon else None
        if found is None:
            raise BadFilter(f"area={text[:80]} names no area. Write KIND:CODE, like neighborhood:old-town.")
        by_kind.setdefault(kind, {})[code] = found
    if len(by_kind) > AREA_GROUPS:
        raise BadFilter(f"{len(by_kind)} kinds of area are too many: name areas of at most {AREA_GROUPS} kinds.")
    return tuple(AreaFilter(kind, tuple(areas), frozenset(areas.values())) for kind, areas in sorted(by_kind.items()))


def _few(cells: Sequence[str]) -> Sequence[str]:
    if len(cells) > _MOST_CELLS:
        raise BadFilter(f"{len(cells)} cells are too many for one address: at most {_MOST_CELLS}.")
    return cells


def _cells(text: str) -> tuple[Cell, ...]:
    found = parsed(text)
    if found is None:
        raise BadFilter(f"cells={text[:60]} is no cell. Take the ids that /map/summary gives: zoom.column.row.")
    return found.cells
