"""Days and times as people write them in a language, by the clock of the city."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import dateformat, translation

from geoserver_app.notify.phrases import entry, phrase, spoken


def full(at: datetime, language: str, zone: ZoneInfo, now: datetime) -> str:
    """ "Monday, November 23, at 7:00 a.m."; with the year where it is not this one."""
    local = at.astimezone(zone)
    this_year = local.year == now.astimezone(zone).year
    day = _written(local, "day" if this_year else "day_with_year", language)
    return f"{day} {_clock(local, language)}"


def when(at: datetime, language: str, zone: ZoneInfo, now: datetime) -> str:
    """The same as part of a sentence: "on Monday, ...", or "today at 7:00 a.m.", or "tomorrow at ..."."""
    local = at.astimezone(zone)
    ahead = local.date() - now.astimezone(zone).date()
    near = {timedelta(0): "today", timedelta(days=1): "tomorrow"}.get(ahead)
    if near:
        return phrase(language, f"moments.{near}", clock=_clock(local, language))
    return phrase(language, "moments.on", moment=full(at, language, zone, now))


def stamp(at: datetime, language: str, zone: ZoneInfo) -> str:
    """ "November 23, 2026, 7:00 a.m.", for a list of facts."""
    return _written(at.astimezone(zone), "stamp", language)


def _clock(local: datetime, language: str) -> str:
    # One o'clock is singular in Spanish: a la 1:00, a las 7:00.
    return _written(local, "at_one" if local.hour % 12 == 1 else "at", language)


def _written(local: datetime, form: str, language: str) -> str:
    with translation.override(spoken(language)):
        return dateformat.format(local, entry(language, f"moments.{form}"))
