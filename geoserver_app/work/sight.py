"""Which requests somebody may see, and what they may do with one: the rights of accounts, put on requests."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext as _

from geoserver_app.accounts.rights import Matter, Rights, Scope
from geoserver_app.accounts.roles import Capability
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.queries import ServiceRequestQuerySet
from geoserver_app.work.actor import Actor, Party
from geoserver_app.work.errors import NotAllowed
from geoserver_app.work.models import Copy
from layers.errors import NotFound


def visible_to(
    requests: ServiceRequestQuerySet, rights: Rights, capability: Capability = Capability.SEE_REQUESTS
) -> ServiceRequestQuerySet:
    """Those that lie in a scope which gives the capability; none where no scope does.

    To see, a copy is enough: of a desk of the scope's department.
    """
    with_copies = capability == Capability.SEE_REQUESTS
    return _filtered(requests, rights, capability, lambda department: _has(department, with_copies=with_copies))


def own(requests: ServiceRequestQuerySet, rights: Rights) -> ServiceRequestQuerySet:
    """Of what somebody may see, what their departments have themselves: served by the index of a department's queue."""
    return _filtered(requests, rights, Capability.SEE_REQUESTS, lambda department: _has(department, with_copies=False))


def copied(requests: ServiceRequestQuerySet, rights: Rights) -> ServiceRequestQuerySet:
    """Of what somebody may see, what a desk of their departments follows without having it."""
    seen = _filtered(requests, rights, Capability.SEE_REQUESTS, _copy_of)
    departments = rights.departments(Capability.SEE_REQUESTS)
    return seen.none() if departments is None else seen.exclude(department__in=departments)


def _filtered(
    requests: ServiceRequestQuerySet, rights: Rights, capability: Capability, whose: Callable[[int], Q]
) -> ServiceRequestQuerySet:
    scopes = rights.scopes_for(capability)
    if not scopes:
        return requests.none()
    return requests.filter(reduce(or_, (_within(scope, whose) for scope in scopes)))


def _has(department_id: int, *, with_copies: bool) -> Q:
    mine = Q(department_id=department_id)
    return mine | _copy_of(department_id) if with_copies else mine


def _copy_of(department_id: int) -> Q:
    return Q(pk__in=Copy.objects.filter(post__department=department_id).values("request"))


def _within(scope: Scope, whose: Callable[[int], Q]) -> Q:
    fits = Q(jurisdiction_id=scope.jurisdiction_id)
    if scope.department_id is not None:
        fits &= whose(scope.department_id)
    if scope.area_ids is not None:
        areas = sorted(scope.area_ids)
        # The beat as it was when it was reported, or as it is drawn today: both officers see it.
        fits &= Q(area_ids__overlap=areas) | Q(areas_today__overlap=areas)
    if not scope.sensitive:
        fits &= Q(service__sensitive=False)
    return fits


def matter_of(request: ServiceRequest, *, with_copies: bool = False) -> Matter:
    """What rights are checked against, of one request; with copies, for seeing it only."""
    departments = [request.department_id] if request.department_id else []
    if with_copies:
        departments += Copy.objects.filter(request=request).values_list("post__department", flat=True)
    return Matter(
        jurisdiction_id=request.jurisdiction_id,
        department_ids=frozenset(departments),
        area_ids=frozenset(request.area_ids) | frozenset(request.areas_today or ()),
        sensitive=request.service.sensitive,
    )


def staff_for(rights: Rights, request: ServiceRequest) -> Actor:
    """A member of staff with what they may do with this very request; NotAllowed for somebody who is not logged in."""
    if rights.user_id is None:
        raise NotAllowed(_("Log in first."))
    matter = matter_of(request)
    capabilities = {one for scope in rights.scopes if scope.covers(matter) for one in scope.capabilities}
    if Capability.SEE_REQUESTS not in capabilities and may_see(rights, request):
        capabilities.add(Capability.SEE_REQUESTS)
    return Actor(Party.STAFF, rights.user_id, frozenset(capabilities))


def may_see(rights: Rights, request: ServiceRequest) -> bool:
    """Whether somebody may see a request, as one of a department that has it or follows it."""
    return rights.may_with(Capability.SEE_REQUESTS, matter_of(request, with_copies=True))


def find(rights: Rights, jurisdiction_id: int, service_request_id: str) -> ServiceRequest:
    """The request with a number, for a page of staff; NotFound too where it exists and is not theirs to see."""
    requests = visible_to(ServiceRequest.objects.filter(jurisdiction_id=jurisdiction_id), rights)
    found = requests.filter(service_request_id=service_request_id).select_related("service", "jurisdiction").first()
    if found is None:
        raise NotFound(_("There is no request %s that you may see.") % service_request_id)
    return found
