"""The life of a request, told once: reported, placed, routed, told, worked on, closed, answered.

Only flow calls several stages, and only flow writes the present of a request. A report is committed before anything
that can fail is tried (``submit``); place, links, routing, first step and messages follow in one transaction of their
own (``settle``), at once or by the worker. What a stage cannot decide becomes a row of Review; what it breaks on leaves
the request in triage. Every later change is one transaction: lock, ask work whether it may be, write, tell.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.failpoint import reached
from geoserver_app.flow_changes import (
    add_details,
    answer,
    assign,
    cancel_order,
    change_priority,
    complete_order,
    copy_to,
    hand_on,
    note,
    open_order,
    publish_photo,
    publish_text,
    refer,
    reopen,
    resolve_review,
    told,
)
from geoserver_app.flow_incidents import begin_behind, count_in, leader_to_follow
from geoserver_app.flow_placing import decided, outcome, placed, triage_desk
from geoserver_app.handling import (
    StageFailed,
    Who,
    actor_of,
    case,
    change,
    keep,
    later,
    need,
    put,
    resolve,
    review,
    stage,
    unaddressed,
    write,
)
from geoserver_app.handling_request import locked
from geoserver_app.handling_step import Known, one_step
from geoserver_app.intake.models import Answer, Reporter, Review, ServiceRequest
from geoserver_app.intake.store import Stored, add_answers, once, place_columns, store
from geoserver_app.intake.submission import Submission
from geoserver_app.link import trace
from geoserver_app.link.links import Doubt
from geoserver_app.notify import outbox, tell
from geoserver_app.notify.models import Message
from geoserver_app.org.calendar import OfficeCalendar, calendar_of
from geoserver_app.route import decide
from geoserver_app.work import steps
from geoserver_app.work.actor import REPORTER, SYSTEM, Actor
from geoserver_app.work.errors import WrongState
from geoserver_app.work.history import Kind
from geoserver_app.work.opening import open_request, reroute
from geoserver_app.work.present import Step
from geoserver_app.work.states import State
from layers import rows
from layers.errors import NotFound
from layers.models import Area

# What may happen to a request, in the order of its life; changes of one step stand in flow_changes.py.
__all__ = [
    "Place", "add_details", "answer", "answered", "assign", "cancel_order", "change_priority", "choose_area",
    "complete_order", "copy_to", "hand_on", "message_ended", "move", "note", "open_order", "place_again",
    "publish_photo", "publish_text", "recategorise", "refer", "reopen", "resolve_review", "settle",
    "stop_messages", "submit", "told", "transition", "withdraw",
]  # fmt: skip

log = logging.getLogger(__name__)

Stage = Review.Stage
_SILENT = steps.Words()


@dataclass(frozen=True)
class Place:
    """Where a request is moved to: degrees (EPSG:4326), None for nowhere; and how that is known."""

    lon: float | None
    lat: float | None
    method: str = ServiceRequest.PlaceMethod.PIN.value
    accuracy_m: float | None = None
    address_text: str = ""
    asset_id: int | None = None


# --- reported ---------------------------------------------------------------------------------------------------------


def submit(submission: Submission, *, at: datetime | None = None) -> Stored:
    """Takes a report in: committed first, then placed, routed and told. The same sending again gives the first one.

    What comes after the commit never makes it fail: the worker goes on where this process broke off.
    """
    at = at or timezone.now()
    stored = once(submission, lambda: _taken_in(submission, at))
    reached("flow.stored")
    if stored.request.state == State.RECEIVED:
        try:
            return Stored(settle(stored.request.pk, at=at), stored.is_new)
        except Exception:
            log.exception("a report waits for the worker", extra={"request": stored.request.pk})
    return stored


def _taken_in(submission: Submission, at: datetime) -> Stored:
    stored = store(submission, at=at)
    if stored.is_new:
        later("settle_request", stored.request.pk)
    return stored


def answered(submission: Submission, *, resolution: str, by: Who, at: datetime | None = None) -> Stored:
    """A question that was answered while it was asked: taken in, closed and told in one, as its service's department's.

    Nobody is handed it and nobody waits to be told; ``by`` is whoever answered.
    """
    now = at or timezone.now()
    return once(submission, lambda: _answered(submission, resolution, by, now))


def _answered(submission: Submission, resolution: str, by: Who, at: datetime) -> Stored:
    stored = store(submission, at=at)
    if not stored.is_new:
        return stored
    with change(stored.request.pk) as request:
        put(request, department_id=request.service.department_id)
        actor, words = actor_of(by, request), steps.Words(resolution=resolution)
        closed = steps.transition(request, to=State.CLOSED, by=actor, at=at, words=words)
        put(request, **closed.present.columns())
        told_too = steps.told(request, how=submission.channel, by=actor, at=at)
        put(request, **told_too.present.columns())
    return Stored(request, is_new=True)


def settle(request_id: int, *, at: datetime | None = None) -> ServiceRequest:
    """Placed, linked, routed, begun and told, whole or not at all, once whoever asks; in triage where that fails."""
    at = at or timezone.now()
    try:
        with change(request_id) as request:
            if request.state == State.RECEIVED:
                _begin(request, at)
            reached("flow.before_commit")
    except Exception as error:
        log.exception("a stage failed", extra={"request": request_id})
        request = _into_triage(request_id, error, at)
    reached("flow.settled")
    return request


def _begin(request: ServiceRequest, at: datetime) -> None:
    calendar = calendar_of(request.jurisdiction)
    located = placed(request)
    links, facts, routing = decided(request, calendar, located, at, keep_manual=False)
    leader = None if request.leads else leader_to_follow(request, at)
    with stage(Stage.WORK), nullcontext() if leader else rows.together():
        if leader:
            step = begin_behind(request, leader, routing, calendar, at)
        else:
            step = open_request(request, outcome(routing), calendar=calendar, at=at)
        doubts = write(request, step, links, routing)
        keep(request, links, facts, routing, at, first=True)
        count_in(request, leader, at)
    reached("flow.opened")
    with stage(Stage.NOTIFY):
        if leader:
            told = tell.receipt(case(request, calendar, at))
        else:
            told = _tell_opening(request, routing, doubts, calendar, at)
        unaddressed(request, told, at)
    reached("flow.told")


def _tell_opening(
    request: ServiceRequest, routing: decide.Routing, doubts: Sequence[str], calendar: OfficeCalendar, at: datetime
) -> tell.Told:
    about = case(request, calendar, at)
    if request.state != State.TRIAGE:
        return tell.opened(about, why=_sentences(routing), followers=sorted({*routing.copies} - {routing.post_id}))
    tell.receipt(about)
    return tell.triage(about, triage_desk(request, routing), tuple(doubts), cause="opened")


def _sentences(routing: decide.Routing) -> Mapping[str, str]:
    """The winning rule as a person says it, by language; empty where the table of defaults decided."""
    return decide.sentences(routing.rule_set_id, routing.winner) if routing.rule_set_id and routing.winner else {}


def _into_triage(request_id: int, error: Exception, at: datetime) -> ServiceRequest:
    """What a stage broke on is a person's to decide: in triage, with a review, the triage desk told."""
    where = error.stage if isinstance(error, StageFailed) else Stage.INTAKE
    failed = Doubt("stage_failed", {"error": type(error.__cause__ or error).__name__})
    try:
        with change(request_id) as request:
            if request.state == State.RECEIVED:
                _begin_in_triage(request, where, failed, at)
    except Exception:
        log.exception("a request could not go to triage", extra={"request": request_id})
        with change(request_id) as request:
            review(request, where, [failed], at)
    return request


