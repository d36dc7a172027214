"""Who belongs to an incident, who leads it, and how a request came there: reads, and the trace of what was joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from geoserver_app.duplicates.models import Difference, Joining
from geoserver_app.intake.models import Incident, ServiceRequest
from layers import rows
from layers.asked import ask

_PEOPLE = """
select count(distinct coalesce(encode(p.email_hash, 'hex'), encode(p.phone_hash, 'hex'), r.id::text)) as people
from intake_servicerequest r left join intake_reporter p on p.request_id = r.id
where r.incident_id = %(incident)s::bigint and r.state <> 'cancelled'
"""
_HELD = "select id from intake_incident where id = any(%(ids)s::bigint[]) order by id for update"


def members(incident_id: int) -> list[int]:
    """The ids of the requests of an incident, the oldest first."""
    found = ServiceRequest.objects.filter(incident=incident_id).order_by("pk")
    return list(found.values_list("pk", flat=True))


def leader_of(incident_id: int) -> ServiceRequest | None:
    """The request that leads an incident; None where nobody is left in it."""
    return ServiceRequest.objects.filter(incident=incident_id, leads=True).first()


def people(incident_id: int) -> int:
    """How many people reported it: those with one telephone number or e-mail address are one, unknown ones each one."""
    return int(ask(_PEOPLE, {"incident": incident_id})[0].people)


def hold(incident_ids: Iterable[int]) -> None:
    """Locks incidents until the transaction ends, in order; nobody joins them meanwhile either."""
    ask(_HELD, {"ids": sorted(set(incident_ids))})


def where_it_went(incident_id: int) -> int | None:
    """The incident into which the reports of one that is empty now were merged; None where nobody knows."""
    last = Joining.objects.filter(from_incident=incident_id).exclude(to_incident=incident_id).order_by("pk").last()
    return last.to_incident_id if last else None


def write(
    request: ServiceRequest, kind: str, to_incident: int, *, at: datetime, by_id: int | None,
    before: Mapping[str, Any], score: int | None = None,
) -> Joining:  # fmt: skip
    """The trace of a request that goes to another incident (or leads its own); the caller writes its row."""
    made = Joining(
        request=request, kind=kind, from_incident_id=request.incident_id, to_incident_id=to_incident, at=at,
        by_id=by_id, score=score, before=dict(before),
    )  # fmt: skip
    rows.insert(made)
    return made


def came_by(request: ServiceRequest) -> Joining | None:
    """The last time that a request was put into the incident in which it is."""
    here = Joining.objects.filter(request=request, to_incident=request.incident_id)
    return here.exclude(kind__in=[Joining.Kind.LEADS, Joining.Kind.TAKEN_OUT]).order_by("pk").last()


def came_with(request: ServiceRequest, came: Joining) -> list[int]:
    """Those that came into the incident behind a request when it was merged, and are still there."""
    if not came.before.get("led"):
        return []
    same = Joining.objects.filter(
        from_incident=came.from_incident_id, to_incident=came.to_incident_id, at=came.at, kind=came.kind
    )
    still = same.filter(request__incident=request.incident_id, request__leads=False).exclude(request=request)
    return sorted(set(still.values_list("request", flat=True)))


def fresh(request: ServiceRequest, at: datetime, former: int | None = None) -> int:
    """An incident for a request that goes its own way: the one it came from where nobody is left in it, else a new."""
    if former and former != request.incident_id and not ServiceRequest.objects.filter(incident=former).exists():
        return former
    made = Incident(jurisdiction_id=request.jurisdiction_id, created_at=at)
    rows.insert(made)
    return int(made.pk)


def begin_own(request: ServiceRequest, at: datetime, *, by_id: int | None = None, former: int | None = None) -> None:
    """A request leads an incident of its own from now on."""
    incident = fresh(request, at, former)
    write(request, Joining.Kind.TAKEN_OUT, incident, at=at, by_id=by_id, before={})
    rows.update(request, {"incident_id": incident, "leads": True})


def differ(first: int, second: int, *, by_id: int | None, at: datetime) -> None:
    """Two requests are not about one thing: a person said so."""
    low, high = sorted((first, second))
    rows.insert(Difference(first_id=low, second_id=high, by_id=by_id, at=at), ignore_conflicts=True)


def are_the_same_after_all(some: Sequence[int], others: Sequence[int]) -> None:
    """Forgets what was said of any two of them: they were merged."""
    Difference.objects.filter(Q(first__in=some, second__in=others) | Q(first__in=others, second__in=some)).delete()
