"""Which days a report counts: a range, the years to its print date, and the twelve months before that."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from layers.errors import OneMapError

FISCAL_MONTH = 7  # the month in which the fiscal year of California's cities begins
LONGEST_YEARS = 10


class NotAReport(OneMapError):
    """Days of a report that are none, or make no sense."""


@dataclass(frozen=True)
class Stretch:
    """Local days, both included; moments are those at which they begin and have ended."""

    first: date
    last: date

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        return datetime.combine(self.first, time(), zone), datetime.combine(self.last + timedelta(days=1), time(), zone)


@dataclass(frozen=True)
class Report:
    """What is asked for. The print date ends every column but the range."""

    chosen: Stretch
    printed: date
    fiscal_month: int

    @property
    def calendar(self) -> Stretch:
        """From New Year to the print date."""
        return Stretch(date(self.printed.year, 1, 1), self.printed)

    @property
    def fiscal(self) -> Stretch:
        """From the beginning of the fiscal year to the print date."""
        begun = self.printed.month >= self.fiscal_month
        return Stretch(date(self.printed.year - (not begun), self.fiscal_month, 1), self.printed)

    @property
    def twelve_months(self) -> Stretch:
        """The year that ends on the print date: from the day after the same day a year before."""
        before = self.printed.year - 1
        day = min(self.printed.day, monthrange(before, self.printed.month)[1])
        return Stretch(date(before, self.printed.month, day) + timedelta(days=1), self.printed)

    @property
    def columns(self) -> Mapping[str, Stretch]:
        """The counted columns by name, in their order."""
        return {
            "in_range": self.chosen, "calendar_year": self.calendar, "fiscal_year": self.fiscal,
            "twelve_months": self.twelve_months,
        }  # fmt: skip

    @property
    def parameters(self) -> dict[str, str]:
        """The address that asks the same."""
        return {
            "requested_from": self.chosen.first.isoformat(), "requested_to": self.chosen.last.isoformat(),
            "printed": self.printed.isoformat(), "fiscal_month": str(self.fiscal_month),
        }  # fmt: skip


def report(query: QueryDict, today: date) -> Report:
    """The address's report: usually of the last whole month, printed today. NotAReport with a sentence."""
    printed = _day(query, "printed", today)
    ends = printed.replace(day=1) - timedelta(days=1)
    last = _day(query, "requested_to", ends)
    first = _day(query, "requested_from", last.replace(day=1))
    if first > last:
        raise NotAReport(_("requested_from lies after requested_to. Exchange them."))
    if (last - first).days > LONGEST_YEARS * 366:
        raise NotAReport(_("A range of more than %(years)s years is too long.") % {"years": LONGEST_YEARS})
    return Report(Stretch(first, last), printed, _month(query))


def _day(query: QueryDict, name: str, usual: date) -> date:
    text = query.get(name, "").strip()
    try:
        found = parse_date(text) if text else usual
    except ValueError:
        found = None
    if found is None or not 1990 <= found.year <= 2200:
        raise NotAReport(_("%(name)s=%(value)s is no day: write 2026-11-19.") % {"name": name, "value": text[:40]})
    return found


def _month(query: QueryDict) -> int:
    text = query.get("fiscal_month", "").strip() or str(FISCAL_MONTH)
    if not text.isascii() or not text.isdigit() or len(text) > 2 or not 1 <= int(text) <= 12:
        raise NotAReport(_("fiscal_month=%s is no month: a number from 1 to 12.") % text[:40])
    return int(text)
