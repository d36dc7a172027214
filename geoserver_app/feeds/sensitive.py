"""/requests/sensitive/: how much was reported of sensitive services, by area and quarter, and never otherwise."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geoserver_app.catalog.models import Service
from geoserver_app.maps.contents import natural
from geoserver_app.published import access
from geoserver_app.published.filters import NAMES, NAMES_OF_STAFF, BadFilter
from geoserver_app.published.quarters import Quarter, ended
from geoserver_app.published.sensitive import AT_MOST, SETTLES_DAYS
from geoserver_app.published.sensitive_table import Area, Table, tables
from geoserver_app.site.jurisdiction import of_request
from layers.models import Jurisdiction

COLUMNS = ("area_kind", "area_code", "area_name", "quarter", "first_day", "incidents", "hidden")
_FILTERS = (*NAMES, *NAMES_OF_STAFF, "bbox", "z", "after", "draw")


@dataclass(frozen=True)
class Head:
    """A quarter at the top of a column."""

    months: str
    year: int


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: a number, or why there is none."""

    n: int | None
    why: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table as the page shows it, the newest quarter first; each row is its name and its cells."""

    kind: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    totals: tuple[Cell, ...]
    minimum: int


@require_safe
def page(http: HttpRequest) -> HttpResponse:
    """GET /requests/sensitive/: the newest two years. BadFilter for whoever asks for a part of it."""
    place, found = _asked(http, newest=AT_MOST)
    coming = _last_ended(place).next.next.first + timedelta(days=SETTLES_DAYS)
    context = {
        "sheets": [_sheet(one) for one in found], "services": _services(place), "coming": coming,
        "settles": SETTLES_DAYS,
    }  # fmt: skip
    return render(http, "feeds/sensitive.html", context)


@require_safe
def as_csv(http: HttpRequest) -> HttpResponse:
    """GET /requests/sensitive/counts.csv: everything that was ever published."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="sensitive.csv"'
    answer["Access-Control-Allow-Origin"] = "*"
    writer = csv.writer(answer)
    writer.writerow(COLUMNS)
    for table in _asked(http, newest=None)[1]:
        writer.writerows(_lines(table))
    return answer


def _asked(http: HttpRequest, *, newest: int | None) -> tuple[Jurisdiction, list[Table]]:
    narrowed = [name for name in _FILTERS if name in http.GET]
    if narrowed:
        said = {"names": ", ".join(narrowed)}
        raise BadFilter(_("This table is the same for everybody and takes no filters. Leave out: %(names)s.") % said)
    place = of_request(http)
    with access.of_public() as run:
        return place, tables(run, place.pk, get_language() or "en", through=_last_ended(place), newest=newest)


def _last_ended(place: Jurisdiction) -> Quarter:
    """The newest quarter that should be published by now."""
    return ended(place.local_date(timezone.now()), settles_days=SETTLES_DAYS, at_most=1)[0]


def _services(place: Jurisdiction) -> list[str]:
    language = get_language() or "en"
    found = Service.objects.filter(jurisdiction=place, sensitive=True).offered_on(place.local_date(timezone.now()))
    return sorted(one.name_in(language) for one in found)


def _sheet(table: Table) -> Sheet:
    newest_first = table.columns[::-1]
    quarters = [one.quarter for one in newest_first]
    few = {one.quarter: Cell(None, _("too few")) for one in newest_first if one.total is None}
    rows = sorted(table.areas, key=lambda area: natural(area.name))
    return Sheet(
        kind=table.kind_name,
        heads=tuple(Head(_months(one), one.first.year) for one in quarters),
        rows=tuple((area.name, tuple(few.get(one) or _cell(area, one) for one in quarters)) for area in rows),
        totals=tuple(few.get(one.quarter) or Cell(one.total) for one in newest_first),
        minimum=max(table.minimums),
    )


def _cell(area: Area, quarter: Quarter) -> Cell:
    if quarter not in area.cells:
        return Cell(None, "—")  # there was no such area then
    number = area.cells[quarter]
    return Cell(number) if number is not None else Cell(None, _("hidden"))


def _months(quarter: Quarter) -> str:
    return f"{date_format(quarter.first, 'M')}–{date_format(quarter.last, 'M')}"


def _lines(table: Table) -> Iterator[tuple[str, str, str, str, str, int | str, str]]:
    """The areas of each quarter that was published, then its total, whose area is empty."""
    for column in table.columns:
        if column.total is None:
            continue
        when = (column.quarter.code, column.quarter.first.isoformat())
        for area in table.areas:
            if column.quarter in area.cells:
                n = area.cells[column.quarter]
                yield table.kind, area.code, area.name, *when, "" if n is None else n, "yes" if n is None else "no"
        yield table.kind, "", "", *when, column.total, "no"
