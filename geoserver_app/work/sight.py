"""Which requests somebody may see, and what they may do with one: the rights of accounts, put on requests."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import cast

from django.db.models import Q

from geoserver_app.accounts.rights import Matter, Rights, Scope
from geoserver_app.accounts.roles import Capability
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.queries import ServiceRequestQuerySet
from geoserver_app.work.actor import Actor, Party
from geoserver_app.work.errors import NotAllowed
from layers.errors import NotFound


def visible_to(
    requests: ServiceRequestQuerySet, rights: Rights, capability: Capability = Capability.SEE_REQUESTS
) -> ServiceRequestQuerySet:
    """Those that lie in a scope which gives the capability; none where no scope does."""
    scopes = rights.scopes_for(capability)
    if not scopes:
        return requests.none()
    return requests.filter(reduce(or_, (_within(scope) for scope in scopes)))


def _within(scope: Scope) -> Q:
    fits = Q(jurisdiction_id=scope.jurisdiction_id)
    if scope.department_id is not None:
        fits &= Q(department_id=scope.department_id)
    if scope.area_ids is not None:
        areas = sorted(scope.area_ids)
        # The beat as it was when it was reported, or as it is drawn today: both officers see it.
        fits &= Q(area_ids__overlap=areas) | Q(areas_today__overlap=areas)
    if not scope.sensitive:
        fits &= Q(service__sensitive=False)
    return fits


def matter_of(request: ServiceRequest) -> Matter:
    """What rights are checked against, of one request."""
    departments = {request.department_id} - {None}
    return Matter(
        jurisdiction_id=request.jurisdiction_id,
        department_ids=cast(frozenset[int], frozenset(departments)),
        area_ids=frozenset(request.area_ids) | frozenset(request.areas_today or ()),
        sensitive=request.service.sensitive,
    )


def staff_for(rights: Rights, request: ServiceRequest) -> Actor:
    """A member of staff with what they may do with this very request; NotAllowed for somebody who is not logged in."""
    if rights.user_id is None:
        raise NotAllowed("Log in first.")
    matter = matter_of(request)
    capabilities = (one for scope in rights.scopes if scope.covers(matter) for one in scope.capabilities)
    return Actor(Party.STAFF, rights.user_id, frozenset(capabilities))


def find(rights: Rights, jurisdiction_id: int, service_request_id: str) -> ServiceRequest:
    """The request with a number, for a page of staff; NotFound too where it exists and is not theirs to see."""
    requests = visible_to(ServiceRequest.objects.filter(jurisdiction_id=jurisdiction_id), rights)
    found = requests.filter(service_request_id=service_request_id).select_related("service", "jurisdiction").first()
    if found is None:
        raise NotFound(f"There is no request {service_request_id} that you may see.")
    return found
