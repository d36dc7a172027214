"""Until when a request is due: the service's level counted on the office's calendar, from when the resident asked.

Nothing stops the clock: not handing on, not a referral. A reopened request gets a new deadline from its reopening, a
request whose service changes gets the new service's, from the same start.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.org.calendar import OfficeCalendar, Unit


def due(service: Service, start: datetime, calendar: OfficeCalendar) -> datetime:
    """Open311's ``expected_datetime`` of a request made at ``start``. NeverOpen where the office has no hours."""
    return calendar.deadline(start, service.due_amount, cast(Unit, service.due_unit))


@dataclass(frozen=True)
class Clock:
    """How a request stands against its deadline at a moment.

    ``open_time`` is the office's time that is left, or that has gone by since where ``is_late``. ``stopped_at`` is when
    the field action was taken, or it was closed without one: then the clock shows how it ended.
    """

    due_at: datetime
    stopped_at: datetime | None
    is_late: bool
    open_time: timedelta


def clock(request: ServiceRequest, at: datetime, calendar: OfficeCalendar) -> Clock | None:
    """The clock of one request; None where it has no deadline."""
    if request.expected_datetime is None:
        return None
    stopped = request.field_action_at or request.closed_at
    now = stopped or at
    late = now > request.expected_datetime
    first, last = sorted((now, request.expected_datetime))
    return Clock(request.expected_datetime, stopped, late, calendar.open_time_between(first, last))
