"""/performance/: Year to Date Requests, contacts by channel and year, and both as files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import words
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.queries import ServiceRequestQuerySet
from geoserver_app.measure.asked import Report, report
from geoserver_app.measure.counted import Contacts, Group, Line, contacts, summed, year_to_date
from geoserver_app.work.sight import visible_to


@requires(Capability.MEASURE)
@never_cache
@require_safe
def performance(request: HttpRequest) -> HttpResponse:
    """GET /performance/?requested_from=&requested_to=&printed=&fiscal_month="""
    desk = desk_of(request)
    asked = _asked(request, desk)
    groups = _groups(desk, asked)
    counted = contacts(_requests(desk), desk.zone)
    context = {
        "desk": desk, "asked": asked, "groups": groups, "months": MONTHS.items(),
        "total": summed("", [group.total for group in groups], asked),
        "contacts": counted, "rows": _named(counted), "sum": sum(counted.totals),
        "whole": all(scope.sensitive for scope in desk.rights.scopes_for(Capability.MEASURE)),
        "sheet": _address(request, "performance_csv", asked.parameters),
        "contacts_sheet": _address(request, "performance_contacts_csv", {}),
    }  # fmt: skip
    return render(request, "measure/performance.html", context)


@requires(Capability.MEASURE)
@never_cache
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """GET /performance/requests.csv: the first table, with the same parameters."""
    desk = desk_of(request)
    asked = _asked(request, desk)
    head = ("department", "service_code", "service_name", *asked.columns, "running_average")
    rows = [_cells(group, line) for group in _groups(desk, asked) for line in group.lines]
    return _file(f"requests-{asked.printed}.csv", [head, *rows])


@requires(Capability.MEASURE)
@never_cache
@require_safe
def contacts_sheet(request: HttpRequest) -> HttpResponse:
    """GET /performance/contacts.csv: the second table."""
    desk = desk_of(request)
    counted = contacts(_requests(desk), desk.zone)
    rows = [(one, ServiceRequest.Channel(one).label, *numbers, sum(numbers)) for one, numbers in counted.rows]
    return _file("contacts.csv", [("channel", "name", *counted.years, "total"), *rows])


def _asked(request: HttpRequest, desk: Desk) -> Report:
    return report(request.GET, desk.jurisdiction.local_date(desk.at))


def _requests(desk: Desk) -> ServiceRequestQuerySet:
    """The reports whose departments this person may measure."""
    own = ServiceRequest.objects.filter(jurisdiction=desk.jurisdiction)
    return visible_to(own, desk.rights, Capability.MEASURE)


def _groups(desk: Desk, asked: Report) -> list[Group]:
    return year_to_date(_requests(desk), asked, desk.zone, desk.language)


def _named(counted: Contacts) -> list[tuple[str, tuple[int, ...], int]]:
    return [(str(words.CHANNELS[channel]), numbers, sum(numbers)) for channel, numbers in counted.rows]


def _cells(group: Group, line: Line) -> tuple[Any, ...]:
    return group.name, line.code, line.name, *line.counts.values(), f"{line.average}.00"


def _address(request: HttpRequest, name: str, parameters: Mapping[str, str]) -> str:
    """An address of these pages; it stays in the jurisdiction that the present one names."""
    query = QueryDict(mutable=True)
    query.update(parameters)
    if request.GET.get("jurisdiction"):
        query["jurisdiction"] = request.GET["jurisdiction"]
    return f"{reverse(name)}?{query.urlencode()}" if query else reverse(name)


def _file(name: str, rows: Iterable[Iterable[object]]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(answer).writerows(rows)
    return answer
