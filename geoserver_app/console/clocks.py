"""Moments and spans of time as the console says them: short, in the office's own zone, in the page's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as date_words
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.site.office import clock as time_words
from geoserver_app.work.deadlines import Clock
from geoserver_app.work.queue import NEARLY_DUE

# What an old system left open waits for years: nobody counts that in hours, or in days.
HOURS_UP_TO_DAYS, YEARS_FROM_DAYS = 100, 730


def span(length: timedelta) -> str:
    """ "8 y 10 mo", "340 d", "3 d 4 h", "2 h 10 min", "5 min"; the two largest units say enough."""
    minutes = int(length.total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days >= YEARS_FROM_DAYS:
        return _years(days)
    if days >= HOURS_UP_TO_DAYS:
        return _("%s d") % days
    if days:
        return _("%(days)s d %(hours)s h") % {"days": days, "hours": hours} if hours else _("%s d") % days
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest} if rest else _("%s h") % hours
    return _("%s min") % max(minutes, 1)


def _years(days: int) -> str:
    years, months = days // 365, days % 365 * 12 // 365
    return _("%(years)s y %(months)s mo") % {"years": years, "months": months} if months else _("%s y") % years


def office_span(length: timedelta) -> str:
    """Hours in which the office was open: "22 h", "40 min"; never days, since an office day has no common length."""
    minutes = int(length.total_seconds() // 60)
    if minutes >= 600:
        return _("%s h") % number_format(round(minutes / 60), force_grouping=True)
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    return _("%s h") % hours if hours else _("%s min") % minutes


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """ "today 6:00 p.m.", "Thu Nov 19, 6:00 p.m."; with the year where it is another one."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    ahead = (local.date() - today).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get(ahead)
    if near:
        return f"{near} {time_words(local.time())}"
    # Translators: Django's date format of a day in this year, then of one in another year.
    form = pgettext("date format", "D M j") if local.year == today.year else pgettext("date format", "M j, Y")
    return f"{date_words(local, form)}, {time_words(local.time())}"


@dataclass(frozen=True)
class ClockWords:
    """A clock in words. ``sign`` names the symbol, so that color is never the only thing that tells.

    ``office`` is the office's time that is left or gone by, ``detail`` that with the deadline itself.
    """

    sign: str
    short: str
    detail: str = ""
    office: str = ""


def clock_words(request: ServiceRequest, clock: Clock | None, zone: ZoneInfo, now: datetime) -> ClockWords:
    """How a request stands against its deadline."""
    if clock is None:
        ended = request.status == "closed"
        return ClockWords("ended" if ended else "none", _("Closed") if ended else _("No deadline"))
    due, office = moment(clock.due_at, zone, now), office_span(clock.open_time)
    if clock.stopped_at is not None:
        return _stopped(request, clock, clock.stopped_at, due)
    values = {"office": office, "due": due}
    said = _("%s of office time") % office
    if clock.is_late:
        late = _("Overdue by %s") % span(now - clock.due_at)
        return ClockWords("overdue", late, _("was due %(due)s; %(office)s of office time") % values, said)
    left = clock.due_at - now
    sign = "soon" if left < NEARLY_DUE else "running"
    return ClockWords(sign, _("Due in %s") % span(left), _("%(due)s; %(office)s of office time") % values, said)


def _stopped(request: ServiceRequest, clock: Clock, stopped_at: datetime, due: str) -> ClockWords:
    sign = "ended" if request.status == "closed" else "acted"
    detail = _("was due %s") % due
    if clock.is_late:
        return ClockWords(sign, _("Done %s late") % span(stopped_at - clock.due_at), detail)
    return ClockWords(sign, _("Done in time"), detail)
