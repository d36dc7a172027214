"""What somebody asked the register for: how many incidents in how many days, at what kind of place, of what, where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from geoserver_app.accounts.roles import Capability
from geoserver_app.analyse.repeat import PlaceKind, countable
from geoserver_app.console.desk import Desk
from geoserver_app.console.filters import Filters
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.queries import ServiceRequestQuerySet
from geoserver_app.work.sight import visible_to
from layers.errors import OneMapError

LEAST, MOST = 2, 1000
DAYS, LONGEST_DAYS = 365, 3660
INCIDENTS = 3


class NotANumber(OneMapError):
    """A number of the register's question is none, or makes no sense."""


@dataclass(frozen=True)
class Asked:
    """A question to the register; ``until`` is its last local day, ``kind`` None for every kind of place."""

    least: int
    days: int
    until: date
    kind: PlaceKind | None
    filters: Filters
    page: int

    @classmethod
    def of(cls, query: QueryDict, desk: Desk) -> Asked:
        """The address's own parameters. NotANumber for one that is none."""
        today = desk.jurisdiction.local_date(desk.at)
        given = {name: query.get(name, "").strip()[:100] for name in ("group", "service_code", "area")}
        place = query.get("place", "")
        return cls(
            least=_number(query, "incidents", INCIDENTS, LEAST, MOST),
            days=_number(query, "days", DAYS, 1, LONGEST_DAYS),
            until=_day(query, today),
            kind=PlaceKind(place) if place in set(PlaceKind) else None,
            filters=Filters(**{name: value.replace("\0", "") for name, value in given.items()}),
            page=_number(query, "page", 1, 1, 10_000),
        )

    @property
    def kinds(self) -> tuple[PlaceKind, ...]:
        return (self.kind,) if self.kind else tuple(PlaceKind)

    @property
    def since(self) -> date:
        """The first day that counts."""
        return self.until - timedelta(days=self.days - 1)

    def requests(self, desk: Desk, capability: Capability = Capability.SEE_REQUESTS) -> ServiceRequestQuerySet:
        """The requests to count: what the question names, of those that this person may see (or take away)."""
        own = ServiceRequest.objects.filter(jurisdiction=desk.jurisdiction)
        narrowed = self.filters.narrow(visible_to(own, desk.rights, capability), desk.jurisdiction)
        return countable(narrowed, _midnight(self.since, desk), _midnight(self.until + timedelta(days=1), desk))

    def parameters(self, **changes: object) -> Mapping[str, str]:
        """The parameters of the address that asks the same, with some changed; what is usual is left out."""
        usual = {"incidents": INCIDENTS, "days": DAYS, "page": 1}
        asked = {
            "incidents": self.least, "days": self.days, "requested_to": self.until.isoformat(),
            "place": self.kind.value if self.kind else "", **self.filters.given, "page": self.page, **changes,
        }  # fmt: skip
        return {name: str(value) for name, value in asked.items() if value and usual.get(name) != value}


def _number(query: QueryDict, name: str, usual: int, least: int, most: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or len(text) > 6 or not least <= int(text) <= most:
        values = {"name": name, "value": text[:40], "least": least, "most": most}
        raise NotANumber(_("%(name)s=%(value)s does not fit: a whole number from %(least)s to %(most)s.") % values)
    return int(text)


def _day(query: QueryDict, today: date) -> date:
    text = query.get("requested_to", "").strip()
    try:
        found = parse_date(text) if text else today
    except ValueError:
        found = None
    if found is None or not 1990 <= found.year <= today.year + 1:
        raise NotANumber(_("requested_to=%s is no day: write 2026-11-19.") % text[:40])
    return found


def _midnight(day: date, desk: Desk) -> datetime:
    return datetime.combine(day, time.min, desk.zone)
