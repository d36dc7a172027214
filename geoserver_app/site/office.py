"""What the header says about the office: its telephone, and whether somebody answers just now."""

import re
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.dateformat import format as date_words
from django.utils.dateformat import time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from geoserver_app.org.hours import DayGroup, OpenState, Stretch, state, weekly
from geoserver_app.org.models import CityHall


@dataclass(frozen=True)
class Office:
    """The office in words of the active language. ``hours`` has one line for each group of days."""

    telephone: str
    is_open: bool
    sentence: str
    hours: tuple[tuple[str, str], ...]


def office(hall: CityHall, time_zone: str, at: datetime) -> Office:
    """The office of a city hall at a moment (an aware datetime)."""
    week = [Stretch(row.weekday, row.opens, row.closes) for row in hall.hours.all()]
    holidays = {row.day: row for row in hall.holidays.all()}
    now = state(week, time_zone, at, holidays=holidays)
    today = holidays.get(now.at.date())
    said = sentence(now, today.name_in(get_language() or "en") if today else "") if week else ""
    lines = tuple((_days(group), _times(group)) for group in weekly(week)) if week else ()
    return Office(telephone=hall.telephone, is_open=now.is_open, sentence=said, hours=lines)


def sentence(now: OpenState, holiday: str = "") -> str:
    """ "Open now until 6:00 p.m.", "Closed today (Friday). Opens Monday 7:00 a.m.", in the active language.

    ``holiday`` is today's, where it is one: "Closed today (Thanksgiving)."
    """
    if now.open_until is not None:
        return _("Open now until %(time)s") % {"time": clock(now.open_until.time())}
    if now.closed_today:
        closed = _("Closed today (%(weekday)s).") % {"weekday": holiday or date_words(now.at, "l")}
    else:
        closed = _("Closed now.")
    return f"{closed} {_opening(now)}".strip()


def _opening(now: OpenState) -> str:
    if now.next_opening is None:
        return ""
    values = {"time": clock(now.next_opening.time()), "weekday": date_words(now.next_opening, "l")}
    if now.opens_later_today:
        return _("Opens today %(time)s") % values
    return _("Opens %(weekday)s %(time)s") % values


def clock(at: time) -> str:
    """A time of day as people here write it: 6:00 p.m."""
    return time_format(at, "g:i a")


def dialled(telephone: str) -> str:
    """A telephone number as a tel: address takes it; a ten-digit one gets the country code of North America."""
    digits = re.sub(r"[^\d+]", "", telephone)
    return f"+1{digits}" if re.fullmatch(r"\d{10}", digits) else digits


def _days(group: DayGroup) -> str:
    # 2024-01-01 was a Monday.
    first, last = (date_words(datetime(2024, 1, 1 + day), "l") for day in (group.first, group.last))  # noqa: DTZ001  a day, no moment
    return first if group.first == group.last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _times(group: DayGroup) -> str:
    if not group.stretches:
        return _("closed")
    return ", ".join(f"{clock(stretch.opens)} – {clock(stretch.closes)}" for stretch in group.stretches)