def _begin_in_triage(request: ServiceRequest, where: str, failed: Doubt, at: datetime) -> None:
    calendar = calendar_of(request.jurisdiction)
    routing = decide.triage(request.jurisdiction_id, priority=request.service.priority, reason=failed.reason)
    step = open_request(request, outcome(routing), calendar=calendar, at=at)
    put(request, **step.present.columns())
    review(request, where, [failed], at)
    unaddressed(request, _tell_opening(request, routing, [failed.reason], calendar, at), at)


# --- placed and routed anew -------------------------------------------------------------------------------------------


def move(request_id: int, place: Place, *, by: Who, at: datetime | None = None, note: str = "") -> ServiceRequest:
    """Another place: linked and routed again; both places stand in the history. Areas chosen by hand are asked anew."""

    def step(request: ServiceRequest, actor: Actor, calendar: OfficeCalendar, now: datetime) -> Step:
        need(actor, Capability.CORRECT, _("You may not move this request."))
        before = [request.geom.x, request.geom.y] if request.geom else None
        put(
            request,
            place_method=place.method,
            accuracy_m=place.accuracy_m,
            address_text=place.address_text or request.address_text,
            asset_id=place.asset_id,
            **place_columns(place.lon, place.lat),
        )
        after = [place.lon, place.lat] if place.lon is not None else None
        data = {"place": [before, after]}
        return _anew(request, actor, calendar, now, because=Kind.MOVED, note=note, data=data, keep_manual=False)

    return one_step(request_id, by, at, step)


def recategorise(
    request_id: int,
    service: Service,
    answers: Mapping[str, Any],
    *,
    by: Who,
    at: datetime | None = None,
    note: str = "",
) -> ServiceRequest:
    """Another service with its own answers (cleaned): linked, routed and promised again; the old answers stand in the
    history."""

    def step(request: ServiceRequest, actor: Actor, calendar: OfficeCalendar, now: datetime) -> Step:
        need(actor, Capability.CORRECT, _("You may not change the service of this request."))
        if service.jurisdiction_id != request.jurisdiction_id:
            raise NotFound(_("'%s' is no service of this city.") % service.code)
        before = dict(request.answers.values_list("attribute__code", "value"))
        data = {"service": [request.service.code, service.code], "answers": [before, dict(answers)]}
        Answer.objects.filter(request=request).delete()
        return _anew(
            request, actor, calendar, now, because=Kind.RECATEGORISED, note=note, data=data,
            service=service, answers=answers,
        )  # fmt: skip

    return one_step(request_id, by, at, step)


