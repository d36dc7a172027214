"""Reports of one thing: added by whoever sees it too, merged and taken apart by staff, one leads and the others follow.

A part of flow, which calls it for a report of a known incident; doors call the rest. Nothing is merged but by a
person. The incidents concerned are locked first, in order, so that of two who merge, move or close the same requests at
once one is first and the other is told; nothing is half-done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from geoserver_app.accounts.roles import Capability
from geoserver_app.duplicates import incidents
from geoserver_app.duplicates.models import Joining
from geoserver_app.failpoint import reached
from geoserver_app.flow_placing import outcome
from geoserver_app.handling import LONGEST_STATEMENT_MS, Who, actor_of, case, need, put, resolve, review, unaddressed
from geoserver_app.handling_request import locked
from geoserver_app.handling_step import followed, pass_on
from geoserver_app.intake.models import Review, ServiceRequest
from geoserver_app.link.links import Doubt
from geoserver_app.notify import tell
from geoserver_app.org.calendar import OfficeCalendar, calendar_of
from geoserver_app.route import decide
from geoserver_app.work import joining
from geoserver_app.work.actor import SYSTEM, Actor
from geoserver_app.work.errors import WrongState
from geoserver_app.work.opening import opened_as
from geoserver_app.work.present import Present, Step
from geoserver_app.work.states import CLOSED, State
from layers.errors import Conflict, NotFound

_MOMENTS = ("expected_datetime", "field_action_at", "closed_at")


# --- one more report of a known thing ---------------------------------------------------------------------------------


def leader_to_follow(request: ServiceRequest, at: datetime) -> ServiceRequest | None:
    """The request that a new report of a known incident follows from its first step; None where it goes its own way.

    The incident may have been merged into another while the report was on its way; or closed, or left by all: then
    the report begins an incident of its own, since nobody works on that one.
    """
    seen = {request.incident_id}
    leader = incidents.leader_of(request.incident_id)
    while leader is None:
        went = incidents.where_it_went(request.incident_id)
        if went is None or went in seen:
            break
        seen.add(went)
        incidents.hold([went])
        put(request, incident_id=went)
        leader = incidents.leader_of(went)
    if leader is not None and leader.state not in CLOSED and leader.state != State.RECEIVED:
        return locked(leader.pk)
    incidents.begin_own(request, at)
    return None


def begin_behind(
    request: ServiceRequest, leader: ServiceRequest, routing: decide.Routing, calendar: OfficeCalendar, at: datetime
) -> Step:
    """The first step of one more report: it stands where the leader stands; its reporter gets a receipt of the own.

    What would have become of it by itself is kept, in case that it is taken out.
    """
    alone = opened_as(request, outcome(routing), calendar=calendar, at=at)
    incidents.write(
        request, Joining.Kind.ADDED, request.incident_id, at=at, by_id=None, before=_plain(joining.common(alone))
    )
    step = joining.join(request, leader, by=SYSTEM, at=at)
    put(request, **step.present.columns())
    return step


def count_in(request: ServiceRequest, leader: ServiceRequest | None, at: datetime) -> None:
    """One more report that follows, once its row is written, counts for the urgency of all, its own too."""
    if leader is not None:
        _weigh(leader, at)
        request.refresh_from_db(fields=["priority"])


# --- by staff ---------------------------------------------------------------------------------------------------------


def merge(
    keep_id: int, *other_ids: int, by: Who, at: datetime | None = None, score: int | None = None
) -> ServiceRequest:
    """They are about one thing: the reports of the others' incidents follow the one that is kept. Tells nobody."""
    now = at or timezone.now()
    with _held(keep_id, *other_ids) as (keep, *others):
        actor = _may_merge(by, keep, *others)
        leader = _leading(keep)
        joining.check_may_join(leader)
        gone = [_leading(one) for one in others]
        if leader.incident_id in {one.incident_id for one in gone}:
            raise Conflict(_("%s are reports of one incident already.") % ", ".join(map(str, [keep, *others])))
        for one in {one.pk: one for one in gone}.values():
            _merge_one(leader, one, actor, now, score)
        _weigh(leader, now)
        reached("flow.before_commit")
    return leader


def _merge_one(leader: ServiceRequest, gone: ServiceRequest, actor: Actor, at: datetime, score: int | None) -> None:
    joining.check_may_join(gone)
    joining.check_may_follow(gone)
    _check_alike(leader, gone)
    former = gone.incident_id
    members = [gone, *(locked(pk) for pk in incidents.members(former) if pk != gone.pk)]
    incidents.are_the_same_after_all(incidents.members(leader.incident_id), [one.pk for one in members])
    state = gone.state
    for one in members:
        in_step = one.state == state
        _put_behind(leader, one, actor, at, Joining.Kind.MERGED, score, led=one.pk == gone.pk, follows=in_step)
    line = joining.gained(leader, [str(one) for one in members], by=actor, at=at)
    put(leader, **line.present.columns())


