"""What is said of an area: opened, closed, open, the oldest, how long things take. Of the public set, incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from geoserver_app.brief.areas import Place
from geoserver_app.brief.asked import Since
from geoserver_app.catalog.models import Service
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Run
from geoserver_app.maps.words import readable
from geoserver_app.published import access
from geoserver_app.published.catalog_codes import codes
from geoserver_app.published.counting import View, counts
from geoserver_app.published.filters import AreaFilter, Filters

OLDEST = 10
DRAWN = 400  # open incidents that are drawn, the oldest first
PACES = 8
LONGEST_MS = 3_000
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Standing:
    """One open incident, as everybody sees it; degrees None where it stands on no map."""

    service_request_id: str
    service: str
    day: date
    days: int
    address: str
    lon: float | None
    lat: float | None

    @property
    def page(self) -> str:
        return f"/requests/{self.service_request_id}/"


@dataclass(frozen=True)
class Pace:
    """How long a service took in twelve months: the median in days and how many incidents it stands on."""

    service: str
    here: int
    here_days: float | None
    city: int
    city_days: float | None


@dataclass(frozen=True)
class Facts:
    """The figures of an area. ``before`` are those opened in as many days before."""

    since: Since
    opened: int
    before: int
    closed: int
    open: int
    as_of: datetime
    standing: tuple[Standing, ...]
    overall: Pace | None
    paces: tuple[Pace, ...]

    @property
    def oldest(self) -> tuple[Standing, ...]:
        return self.standing[:OLDEST]


def facts(place: Place, since: Since, language: str) -> Facts:
    """The figures of one moment, read as the public reads; TooMuch where they took longer than they may."""
    with access.of_public(longest_ms=LONGEST_MS) as run:
        asked = Filters(
            codes(run, Audience.PUBLIC, place.jurisdiction.pk),
            areas=(AreaFilter(place.pages.kind, (place.area.code,), frozenset({place.pk})),),
        )
        opened = counts(run, Audience.PUBLIC, replace(asked, since=since.moment), View())
        before = replace(asked, since=since.midnight(since.before), until=since.moment)
        is_open = counts(run, Audience.PUBLIC, replace(asked, status="open"), View())
        values = {"jurisdiction": place.jurisdiction.pk, "area": place.pk}
        closed = {**values, "since": since.moment, "until": since.midnight(since.today + timedelta(days=1))}
        standing = run(_text("open"), {**values, "limit": DRAWN})
        paces = run(_text("pace"), {**values, "since": since.year_ago})
        found = Facts(
            since=since,
            opened=opened.on_map + opened.off_map,
            before=_total(run, before),
            closed=run(_text("closed"), closed)[0][0],
            open=is_open.on_map + is_open.off_map,
            as_of=min(opened.as_of, is_open.as_of),
            standing=(),
            overall=None,
            paces=(),
        )
    return _in_words(found, standing, paces, _names(place, language), since)


def _total(run: Run, filters: Filters) -> int:
    found = counts(run, Audience.PUBLIC, filters, View())
    return found.on_map + found.off_map


def _in_words(found: Facts, standing: list[Any], paces: list[Any], names: Mapping[int, str], since: Since) -> Facts:
    told = [_pace(row, names) for row in paces if row[0] is not None and row[1]]
    overall = next((_pace(row, names) for row in paces if row[0] is None and row[3]), None)
    return replace(
        found,
        standing=tuple(_standing(row, names, since) for row in standing),
        overall=overall,
        paces=tuple(told[:PACES]),
    )


def _standing(row: tuple[Any, ...], names: Mapping[int, str], since: Since) -> Standing:
    number, service, at, address, lon, lat = row
    day = at.astimezone(since.zone).date()
    return Standing(number, names[service], day, (since.today - day).days, readable(address), lon, lat)


def _pace(row: tuple[Any, ...], names: Mapping[int, str]) -> Pace:
    service, here, here_s, city, city_s = row
    name = names[service] if service is not None else ""
    return Pace(name, here, _days(here_s), city, _days(city_s))


def _days(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 86_400


def _names(place: Place, language: str) -> dict[int, str]:
    rows = Service.objects.filter(jurisdiction=place.jurisdiction)
    return {one.pk: one.name_in(language) for one in rows}


@cache
def _text(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
