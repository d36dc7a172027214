"""One step of work on a request, and the same step for every other report of its incident. For flow alone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeAlias

from django.utils import timezone

from geoserver_app.duplicates import incidents
from geoserver_app.failpoint import reached
from geoserver_app.handling import Who, actor_of, case, change, put, resolve, unaddressed
from geoserver_app.handling_request import locked
from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.notify import tell
from geoserver_app.org.calendar import OfficeCalendar, calendar_of
from geoserver_app.work import joining
from geoserver_app.work.actor import Actor, Party
from geoserver_app.work.history import Kind
from geoserver_app.work.present import Step
from geoserver_app.work.states import CLOSED, State
from geoserver_app.work.versions import check_known

# The versions at which whoever asks for a step has read the request; None: take it as it stands.
Known: TypeAlias = Collection[int] | None
Make: TypeAlias = Callable[[ServiceRequest, Actor, OfficeCalendar, datetime], Step]


def one_step(request_id: int, by: Who, at: datetime | None, make: Make, *, known: Known = None) -> ServiceRequest:
    """One step of work: decided, written and told in one transaction, for all reports of the incident.

    Overtaken where the request stands at none of the ``known`` versions any more.
    """
    now = at or timezone.now()
    with change(request_id) as request:
        calendar, actor = calendar_of(request.jurisdiction), actor_of(by, request)
        check_known(request, known)
        made = make(request, actor, calendar, now)
        request.newest_line = made.change.pk
        put(request, **made.present.columns())
        reached("flow.step_written")
        unaddressed(request, tell.step(case(request, calendar, now), made), now)
        if request.has_followers or not request.leads:
            _for_the_others(request, made, actor, now)
        reached("flow.before_commit")
    reached("flow.step_committed")
    return request


def _for_the_others(request: ServiceRequest, made: Step, actor: Actor, at: datetime) -> None:
    by_reporter = actor.party == Party.REPORTER
    if actor.party == Party.SYSTEM and not request.leads:
        put(request, **joining.common(made.before))  # placed anew: it stands where the leader stands
    elif not request.leads:
        joining.check_leads(request, made, str(incidents.leader_of(request.incident_id) or ""), actor)
        if by_reporter and made.change.kind == Kind.REOPENED:
            incidents.begin_own(request, at)  # what was done for the others was not enough here: it goes its own way
    elif by_reporter and made.present.state == State.CANCELLED:
        pass_on(request)
    elif joining.concerns_all(made):
        followed(request, made, actor, at)


def pass_on(request: ServiceRequest) -> ServiceRequest | None:
    """Another report leads from now on: the oldest that is open; None where all others are closed."""
    heir = next((one for one in _others(request) if one.state not in CLOSED), None)
    if heir is not None:
        put(request, leads=False)
        put(heir, leads=True)
    return heir


def followed(leader: ServiceRequest, made: Step, actor: Actor, at: datetime) -> None:
    """Every report that stood where the leader stood makes the step too; its reporter is told, each person once."""
    calendar = calendar_of(leader.jurisdiction)
    told = {_person(leader)}
    for one in _others(leader):
        if one.state != made.before.state:
            continue  # withdrawn by its reporter, or closed on its own long ago
        own = joining.follow(one, made, by=actor, at=at)
        put(one, **own.present.columns())
        if own.present.state in CLOSED:
            resolve(one, actor, at)
        person = _person(one)
        if person not in told:
            tell.follower(case(one, calendar, at), own)
        told.add(person)


def _others(leader: ServiceRequest) -> list[ServiceRequest]:
    """The other reports of an incident, the oldest first, under lock."""
    return [locked(pk) for pk in incidents.members(leader.incident_id) if pk != leader.pk]


def _person(request: ServiceRequest) -> object:
    """Who is told about it, as far as two reports can be known to be one person's."""
    reporter: Reporter | None = getattr(request, "reporter", None)
    if reporter is None or reporter.tell_by == Reporter.TellBy.NONE:
        return request.pk
    address = {"email": reporter.email, "post": reporter.postal_address}.get(reporter.tell_by, reporter.phone)
    return (reporter.tell_by, address.strip().casefold()) if address.strip() else request.pk
