"""Is it one of these? What is known already near a pin, told by the public row alone; and adding oneself to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from geoserver_app.catalog.models import Service
from geoserver_app.duplicates import candidates
from geoserver_app.duplicates import chosen as choices
from geoserver_app.duplicates.candidates import Candidate, Probe
from geoserver_app.duplicates.reasons import distance, since
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.maps.words import readable
from geoserver_app.report.draft import Draft
from layers.models import Jurisdiction

# Said of a report: that it is none of those that were shown.
ANOTHER = "none"


@dataclass(frozen=True)
class Known:
    """A problem that City Hall knows, as everybody may know it."""

    number: str
    service: str
    address: str
    words: str
    distance: str
    ago: str
    people: int
    state: str
    incident_id: int


def known_nearby(
    jurisdiction: Jurisdiction, service: Service | None, draft: Draft, language: str, *, at: datetime
) -> list[Known]:
    """What a pinned draft may be one more report of, likeliest first; nothing that is not public."""
    if service is None or not draft.spot.is_pinned or not service.duplicate_radius_m:
        return []
    lon, lat = draft.spot.position
    probe = Probe(
        jurisdiction.pk, service.pk, lon, lat, at, accuracy_m=draft.spot.accuracy_m, words=draft.description[:1000]
    )
    found = candidates.find(probe, public=True)
    rows = ServiceRequest.objects.filter(pk__in=[one.request_id for one in found], is_public=True)
    by_id = {one.pk: one for one in rows.select_related("service")}
    return [_known(one, by_id[one.request_id], language) for one in found if one.request_id in by_id]


def _known(one: Candidate, request: ServiceRequest, language: str) -> Known:
    return Known(
        number=request.service_request_id,
        service=request.service.name_in(language),
        address=readable(request.public_address),
        words=request.public_description,
        distance=distance(one.metres),
        ago=since(one.days),
        people=one.people,
        state=request.state,
        incident_id=one.incident_id,
    )


def public_of(jurisdiction: Jurisdiction) -> QuerySet[ServiceRequest]:
    """What everybody may see."""
    return ServiceRequest.objects.filter(jurisdiction=jurisdiction, is_public=True)


def choice(draft: Draft) -> str:
    """The number that somebody chose; empty for none, or for "another one"."""
    return "" if draft.same == ANOTHER else draft.same


def joins(draft: Draft, known: list[Known], jurisdiction: Jurisdiction) -> int | None:
    """The incident to which somebody adds oneself; None where it is another one, or not near or not open any more.

    What was chosen may have been merged since it was offered: then it is the incident that it was merged into.
    """
    number = choice(draft)
    offered = {one.number: one.incident_id for one in known}
    if not number or number in offered:
        return offered.get(number)
    return choices.moved_to(number, offered.values(), public_of(jurisdiction))


def not_open(draft: Draft, jurisdiction: Jurisdiction) -> str:
    """What to say where somebody chose what is not open any more; empty where it is, or nothing was chosen."""
    number = choice(draft)
    return choices.not_open(number) if number and not choices.is_open(number, public_of(jurisdiction)) else ""


def has_seen(draft: Draft, known: list[Known]) -> bool:
    """Whether all of them were shown to whoever sends this."""
    return {one.number for one in known} <= set(draft.same_shown.split())
