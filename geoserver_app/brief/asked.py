"""Since when a page counts: a local day in the address, thirty days ago where it says none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from layers.errors import OneMapError
from layers.models import Jurisdiction

USUAL_DAYS, LONGEST_DAYS, YEAR_DAYS = 30, 366, 365


class NotADay(OneMapError):
    """A day that is none, or lies where nothing can be counted from."""


@dataclass(frozen=True)
class Since:
    """Days of a place: the first one that counts, and today; moments are local midnights."""

    day: date
    today: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        """How many days there are, both ends included."""
        return (self.today - self.day).days + 1

    @property
    def moment(self) -> datetime:
        return self.midnight(self.day)

    @property
    def before(self) -> date:
        """The first of as many days before."""
        return self.day - timedelta(days=self.days)

    @property
    def year_ago(self) -> datetime:
        """The beginning of the twelve months that paces and repeat places look at."""
        return self.midnight(self.today - timedelta(days=YEAR_DAYS - 1))

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


def since(query: QueryDict, jurisdiction: Jurisdiction, at: datetime) -> Since:
    """The address's ``since``; NotADay for one that is no day, lies ahead, or more than a year back."""
    today, text = jurisdiction.local_date(at), query.get("since", "").strip()
    try:
        day = parse_date(text) if text else today - timedelta(days=USUAL_DAYS - 1)
    except ValueError:
        day = None
    if day is None or not today - timedelta(days=LONGEST_DAYS) <= day <= today:
        said = {"since": text[:40], "first": today - timedelta(days=LONGEST_DAYS), "today": today}
        raise NotADay(_("since=%(since)s does not fit: a day from %(first)s to %(today)s.") % said)
    return Since(day, today, ZoneInfo(jurisdiction.time_zone))
