"""The life of a request, told once: reported, placed, routed, told, worked on, closed, answered.

Only flow calls several stages, and only flow writes the present of a request. A report is committed before anything
that can fail is tried (``submit``); place, links, routing, first step and messages follow in one transaction of their
own (``settle``), at once if that goes well, else by the worker. What a stage cannot decide becomes a row of Review;
what it breaks on leaves the request in triage. Every later change is one transaction: look up under lock, let work
decide whether it may be, write, and hand notify what is to be told.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from geoserver_app.accounts.models import User
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.failpoint import reached
from geoserver_app.geocode.locate import locate
from geoserver_app.handling import (
    StageFailed,
    Who,
    actor_of,
    case,
    change,
    keep,
    later,
    locked,
    need,
    one_step,
    put,
    resolve,
    review,
    stage,
    unaddressed,
    write,
)
from geoserver_app.intake.models import Answer, Media, Reporter, Review, ServiceRequest
from geoserver_app.intake.store import Stored, add_answers, add_photos, place_columns, store
from geoserver_app.intake.submission import Photo, Submission
from geoserver_app.link import trace
from geoserver_app.link.links import Doubt, Links
from geoserver_app.link.one import link
from geoserver_app.link.subject import Located, Subject, subject_of
from geoserver_app.notify import outbox, tell
from geoserver_app.notify.models import Message
from geoserver_app.org.calendar import OfficeCalendar, calendar_of
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.route import decide
from geoserver_app.route.facts import Facts, facts_of
from geoserver_app.route.models import Rule
from geoserver_app.work import copies, handing, orders, satisfaction, steps
from geoserver_app.work.actor import REPORTER, SYSTEM, Actor
from geoserver_app.work.errors import NotAllowed, WrongState
from geoserver_app.work.history import Kind, record
from geoserver_app.work.models import WorkOrder
from geoserver_app.work.opening import Outcome, open_request, reroute
from geoserver_app.work.present import Present, Step
from geoserver_app.work.states import State
from layers.errors import NotFound
from layers.models import Area

log = logging.getLogger(__name__)

Stage = Review.Stage
_NO_WORDS = steps.Words()

# A locator's candidate below this is a guess: the request waits in review with the address as it was given.
SURE = 80.0


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
    with transaction.atomic():
        stored = store(submission, at=at)
        if stored.is_new:
            later("settle_request", stored.request.pk)
    reached("flow.stored")
    if stored.request.state == State.RECEIVED:
        try:
            return Stored(settle(stored.request.pk, at=at), stored.is_new)
        except Exception:
            log.exception("a report waits for the worker", extra={"request": stored.request.pk})
    return stored


def answered(submission: Submission, *, resolution: str, by: Who, at: datetime | None = None) -> Stored:
    """A question that was answered while it was asked: taken in, closed and told in one, as its service's department's.

    Nobody is handed it and nobody waits to be told; ``by`` is whoever answered.
    """
    at = at or timezone.now()
    with transaction.atomic():
        stored = store(submission, at=at)
        if not stored.is_new:
            return stored
        with change(stored.request.pk) as request:
            put(request, department=request.service.department)
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
    located = _placed(request)
    links, facts, routing = _decided(request, calendar, located, at, keep_manual=False)
    with stage(Stage.WORK):
        step = open_request(request, _outcome(routing), calendar=calendar, at=at)
        doubts = write(request, step, links, routing)
        keep(request, links, facts, routing, at, first=True)
    reached("flow.opened")
    with stage(Stage.NOTIFY):
        told = _tell_opening(request, routing, doubts, calendar, at)
        unaddressed(request, told, at)
    reached("flow.told")


def _placed(request: ServiceRequest) -> Located | None:
    """Where its address is; a report without a pin gets that place."""
    text = request.address_text.strip()
    if not text or (request.place_method == ServiceRequest.PlaceMethod.ADDRESS and request.geom is not None):
        return Located(request.geom.x, request.geom.y, text) if text and request.geom else None
    with stage(Stage.GEOCODE):
        on = request.jurisdiction.local_date(request.requested_datetime)
        best = next(iter(locate(request.jurisdiction, text, on=on, limit=1)), None)
    reached("flow.located")
    if best is None or best.score < SURE:
        return None
    if request.geom is None:
        method = ServiceRequest.PlaceMethod.ADDRESS.value
        put(request, place_method=method, **place_columns(best.lon, best.lat))
    return Located(best.lon, best.lat, best.label)


def _decided(
    request: ServiceRequest,
    calendar: OfficeCalendar,
    located: Located | None,
    at: datetime,
    *,
    keep_manual: bool = True,
) -> tuple[Links, Facts, decide.Routing]:
    """What its place lies in, what rules look at, and who gets it; nothing is written."""
    with stage(Stage.LINK):
        answers = dict(request.answers.values_list("attribute__code", "value"))
        links = _linked_today(subject_of(request, answers=answers, located=located, keep_manual=keep_manual), at)
    reached("flow.linked")
    with stage(Stage.ROUTE):
        asked, channel, language = request.requested_datetime, request.channel, request.language
        facts = facts_of(
            request.service, links, at=asked, channel=channel, language=language, answers=answers, calendar=calendar
        )
        routing = decide.decide(facts, jurisdiction_id=request.jurisdiction_id)
    reached("flow.routed")
    return links, facts, routing


def _linked_today(subject: Subject, at: datetime) -> Links:
    """The links as filed; with the areas of today where the request is of another day and borders moved since."""
    links = link(subject)
    today = subject.jurisdiction.local_date(at)
    if subject.on == today or subject.lon is None:
        return links
    now = link(replace(subject, on=today)).area_ids
    return replace(links, areas_today=now if now != links.area_ids else None)


def _outcome(routing: decide.Routing) -> Outcome:
    return Outcome(
        priority=routing.priority,
        department_id=routing.department_id,
        post_id=routing.post_id,
        agency_id=routing.agency_id,
        triage=routing.triage,
        copies=routing.copies,
    )


def _tell_opening(
    request: ServiceRequest, routing: decide.Routing, doubts: Sequence[str], calendar: OfficeCalendar, at: datetime
) -> tell.Told:
    about = case(request, calendar, at)
    if request.state != State.TRIAGE:
        return tell.opened(about, why=_sentences(routing))
    tell.receipt(about)
    return tell.triage(about, _triage_desk(request, routing), tuple(doubts), cause="opened")


def _triage_desk(request: ServiceRequest, routing: decide.Routing) -> list[int]:
    desk = routing.post_id or decide.triage(request.jurisdiction_id, priority=request.priority, reason="").post_id
    return [desk] if desk else []


def _sentences(routing: decide.Routing) -> Mapping[str, str]:
    """The winning rule as a person says it, by language; empty where the table of defaults decided."""
    found = Rule.objects.filter(rule_set=routing.rule_set_id, position=routing.winner or 0).only("sentences")
    return next((one.sentences for one in found), {})


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
    step = open_request(request, _outcome(routing), calendar=calendar, at=at)
    put(request, **step.present.columns())
    review(request, where, [failed], at)
    unaddressed(request, _tell_opening(request, routing, [failed.reason], calendar, at), at)


# --- placed and routed anew -------------------------------------------------------------------------------------------


def move(request_id: int, place: Place, *, by: Who, at: datetime | None = None, note: str = "") -> ServiceRequest:
    """Another place: linked and routed again; both places stand in the history. Areas chosen by hand are asked anew."""

    def step(request: ServiceRequest, actor: Actor, calendar: OfficeCalendar, now: datetime) -> Step:
        need(actor, Capability.CORRECT, "You may not move this request.")
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
        need(actor, Capability.CORRECT, "You may not change the service of this request.")
        if service.jurisdiction_id != request.jurisdiction_id:
            raise NotFound(f"'{service.code}' is no service of this city.")
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
        need(actor, Capability.REVIEW, "You may not choose the area of this request.")
        if area.jurisdiction_id != request.jurisdiction_id:
            raise NotFound(f"'{area.code}' is no area of this city.")
        trace.choose(request.pk, area)
        data = {"area": [None, f"{area.kind.code}:{area.code}"]}
        return _anew(request, actor, calendar, now, because=Kind.MOVED, data=data)

    return one_step(request_id, by, at, step)


def place_again(request_id: int, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """Linked and routed again as it stands: after a stage failed, or when rules or areas were put right."""

    def step(request: ServiceRequest, actor: Actor, calendar: OfficeCalendar, now: datetime) -> Step:
        need(actor, Capability.REVIEW, "You may not route this request again.")
        return _anew(request, actor, calendar, now, because=Kind.MOVED, data={"again": True})

    return one_step(request_id, by, at, step)


def _anew(
    request: ServiceRequest, actor: Actor, calendar: OfficeCalendar, at: datetime, *, because: str,
    note: str = "", data: dict[str, Any] | None = None, service: Service | None = None,
    answers: Mapping[str, Any] | None = None, keep_manual: bool = True,
) -> Step:  # fmt: skip
    if request.state == State.RECEIVED:
        raise WrongState(f"Request {request} is just being taken in. Try again in a minute.")
    former = request.service
    if service is not None:
        put(request, service=service)
        add_answers(request, answers or {})
    links, facts, routing = _decided(request, calendar, _placed(request), at, keep_manual=keep_manual)
    asked, request.service = request.service, former  # work compares the service it was of with the one it is of now
    step = reroute(
        request, _outcome(routing), because=because, service=asked, by=actor, calendar=calendar, at=at, note=note,
        data=data,
    )  # fmt: skip
    request.service = asked
    resolve(request, actor, at, stages=(Stage.GEOCODE, Stage.LINK, Stage.ROUTE, Stage.INTAKE))
    doubts = write(request, step, links, routing)
    keep(request, links, facts, routing, at)
    if step.state_changed and request.state == State.TRIAGE:
        about = case(request, calendar, at)
        tell.triage(about, _triage_desk(request, routing), tuple(doubts), cause=f"change:{step.change.pk}")
    return step


# --- worked on --------------------------------------------------------------------------------------------------------


def transition(
    request_id: int, *, to: str, by: Who, at: datetime | None = None, words: steps.Words = _NO_WORDS
) -> ServiceRequest:
    """One step along the table of states: accept, begin, done, close, cancel."""

    def step(request: ServiceRequest, actor: Actor, _calendar: OfficeCalendar, now: datetime) -> Step:
        made = steps.transition(request, to=to, by=actor, at=now, words=words)
        if made.present.state in ServiceRequest.CLOSED_STATES:
            resolve(request, actor, now)
        return made

    return one_step(request_id, by, at, step)


def withdraw(request_id: int, *, by: Who = REPORTER, at: datetime | None = None, note: str = "") -> ServiceRequest:
    """The reporter, or staff with a reason, takes the request back."""
    return transition(request_id, to=State.CANCELLED, by=by, at=at, words=steps.Words(note=note))


def assign(
    request_id: int, assignee: User | None, *, by: Who, at: datetime | None = None, note: str = ""
) -> ServiceRequest:
    """Names the person who does it, or nobody."""
    return one_step(
        request_id,
        by,
        at,
        lambda request, actor, _c, now: handing.assign(request, assignee, by=actor, at=now, note=note),
    )


def hand_on(
    request_id: int, department: Department, *, post: Post | None, by: Who, reason: str, at: datetime | None = None
) -> ServiceRequest:
    """Gives it to a department; where it waited for a decision, this is it."""

    def step(request: ServiceRequest, actor: Actor, calendar: OfficeCalendar, now: datetime) -> Step:
        made = handing.hand_on(request, department, post=post, by=actor, at=now, calendar=calendar, reason=reason)
        resolve(request, actor, now)
        return made

    return one_step(request_id, by, at, step)


def refer(request_id: int, agency: Agency, *, by: Who, at: datetime | None = None, reason: str = "") -> ServiceRequest:
    """Gives it to an agency outside City Hall; where it waited for a decision, this is it."""

    def step(request: ServiceRequest, actor: Actor, _calendar: OfficeCalendar, now: datetime) -> Step:
        made = handing.refer(request, agency, by=actor, at=now, reason=reason)
        resolve(request, actor, now)
        return made

    return one_step(request_id, by, at, step)


def reopen(request_id: int, *, by: Who = REPORTER, at: datetime | None = None, reason: str = "") -> ServiceRequest:
    """A closed request begins again where it last was."""
    return one_step(
        request_id, by, at,
        lambda request, actor, calendar, now: steps.reopen(request, by=actor, at=now, calendar=calendar, reason=reason),
    )  # fmt: skip


def note(request_id: int, text: str, *, public: bool, by: Who, at: datetime | None = None) -> ServiceRequest:
    """A note for staff or for everybody."""
    return one_step(
        request_id, by, at,
        lambda request, actor, _c, now: steps.add_note(request, text, public=public, by=actor, at=now),
    )  # fmt: skip


def change_priority(
    request_id: int, priority: str, *, by: Who, at: datetime | None = None, note: str = ""
) -> ServiceRequest:
    """More or less urgent."""
    return one_step(
        request_id, by, at,
        lambda request, actor, _c, now: steps.change_priority(request, priority, by=actor, at=now, note=note),
    )  # fmt: skip


def copy_to(request_id: int, post: Post, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """A desk follows it from now on without having it."""
    with change(request_id) as request:
        copies.add(request, post, by=actor_of(by, request), at=at or timezone.now())
    return request


def open_order(request_id: int, order: orders.Order, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """A work order of the department that has it."""
    return one_step(
        request_id, by, at, lambda request, actor, _c, now: orders.open_order(request, order, by=actor, at=now)[1]
    )


def complete_order(
    order_id: int, *, by: Who, at: datetime | None = None, done_at: datetime | None = None
) -> ServiceRequest:
    """The crew is done; with the last order the field action is taken."""

    def step(request: ServiceRequest, actor: Actor, _calendar: OfficeCalendar, now: datetime) -> Step:
        return orders.complete_order(_order(order_id, request), by=actor, at=now, done_at=done_at)

    return one_step(_request_of_order(order_id), by, at, step)


def cancel_order(order_id: int, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """A work order will not be carried out."""

    def step(request: ServiceRequest, actor: Actor, _calendar: OfficeCalendar, now: datetime) -> Step:
        return orders.cancel_order(_order(order_id, request), by=actor, at=now)

    return one_step(_request_of_order(order_id), by, at, step)


def _request_of_order(order_id: int) -> int:
    found = WorkOrder.objects.filter(pk=order_id).values_list("request", flat=True).first()
    if found is None:
        raise NotFound("There is no such work order.")
    return int(found)


def _order(order_id: int, request: ServiceRequest) -> WorkOrder:
    """The order with the request that is locked, so that its step begins where that one stands."""
    order = WorkOrder.objects.get(pk=order_id)
    order.request = request
    return order


# --- looked at and released -------------------------------------------------------------------------------------------


def resolve_review(review_id: int, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """A person looked at it and it may stay as it is."""
    now = at or timezone.now()
    found = Review.objects.filter(pk=review_id).first()
    if found is None:
        raise NotFound("There is no such review.")
    with change(found.request_id) as request:
        actor = actor_of(by, request)
        need(actor, Capability.REVIEW, "You may not decide this.")
        if resolve(request, actor, now, only=review_id):
            data = {"stage": found.stage, "reason": found.reason}
            record(request, Kind.REVIEWED, Present.of(request), by=actor, at=now, data=data)
    return request


def publish_photo(media_id: int, public: bool, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """Shows a photo to everybody, or hides it again; never one of a service that never shows any."""
    found = Media.objects.filter(pk=media_id).first()
    if found is None:
        raise NotFound("This photo is not there any more.")
    with change(found.request_id) as request:
        actor = actor_of(by, request)
        _may_publish(request, actor, request.service.photo_publication if public else "")
        Media.objects.filter(pk=media_id).update(is_public=public, looked_at_by=actor.user_id)
        data = {"photo": media_id, "public": [not public, public]}
        record(request, Kind.PUBLISHED, Present.of(request), by=actor, at=at or timezone.now(), data=data)
    return request


def publish_text(request_id: int, text: str, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """The words that everybody may read: the report's, or what staff made of them; empty hides them."""
    with change(request_id) as request:
        actor = actor_of(by, request)
        _may_publish(request, actor, request.service.text_publication if text else "")
        data = {"text": [request.public_description, text.strip()]}
        record(request, Kind.PUBLISHED, Present.of(request), by=actor, at=at or timezone.now(), data=data)
        put(request, public_description=text.strip())
    return request


