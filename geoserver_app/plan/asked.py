"""What a planner asked for: the filters of everywhere, and besides the kind of area, the rate and the classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geoserver_app.console.desk import Desk
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Run
from geoserver_app.maps.contents import MapKind, map_kinds
from geoserver_app.published import access
from geoserver_app.published.catalog_codes import codes
from geoserver_app.published.chosen import Sight
from geoserver_app.published.filters import Filters, parse
from layers.errors import OneMapError

RATES: dict[str, str | Promise] = {
    "count": gettext_lazy("Number"),
    "residents": gettext_lazy("per 1,000 residents"),
    "street_km": gettext_lazy("per km of street"),
    "parcels": gettext_lazy("per 1,000 parcels"),
}
CLASSES: dict[str, str | Promise] = {
    "quantiles": gettext_lazy("as many areas in each"), "equal": gettext_lazy("equal steps"),
}  # fmt: skip
MONTHS = 12


class NotAPlan(OneMapError):
    """A part of a planner's question that is none of those there are."""


@dataclass(frozen=True)
class Asked:
    """The question. ``query`` says the same with every date written out, so that it can be sent and kept."""

    filters: Filters
    sight: Sight
    kind: MapKind
    rate: str
    classes: str
    query: QueryDict

    @property
    def since(self) -> str:
        return str(self.query["requested_from"])

    @property
    def until(self) -> str:
        return str(self.query["requested_to"])


def kind_of(query: QueryDict, desk: Desk) -> MapKind:
    """The kind of area that an address compares; NotAPlan where there is none such."""
    kinds = {kind.code: kind for kind in map_kinds(desk.jurisdiction, desk.language) if kind.areas}
    if not kinds:
        raise NotAPlan(_("No areas are loaded yet that could be compared."))
    return kinds[_one(query, "kind", list(kinds))]


def asked(given: QueryDict, desk: Desk, run: Run, kind: MapKind) -> Asked:
    """The question of an address; BadFilter, NotAPlan with a sentence. Usually the last twelve whole months."""
    query = given.copy()
    first, last = _usual(desk.jurisdiction.local_date(desk.at))
    query["requested_from"] = query.get("requested_from", "").strip() or first.isoformat()
    query["requested_to"] = query.get("requested_to", "").strip() or last.isoformat()
    filters = parse(query, codes(run, Audience.STAFF, desk.jurisdiction.pk), run)
    filters, sight = access.seen_by(desk.rights, filters)
    return Asked(filters, sight, kind, _one(query, "rate", list(RATES)), _one(query, "classes", list(CLASSES)), query)


def _usual(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return date(last.year - (last.month != MONTHS), last.month % MONTHS + 1, 1), last


def _one(query: QueryDict, name: str, allowed: list[str]) -> str:
    value = query.get(name, "").strip() or allowed[0]
    if value not in allowed:
        said = {"name": name, "value": value[:40], "allowed": ", ".join(allowed)}
        raise NotAPlan(_("%(name)s=%(value)s is not possible: one of %(allowed)s.") % said)
    return value