def choose_area(request_id: int, area: Area, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """Staff say which area of a kind it belongs to, whatever the borders say; linked and routed again."""

    def step(request: ServiceRequest, actor: Actor, calendar: OfficeCalendar, now: datetime) -> Step:
        need(actor, Capability.REVIEW, _("You may not choose the area of this request."))
        if area.jurisdiction_id != request.jurisdiction_id:
            raise NotFound(_("'%s' is no area of this city.") % area.code)
        trace.choose(request.pk, area)
        data = {"area": [None, f"{area.kind.code}:{area.code}"]}
        return _anew(request, actor, calendar, now, because=Kind.MOVED, data=data)

    return one_step(request_id, by, at, step)


def place_again(request_id: int, *, by: Who, at: datetime | None = None, rules: int | None = None) -> ServiceRequest:
    """Linked and routed again as it stands: after a stage failed, or when areas or the ``rules`` (version) changed."""
    data = {"again": True} if rules is None else {"again": True, "rules": rules}

    def step(request: ServiceRequest, actor: Actor, calendar: OfficeCalendar, now: datetime) -> Step:
        need(actor, Capability.REVIEW, _("You may not route this request again."))
        return _anew(request, actor, calendar, now, because=Kind.MOVED, data=data)

    return one_step(request_id, by, at, step)


def _anew(
    request: ServiceRequest, actor: Actor, calendar: OfficeCalendar, at: datetime, *, because: str,
    note: str = "", data: dict[str, Any] | None = None, service: Service | None = None,
    answers: Mapping[str, Any] | None = None, keep_manual: bool = True,
) -> Step:  # fmt: skip
    if request.state == State.RECEIVED:
        raise WrongState(_("Request %s is just being taken in. Try again in a minute.") % request)
    former = request.service
    if service is not None:
        put(request, service_id=service.pk)
        request.service = service
        add_answers(request, answers or {})
    links, facts, routing = decided(request, calendar, placed(request), at, keep_manual=keep_manual)
    asked, request.service = request.service, former  # work compares the service it was of with the one it is of now
    step = reroute(
        request, outcome(routing), because=because, service=asked, by=actor, calendar=calendar, at=at, note=note,
        data=data,
    )  # fmt: skip
    request.service = asked
    resolve(request, actor, at, stages=(Stage.GEOCODE, Stage.LINK, Stage.ROUTE, Stage.INTAKE))
    doubts = write(request, step, links, routing)
    keep(request, links, facts, routing, at)
    if step.state_changed and request.state == State.TRIAGE:
        about = case(request, calendar, at)
        tell.triage(about, triage_desk(request, routing), tuple(doubts), cause=f"change:{step.change.pk}")
    return step


# --- worked on --------------------------------------------------------------------------------------------------------


def transition(
    request_id: int, *, to: str, by: Who, at: datetime | None = None, words: steps.Words = _SILENT, known: Known = None
) -> ServiceRequest:
    """One step along the table of states: accept, begin, done, close, cancel."""

    def step(request: ServiceRequest, actor: Actor, _calendar: OfficeCalendar, now: datetime) -> Step:
        made = steps.transition(request, to=to, by=actor, at=now, words=words)
        if made.present.state in ServiceRequest.CLOSED_STATES:
            resolve(request, actor, now)
        return made

    return one_step(request_id, by, at, step, known=known)


def withdraw(request_id: int, *, by: Who = REPORTER, at: datetime | None = None, note: str = "") -> ServiceRequest:
    """The reporter, or staff with a reason, takes the request back."""
    return transition(request_id, to=State.CANCELLED, by=by, at=at, words=steps.Words(note=note))


# --- told and answered ------------------------------------------------------------------------------------------------


def stop_messages(request_id: int) -> ServiceRequest:
    """The reporter wants no more messages about it."""
    with change(request_id) as request:
        Reporter.objects.filter(request=request).update(tell_by=Reporter.TellBy.NONE)
        outbox.stop(request)
    return request


def message_ended(message: Message) -> None:
    """A message was sent or failed for good: the third moment, or a review. Runs in the delivery's transaction."""
    if message.request_id is None:
        return
    request = locked(message.request_id)
    now = timezone.now()
    if message.state == Message.State.FAILED:
        review(request, Stage.NOTIFY, [Doubt("mail_failed", {"kind": message.kind, "to": message.recipient})], now)
    elif _was_told_of_the_end(message, request):
        made = steps.told(request, how=message.channel, by=SYSTEM, at=message.sent_at or now)
        put(request, **made.present.columns())


def _was_told_of_the_end(message: Message, request: ServiceRequest) -> bool:
    to_reporter = message.recipient == Message.To.REPORTER and message.kind == Message.Kind.CLOSED
    return to_reporter and request.state in ServiceRequest.CLOSED_STATES