def _put_behind(
    leader: ServiceRequest, one: ServiceRequest, actor: Actor, at: datetime, kind: str, score: int | None, *,
    led: bool, follows: bool = True, own: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Into the leader's incident, and where the leader stands; one that was closed on its own stays closed."""
    before = {**(own or _plain(joining.common(Present.of(one)))), "led": led}
    incidents.write(one, kind, leader.incident_id, at=at, by_id=actor.user_id, before=before, score=score)
    put(one, incident_id=leader.incident_id, leads=False)
    if follows:
        resolve(one, actor, at)
        put(one, **joining.join(one, leader, by=actor, at=at).present.columns())


def take_out(request_id: int, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """It is about something else after all: it stands again where it stood, with those that came behind it.

    Its reporter is told where it was closed meanwhile and is open again; else nobody.
    """
    now = at or timezone.now()
    with _held(request_id) as (request,):
        actor = _may_merge(by, request)
        leader = _leading(request)
        came = incidents.came_by(request)
        if leader.pk == request.pk:
            raise WrongState(_("Request %s leads its incident. Let another one lead first.") % request)
        with_it = [locked(pk) for pk in incidents.came_with(request, came)] if came else []
        _own_way(request, came, str(leader), actor, now)
        for one in with_it:
            incidents.write(one, Joining.Kind.TAKEN_OUT, request.incident_id, at=now, by_id=actor.user_id, before={})
            put(one, incident_id=request.incident_id)
            _back(one, joining.common(Present.of(request)), str(leader), actor, now)
        line = joining.lost(leader, [str(one) for one in (request, *with_it)], by=actor, at=now)
        put(leader, **line.present.columns())
        _weigh(leader, now)
        _weigh(request, now)
        reached("flow.before_commit")
    return request


def _own_way(request: ServiceRequest, came: Joining | None, leader: str, actor: Actor, at: datetime) -> None:
    former = came.from_incident_id if came else None
    incidents.begin_own(request, at, by_id=actor.user_id, former=former)
    own = _moments(came.before) if came else {}
    if request.state in CLOSED and own.get("state") in {None, *CLOSED}:
        own = {}  # closed by itself, and closed it stays
    _back(request, own, leader, actor, at)
    if came:
        again = Review.objects.filter(request=request, resolved_at=came.at)
        if request.state not in CLOSED and again.update(resolved_at=None, resolved_by=None):
            put(request, in_review=True)
    if request.state == State.TRIAGE and not Review.objects.filter(request=request, resolved_at=None).exists():
        review(request, Review.Stage.ROUTE, [Doubt("sent_to_triage")], at)


def _back(request: ServiceRequest, own: dict[str, Any], leader: str, actor: Actor, at: datetime) -> None:
    made = joining.leave(request, own, leader, by=actor, at=at)
    put(request, **made.present.columns())
    if made.state_changed and made.before.state in CLOSED:
        unaddressed(request, tell.step(case(request, calendar_of(request.jurisdiction), at), made), at)


def move_report(request_id: int, to_id: int, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """One report is about another thing than the one it was put to: it follows that one, alone. Tells nobody."""
    now = at or timezone.now()
    with _held(request_id, to_id) as (request, to):
        actor = _may_merge(by, request, to)
        leader = _leading(to)
        if leader.incident_id == request.incident_id:
            raise Conflict(_("%s are reports of one incident already.") % f"{request}, {to}")
        former = _leading(request)
        for one in (request, leader):
            joining.check_may_join(one)
        joining.check_may_follow(request)
        _check_alike(leader, request)
        own, led = _own_of(request), former.pk == request.pk
        if led and request.has_followers and pass_on(request) is None:
            raise WrongState(_("Request %s leads its incident, and no other report of it is open.") % request)
        numbers = [str(request)]
        _put_behind(leader, request, actor, now, Joining.Kind.MOVED, None, led=False, own=own)
        incidents.are_the_same_after_all(incidents.members(leader.incident_id), [request.pk])
        put(leader, **joining.gained(leader, numbers, by=actor, at=now).present.columns())
        if not led:
            put(former, **joining.lost(former, numbers, by=actor, at=now).present.columns())
            _weigh(former, now)
        _weigh(leader, now)
        reached("flow.before_commit")
    return request


def let_lead(request_id: int, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """Another report of the incident leads it: the one with the better place or the clearer words. Tells nobody."""
    now = at or timezone.now()
    with _held(request_id) as (request,):
        actor = _may_merge(by, request)
        former = _leading(request)
        if former.pk == request.pk:
            raise WrongState(_("Request %s leads its incident already.") % request)
        joining.check_may_join(request)
        joining.check_may_follow(former)
        incidents.write(
            request, Joining.Kind.LEADS, request.incident_id, at=now, by_id=actor.user_id, before={"former": former.pk}
        )
        put(former, leads=False)
        put(request, leads=True)
        put(request, **joining.gained(request, [str(former)], by=actor, at=now).present.columns())
        put(former, **joining.join(former, request, by=actor, at=now).present.columns())
        reached("flow.before_commit")
    return request


def not_the_same(first_id: int, second_id: int, *, by: Who, at: datetime | None = None) -> None:
    """A person looked: they are about two things, and are not put before anybody again."""
    with _held(first_id, second_id) as (first, second):
        actor = _may_merge(by, first, second)
        if first.incident_id == second.incident_id:
            raise Conflict(_("%s are reports of one incident. Take one of them out.") % f"{first}, {second}")
        one, other = _leading(first), _leading(second)
        incidents.differ(one.pk, other.pk, by_id=actor.user_id, at=at or timezone.now())


# --- how --------------------------------------------------------------------------------------------------------------


@contextmanager
def _held(*request_ids: int) -> Iterator[Sequence[ServiceRequest]]:
    """Requests with their incidents, all under lock, in a transaction; Conflict where somebody else was in the way."""
    if len(set(request_ids)) < len(request_ids):
        raise Conflict(_("A request cannot be one more report of itself."))
    try:
        with transaction.atomic():
            of = dict(ServiceRequest.objects.filter(pk__in=request_ids).values_list("pk", "incident"))
            if len(of) < len(request_ids):
                raise NotFound(_("There is no such request."))
            incidents.hold(of.values())
            requests = [locked(pk, longest_ms=LONGEST_STATEMENT_MS) for pk in request_ids]
            if any(one.incident_id != of[one.pk] for one in requests):
                raise Conflict(_("Somebody else merged or moved one of these reports at the same moment. Look again."))
            yield requests
    except OperationalError as error:
        if isinstance(error.__cause__, DeadlockDetected):
            told = _("Somebody else changed one of these reports at the same moment. Look at them and try again.")
            raise Conflict(told) from error
        raise


def _may_merge(by: Who, *requests: ServiceRequest) -> Actor:
    """Whoever may say so of every one of the requests."""
    actors = [actor_of(by, one) for one in requests]
    for one, actor in zip(requests, actors, strict=True):
        need(actor, Capability.MERGE, _("You may not say of request %s what it is the same as.") % one)
    return actors[0]


def _leading(request: ServiceRequest) -> ServiceRequest:
    """The request that leads a request's incident, under lock."""
    if request.leads:
        return request
    leader = incidents.leader_of(request.incident_id)
    return locked(leader.pk) if leader else request


def _check_alike(leader: ServiceRequest, other: ServiceRequest) -> None:
    if leader.jurisdiction_id != other.jurisdiction_id or leader.service.sensitive != other.service.sensitive:
        raise Conflict(
            _("%(one)s and %(other)s cannot be one incident: who may see the one may not see the other.")
            % {"one": leader, "other": other}
        )


def _weigh(leader: ServiceRequest, at: datetime) -> None:
    """Urgency by the number of people, for the leader and all who follow it, as their rows stand."""
    if leader.state in CLOSED:
        return
    made = joining.by_people(leader, incidents.people(leader.incident_id), at=at)
    if made is not None:
        put(leader, **made.present.columns())
        followed(leader, made, SYSTEM, at)


def _own_of(request: ServiceRequest) -> dict[str, Any]:
    """Where a request would stand by itself: as it does now, or, of one that follows, as it did before that."""
    came = None if request.leads else incidents.came_by(request)
    own = {name: value for name, value in came.before.items() if name in joining.COMMON} if came else {}
    return own or _plain(joining.common(Present.of(request)))


def _plain(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns as JSON."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in columns.items()}


def _moments(kept: dict[str, Any]) -> dict[str, Any]:
    """The reverse: only what is common, moments as moments."""
    return {
        name: parse_datetime(value) if name in _MOMENTS and value else value
        for name, value in kept.items()
        if name in joining.COMMON
    }
