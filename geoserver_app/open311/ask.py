"""What a program asks: its parameters read with care, and the jurisdiction that it means."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_datetime

from geoserver_app.open311.document import Form
from geoserver_app.open311.errors import bad, unknown
from geoserver_app.org.models import CityHall
from layers.models import Jurisdiction

LONGEST = 250
EARLIEST_YEAR, LATEST_YEAR = 1900, 9000
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)")
# A "+" that nobody percent-encoded arrives as a blank.
_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{0,20})?(?:[eE][+-]?\d)?")


@dataclass(frozen=True)
class Ask:
    """One call. ``form`` is that of the answer; ``at`` the moment of the call; ``sent`` holds its parameters."""

    http: HttpRequest
    form: Form
    at: datetime
    sent: QueryDict

    @cached_property
    def jurisdiction(self) -> Jurisdiction:
        """The jurisdiction that is meant: 404 for one that is not here, 400 where there are several and none is named.

        Named by its code, or by one of the city's host names, as the specification suggests.
        """
        named = self.text("jurisdiction_id") or self.text("jurisdiction") or self._in_address("jurisdiction_id")
        known = Jurisdiction.objects.select_related("city_hall").defer("outline").order_by("code")
        if named:
            return _named(named, list(known))
        first = list(known[:2])
        if len(first) != 1:
            codes = ", ".join(known.values_list("code", flat=True)) or "none yet"
            raise bad(f"jurisdiction_id is missing. This endpoint serves several: {codes}.")
        return first[0]

    def _in_address(self, name: str) -> str:
        return plain(self.http.GET.get(name, "")).strip()[:LONGEST]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.jurisdiction.time_zone)

    @cached_property
    def language(self) -> str:
        """``lang``, where it is a language of ours; else the city's first."""
        asked = self.text("lang")
        if asked in dict(settings.LANGUAGES):
            return asked
        hall: CityHall | None = getattr(self.jurisdiction, "city_hall", None)
        return hall.languages[0] if hall else "en"

    @property
    def extended(self) -> bool:
        """Whether more was asked for than the specification has: ``extensions=true``."""
        return self.text("extensions").lower() in {"true", "1", "yes"}

    def text(self, name: str) -> str:
        """A parameter as one line; empty where it was not sent, which is the same."""
        return " ".join(plain(self.sent.get(name, "")).split())[:LONGEST]

    def words(self, name: str) -> list[str]:
        """A parameter that holds several values, separated by commas or sent several times."""
        parts = [part.strip() for value in self.sent.getlist(name) for part in plain(value).split(",")]
        return list(dict.fromkeys(part for part in parts if part))

    def number(self, name: str) -> float | None:
        """A number, or None where none was sent."""
        text = self.text(name)
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise bad(f"{name} '{text[:40]}' is not a number, such as 36.0012.")
        return float(text)

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number between two, or None where none was sent."""
        text = self.text(name)
        if not text:
            return None
        if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
            raise bad(f"{name} '{text[:40]}' must be a whole number from {least} to {most}.")
        return int(text)

    def moment(self, name: str) -> datetime | None:
        """A moment with its zone, or None where none was sent."""
        text = _LOST_PLUS.sub(r"+\1", self.text(name))
        if not text:
            return None
        found = _parsed(text) if _MOMENT.fullmatch(text) else None
        if found is None:
            raise bad(
                f"{name} '{text[:40]}' is no moment with a time zone. Write it like 2026-05-24T00:00:00Z or "
                "2026-05-24T00:00:00-07:00 (a + as %2B)."
            )
        return found


def _parsed(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
        # Room on either side, so that no arithmetic with zones or windows runs off the calendar.
        return found if found and EARLIEST_YEAR <= found.year <= LATEST_YEAR else None
    except ValueError:
        return None


def _named(name: str, known: list[Jurisdiction]) -> Jurisdiction:
    for one in known:
        hall: CityHall | None = getattr(one, "city_hall", None)
        if name in {one.code, *(_domains(hall.host_names) if hall else ())}:
            return one
    codes = ", ".join(one.code for one in known) or "none yet"
    raise unknown(f"There is no jurisdiction '{name[:60]}' here; there are: {codes}.")


def _domains(hosts: list[str]) -> list[str]:
    return [*hosts, *(host.removeprefix("www.") for host in hosts)]


def plain(text: str) -> str:
    """A text without control characters but line breaks and tabs, composed; the database holds no NUL."""
    kept = (one for one in text if one in "\n\r\t" or unicodedata.category(one) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", "".join(kept))


def window(day: datetime, days: int) -> datetime:
    """A moment some days (of 24 hours) later; negative for earlier."""
    return day + timedelta(days=days)
