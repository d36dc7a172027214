"""Deadlines of many requests at once, in the database: the same as ``deadlines.due`` gives for each."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, cast

from django.db import connection
from psycopg.sql import SQL, Identifier

from geoserver_app.catalog.models import Service
from geoserver_app.org.calendar import OfficeCalendar, Opening, Unit

_SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


def fill_due(batch: str, *, calendar: OfficeCalendar, jurisdiction_id: int) -> int:
    """Writes ``expected_datetime`` of every row of a table; how many rows it was.

    ``batch`` names a table of this transaction with the columns service_id, requested_datetime and
    expected_datetime, all of one jurisdiction, whose calendar it is. NeverOpen where the office has no hours.
    """
    table = Identifier(batch)
    with connection.cursor() as cursor:
        cursor.execute(SQL("select min(requested_datetime), max(requested_datetime) from {}").format(table))
        first, last = cursor.fetchone()
        if first is None:
            return 0
        openings = _openings(calendar, first, last, jurisdiction_id)
        cursor.execute(SQL(cast(Any, _SQL)).format(batch=table), _arrays(openings, calendar))
        written = cursor.rowcount
        _fill_rest(cursor, table, calendar)
    return int(written)


def _fill_rest(cursor: Any, table: Identifier, calendar: OfficeCalendar) -> None:
    """The few that end in the night in which clocks change, one by one."""
    cursor.execute(
        SQL(
            "select b.ctid::text, b.requested_datetime, s.due_amount, s.due_unit"
            " from {} b join catalog_service s on s.id = b.service_id where b.expected_datetime is null"
        ).format(table)
    )
    for row, start, amount, unit in cursor.fetchall():
        cursor.execute(
            SQL("update {} set expected_datetime = %s where ctid = %s::tid").format(table),
            [calendar.deadline(start, amount, unit), row],
        )


def _openings(calendar: OfficeCalendar, first: datetime, last: datetime, jurisdiction_id: int) -> list[Opening]:
    """All openings that a deadline of a request between two moments can fall into."""
    longest = max(
        (calendar.deadline(last, amount, cast(Unit, unit)) for unit, amount in _longest_levels(jurisdiction_id)),
        default=last,
    )
    # A deadline grows with its start, so none is later than the longest one of the last request.
    return list(calendar.openings(calendar.day_of(first), calendar.day_of(longest) + timedelta(days=1)))


def _longest_levels(jurisdiction_id: int) -> list[tuple[str, int]]:
    levels: dict[str, int] = {}
    services = Service.objects.filter(jurisdiction=jurisdiction_id).values_list("due_unit", "due_amount")
    for unit, amount in services:
        levels[unit] = max(amount, levels.get(unit, 0))
    return sorted(levels.items())


def _arrays(openings: list[Opening], calendar: OfficeCalendar) -> dict[str, Any]:
    lengths = [opening.closes - opening.opens for opening in openings]
    days = [list(of_day) for _, of_day in groupby(openings, key=lambda one: calendar.day_of(one.opens))]
    return {
        "zone": calendar.zone.key,
        "opens": [opening.opens for opening in openings],
        "closes": [opening.closes for opening in openings],
        "until": list(accumulate(lengths)),
        "day": [number for number, of_day in enumerate(days, 1) for _ in of_day],
        "day_closes": [of_day[-1].closes for of_day in days],
    }
