"""The incidents of one place, each with the reports of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geoserver_app.analyse.repeat import PlaceKey, incidents_of
from geoserver_app.console.clocks import moment
from geoserver_app.console.desk import Desk
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.queries import ServiceRequestQuerySet

MOST = 200


@dataclass(frozen=True)
class IncidentRow:
    """One incident: the report that stands for it, the others, the moment of the first in words."""

    lead: ServiceRequest
    others: tuple[ServiceRequest, ...]
    reported: str

    @property
    def at(self) -> datetime:
        return self.lead.requested_datetime


def of_place(requests: ServiceRequestQuerySet, key: PlaceKey, desk: Desk) -> list[IncidentRow]:
    """Newest first, of the requests that one may see; two queries."""
    groups = incidents_of(requests, key, limit=MOST)
    known = ServiceRequest.objects.select_related("service", "department", "agency").in_bulk(
        [pk for group in groups for pk in group]
    )
    return [_row([known[pk] for pk in group], desk) for group in groups]


def _row(reports: list[ServiceRequest], desk: Desk) -> IncidentRow:
    lead, *others = reports
    return IncidentRow(lead, tuple(others), moment(lead.requested_datetime, desk.zone, desk.at))


def pins(rows: Iterable[IncidentRow]) -> list[dict[str, Any]]:
    """Where the reports of the incidents lie, for the page's map."""
    return [
        {"number": row.lead.service_request_id, "lon": round(one.geom.x, 6), "lat": round(one.geom.y, 6)}
        for row in rows
        for one in (row.lead, *row.others)
        if one.geom is not None
    ]
