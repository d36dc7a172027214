"""Counts reports: by service in stretches of days, by channel and year. What may be counted is handed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import OperationalError
from django.db.models import Count, DateTimeField, Func, IntegerField, Max, Min, Q, Value

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.queries import ServiceRequestQuerySet
from geoserver_app.measure.asked import Report
from geoserver_app.published import access, reader

MONTHS = 12


class _Stretch(Func):
    """Which stretch a moment lies in, 1 for the first: looked up among their beginnings, as an index has the moment.

    A year by the local clock would be worked out for each row, at several times the price.
    """

    function = "width_bucket"
    output_field = IntegerField()

    def __init__(self, moment: str, begins: Sequence[datetime]) -> None:
        super().__init__(moment, Value(list(begins), output_field=ArrayField(DateTimeField())))


@dataclass(frozen=True)
class Line:
    """A service, or a sum, with its counts by column."""

    code: str
    name: str
    counts: Mapping[str, int]

    @property
    def average(self) -> int:
        return running_average(self.counts["fiscal_year"])


@dataclass(frozen=True)
class Group:
    """A department with its services that were asked for at all, and their sum."""

    code: str
    name: str
    lines: tuple[Line, ...]
    total: Line


@dataclass(frozen=True)
class Contacts:
    """Reports by channel (rows, in the order of their list) and local year (columns)."""

    years: tuple[int, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(column) for column in zip(*(numbers for _, numbers in self.rows), strict=True))


def running_average(to_date: int) -> int:
    """The source's running average: a twelfth of the year to date, cut off (480 gives 40, 28 gives 2)."""
    return to_date // MONTHS


def year_to_date(requests: ServiceRequestQuerySet, report: Report, zone: ZoneInfo, language: str) -> list[Group]:
    """The report by department and service, both by name; services that nobody asked for are left out."""
    found = by_service(requests, report, zone)
    services = Service.objects.filter(pk__in=found).select_related("department")
    by_department: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for one in services:
        department = one.department.name_in(language), one.department.code
        by_department[department].append(Line(one.code, one.name_in(language), found[one.pk]))
    return [
        Group(code, name, tuple(sorted(lines, key=lambda line: (line.name, line.code))), summed(name, lines, report))
        for (name, code), lines in sorted(by_department.items())
    ]


def summed(name: str, lines: list[Line], report: Report) -> Line:
    """The sum of some lines; its average is a twelfth of the sum, not a sum of averages."""
    return Line("", name, {column: sum(line.counts[column] for line in lines) for column in report.columns})


def by_service(requests: ServiceRequestQuerySet, report: Report, zone: ZoneInfo) -> dict[int, dict[str, int]]:
    """Of each service that was asked for in any column the reports in each. One statement, over those days alone."""
    within = {name: _within(*stretch.moments(zone)) for name, stretch in report.columns.items()}
    anywhere = Q()
    for condition in within.values():
        anywhere |= condition
    # A service is never null, and stands in the index of the moments.
    counts = {name: Count("service", filter=condition) for name, condition in within.items()}
    rows = requests.filter(anywhere).order_by().values("service").annotate(**counts)
    with _bounded():
        return {row.pop("service"): dict(row) for row in rows}


def contacts(requests: ServiceRequestQuerySet, zone: ZoneInfo) -> Contacts:
    """Every report by its channel and the local year in which it was made; all of it out of the index by time."""
    with _bounded():
        years = _years(requests, zone)
        if not years:
            return Contacts((), ())
        begins = [datetime(year, 1, 1, tzinfo=zone) for year in years]
        rows = requests.order_by().annotate(at=_Stretch("requested_datetime", begins)).values("channel", "at")
        found = {(row["channel"], years[row["at"] - 1]): row["number"] for row in rows.annotate(number=Count("*"))}
    channels = [one for one in ServiceRequest.Channel if any((one.value, each) in found for each in years)]
    return Contacts(years, tuple((one.value, tuple(found.get((one.value, y), 0) for y in years)) for one in channels))


def _years(requests: ServiceRequestQuerySet, zone: ZoneInfo) -> tuple[int, ...]:
    """The local years from the first report to the last."""
    ends = requests.aggregate(first=Min("requested_datetime"), last=Max("requested_datetime"))
    if ends["first"] is None:
        return ()
    first, last = (ends[name].astimezone(zone).year for name in ("first", "last"))
    return tuple(range(first, last + 1))


def _within(since: object, until: object) -> Q:
    return Q(requested_datetime__gte=since, requested_datetime__lt=until)


@contextmanager
def _bounded() -> Iterator[None]:
    """A report may take its time, but not for ever."""
    try:
        with access.of_staff(longest_ms=access.EXPORT_MS):
            yield
    except OperationalError as error:  # Django's words for a statement that was cut off
        raise reader.TooMuch(reader.TOO_MUCH) from error
