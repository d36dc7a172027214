"""When somebody looks at a report: "City Hall is closed on Fridays. Somebody looks at it on Monday at 7:00"."""

from __future__ import annotations

from geoserver_app.notify import moments
from geoserver_app.notify.case import Case
from geoserver_app.notify.phrases import entry, phrase
from geoserver_app.org.models import Holiday


def who_looks_when(case: Case, language: str) -> str:
    """One or two sentences, by the office's hours and holidays at the moment of the case."""
    calendar, at = case.calendar, case.at
    if calendar.is_open(at):
        return phrase(language, "office.open")
    opening = moments.when(calendar.next_opening(at), language, case.zone, at)
    today = calendar.day_of(at)
    if today in calendar.holidays:
        return phrase(language, "office.closed_holiday", holiday=_holiday(case, language), opening=opening)
    if not calendar.is_open_day(today):
        weekday = entry(language, "weekdays")[today.weekday()]
        return phrase(language, "office.closed_weekday", weekday=weekday, opening=opening)
    return phrase(language, "office.closed_now", opening=opening)


def _holiday(case: Case, language: str) -> str:
    today = case.calendar.day_of(case.at)
    return Holiday.objects.get(city_hall=case.hall, day=today).name_in(language)
