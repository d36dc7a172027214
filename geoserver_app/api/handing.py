"""Whose a request is: handed on, named to a person, referred to an agency; through flow and by right alone."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Query

from geoserver_app import flow
from geoserver_app.accounts.models import ApiKey, User
from geoserver_app.accounts.roles import Capability
from geoserver_app.api import shapes
from geoserver_app.api.caller import Caller, caller_of, may_do
from geoserver_app.api.in_full import own_number
from geoserver_app.api.problems import Refused
from geoserver_app.api.versions import known_to
from geoserver_app.api.work import CHANGES, router, standing
from geoserver_app.forward.models import AgencyEndpoint
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.open311.ask import plain
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.work.colleagues import colleagues
from geoserver_app.work.errors import Incomplete
from geoserver_app.work.sight import find, staff_for

__all__ = ["router"]  # its operations share addresses with those that read
_WORK = ApiKey.Scope.WORK
_MAY_CHOOSE = (Capability.HAND_ON, Capability.REVIEW)


@router.get("/departments", response=shapes.Departments, **may_do(_WORK, 404, reads=True))
def list_departments(request: HttpRequest, asked: Query[shapes.Where]) -> shapes.Departments:
    """The departments that requests can be handed on to, with their desks; for those who may hand any on."""
    rows = _departments(_choosing(request)).order_by("code")
    return shapes.Departments(
        items=[
            shapes.Department(
                code=one.code,
                name=one.name_in(_language()),
                desks=[shapes.Desk(code=post.code, name=post.name_in(_language())) for post in one.posts.all()],
            )
            for one in rows
        ]
    )


@router.get("/agencies", response=shapes.Agencies, **may_do(_WORK, 404, reads=True))
def list_agencies(request: HttpRequest, asked: Query[shapes.Where]) -> shapes.Agencies:
    """The agencies outside City Hall that requests can be referred to; for those who may hand any on."""
    rows = Agency.objects.filter(jurisdiction=_choosing(request).place, active=True).order_by("code")
    by_open311 = set(AgencyEndpoint.objects.filter(active=True, agency__in=rows).values_list("agency", flat=True))
    return shapes.Agencies(
        items=[
            shapes.Agency(
                code=one.code, name=one.name_in(_language()), telephone=one.telephone,
                takes_by_open311=one.pk in by_open311,
            )
            for one in rows
        ]
    )  # fmt: skip


@router.post("/requests/{number}/handovers", response=shapes.Standing, **CHANGES)
def hand_on(
    request: HttpRequest, number: str, sent: shapes.Handover, asked: Query[shapes.Where], response: HttpResponse
) -> shapes.Standing:
    """Hands a request on to a department and desk, where it waits anew; its deadline stays."""
    caller = caller_of(request)
    found = _seen(caller, number)
    known = known_to(request, found)
    department = _department(caller, plain(sent.department))
    post = _desk(department, plain(sent.desk))
    reason = plain(sent.reason).strip()
    done = flow.hand_on(found.pk, department, post=post, by=caller.rights, reason=reason, at=caller.at, known=known)
    return standing(caller, done, response)


@router.post("/requests/{number}/assignments", response=shapes.Standing, **CHANGES)
def name_person(
    request: HttpRequest, number: str, sent: shapes.Naming, asked: Query[shapes.Where], response: HttpResponse
) -> shapes.Standing:
    """Names the person who does it, of the department that has it, or oneself; or nobody."""
    caller = caller_of(request)
    found = _seen(caller, number)
    known = known_to(request, found)
    person, note = _person(caller, found, plain(sent.assignee)), plain(sent.note).strip()
    done = flow.assign(found.pk, person, by=caller.rights, note=note, at=caller.at, known=known)
    return standing(caller, done, response)


@router.post("/requests/{number}/referrals", response=shapes.Standing, **CHANGES)
def refer(
    request: HttpRequest, number: str, sent: shapes.Referral, asked: Query[shapes.Where], response: HttpResponse
) -> shapes.Standing:
    """Refers a request to an agency outside City Hall; the department still asks after it."""
    caller = caller_of(request)
    found = _seen(caller, number)
    known = known_to(request, found)
    agency, reason = _agency(caller, plain(sent.agency)), plain(sent.reason).strip()
    if not reason:
        raise Incomplete("reason is empty: say why the agency gets it.")
    done = flow.refer(found.pk, agency, by=caller.rights, reason=reason, at=caller.at, known=known)
    return standing(caller, done, response)


def _seen(caller: Caller, number: str) -> ServiceRequest:
    return find(caller.rights, caller.place.pk, own_number(caller, number))


def _choosing(http: HttpRequest) -> Caller:
    """Who calls, if they may say of any request whose it is."""
    caller = caller_of(http)
    if not any(caller.rights.may(one, caller.place.pk) for one in _MAY_CHOOSE):
        raise Refused(403, "The key's person hands no requests on.")
    return caller


def _departments(caller: Caller) -> QuerySet[Department]:
    """Those that take requests, with the desks that do."""
    posts = Prefetch("posts", Post.objects.filter(active=True).order_by("code"))
    return Department.objects.filter(jurisdiction=caller.place, active=True).prefetch_related(posts)


def _department(caller: Caller, code: str) -> Department:
    found = _departments(caller).filter(code=code).first()
    if found is None:
        raise Incomplete(f"There is no department '{code[:40]}'; GET /api/departments lists them.")
    return found


def _desk(department: Department, code: str) -> Post | None:
    """The desk with a code; without one the only desk that there is, or none."""
    desks = {one.code: one for one in department.posts.all()}
    if code and code not in desks:
        raise Incomplete(f"There is no desk '{code[:40]}' of '{department.code}'; GET /api/departments lists them.")
    if not code and len(desks) > 1:
        raise Incomplete(f"'{department.code}' has several desks: say which ({', '.join(desks)}).")
    return desks[code] if code else next(iter(desks.values()), None)


def _person(caller: Caller, request: ServiceRequest, name: str) -> User | None:
    if not name:
        return None
    people = {one.username: one for one in colleagues(request, caller.place.local_date(caller.at))}
    own = caller.key.user if caller.key else None
    if own is not None and Capability.WORK in staff_for(caller.rights, request).capabilities:
        people[own.username] = own
    if name not in people:
        raise Incomplete(f"'{name[:60]}' does not work in the department that has it.")
    return people[name]


def _agency(caller: Caller, code: str) -> Agency:
    found = Agency.objects.filter(jurisdiction=caller.place, code=code, active=True).first()
    if found is None:
        raise Incomplete(f"There is no agency '{code[:40]}'; GET /api/agencies lists them.")
    return found


def _language() -> str:
    return get_language() or "en"