def _may_publish(request: ServiceRequest, actor: Actor, policy: str) -> None:
    need(actor, Capability.PUBLISH, "You may not release texts or photos of this request.")
    if policy == Service.Publication.NEVER or (policy and not request.is_public):
        raise NotAllowed("Nothing of this request is shown to everybody: its service says so.")


# --- told and answered ------------------------------------------------------------------------------------------------


def add_details(
    request_id: int, text: str, *, photos: Sequence[Photo] = (), by: Who = REPORTER, at: datetime | None = None
) -> ServiceRequest:
    """What the reporter adds: words, photos, or both."""
    now = at or timezone.now()
    with change(request_id) as request:
        actor = actor_of(by, request)
        made = steps.add_details(request, text, photos=len(photos), by=actor, at=now)
        add_photos(request, photos, at=now, stage=Media.Stage.ADDED)
        put(request, **made.present.columns())
        calendar = calendar_of(request.jurisdiction)
        unaddressed(request, tell.step(case(request, calendar, now), made, photos=len(photos)), now)
    return request


def answer(
    request_id: int, reply: satisfaction.Reply, *, by: Who = REPORTER, at: datetime | None = None
) -> ServiceRequest:
    """Was it resolved, and how was the staff? By the reporter, or by staff who asked on the telephone."""
    return one_step(
        request_id, by, at, lambda request, actor, _c, now: satisfaction.answer(request, reply, at=now, by=actor)
    )


def told(request_id: int, *, how: str, by: Who, at: datetime | None = None) -> ServiceRequest:
    """Staff told the resident that it is closed."""
    return one_step(request_id, by, at, lambda request, actor, _c, now: steps.told(request, how=how, by=actor, at=now))


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
