"""A problem that somebody was offered and chose: where it is when the report is sent, and what became of it.

Between the offer and the sending somebody may have merged the problem into another one, or closed it. ``seen`` are the
requests of the jurisdiction that the reader may see: of a resident the public ones, of staff those of their scope.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from geoserver_app.intake.models import ServiceRequest


def moved_to(number: str, offered: Collection[int], seen: QuerySet[ServiceRequest]) -> int | None:
    """The incident, one of those that are offered by now, into which a chosen problem was merged; else None."""
    incident = seen.filter(service_request_id=number).values_list("incident", flat=True).first()
    return incident if incident in offered else None


def is_open(number: str, seen: QuerySet[ServiceRequest]) -> bool:
    """Whether there is such a problem to be seen, and still open."""
    return seen.filter(service_request_id=number).exclude(state__in=ServiceRequest.CLOSED_STATES).exists()


def not_open(number: str) -> str:
    """Said before sending: the choice cannot be kept. The same words for what was closed and for what never was."""
    return _(
        "%(number)s was closed meanwhile. If the problem is still there, send the report again: it then stands by"
        " itself."
    ) % {"number": number}


def told(report: ServiceRequest, number: str, seen: QuerySet[ServiceRequest]) -> str:
    """Said after sending, where the report was not simply added to what was chosen; else empty."""
    if report.leads:
        return _("%(number)s is not open at this place any more, so this report stands by itself.") % {"number": number}
    leader = seen.filter(incident=report.incident_id, leads=True).first()
    if leader is None or leader.service_request_id == number:
        return ""
    return _("%(number)s was put together with %(leader)s meanwhile: this report was added to that one.") % {
        "number": number, "leader": leader,
    }  # fmt: skip
