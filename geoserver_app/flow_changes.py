"""Changes of a request that are one step of one stage each: who does it, a note, a work order, what everybody may see.

A part of flow, under whose name doors call them (``flow.assign``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from geoserver_app.accounts.models import User
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.handling import Who, actor_of, case, change, need, put, resolve, unaddressed
from geoserver_app.handling_step import Known, one_step
from geoserver_app.intake.models import Media, Review, ServiceRequest
from geoserver_app.intake.store import add_links, add_photos
from geoserver_app.intake.submission import Photo
from geoserver_app.notify import tell
from geoserver_app.org.calendar import OfficeCalendar, calendar_of
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.work import copies, handing, orders, satisfaction, steps
from geoserver_app.work.actor import REPORTER, Actor
from geoserver_app.work.errors import NotAllowed
from geoserver_app.work.history import Kind, record
from geoserver_app.work.models import WorkOrder
from geoserver_app.work.present import Present, Step
from layers.errors import NotFound


def assign(
    request_id: int, assignee: User | None, *, by: Who, at: datetime | None = None, note: str = "", known: Known = None
) -> ServiceRequest:
    """Names the person who does it, or nobody."""
    return one_step(
        request_id,
        by,
        at,
        lambda request, actor, _c, now: handing.assign(request, assignee, by=actor, at=now, note=note),
        known=known,
    )


def hand_on(
    request_id: int, department: Department, *, post: Post | None, by: Who, reason: str, at: datetime | None = None,
    known: Known = None,
) -> ServiceRequest:  # fmt: skip
    """Gives it to a department; where it waited for a decision, this is it."""

    def step(request: ServiceRequest, actor: Actor, calendar: OfficeCalendar, now: datetime) -> Step:
        made = handing.hand_on(request, department, post=post, by=actor, at=now, calendar=calendar, reason=reason)
        resolve(request, actor, now)
        return made

    return one_step(request_id, by, at, step, known=known)


def refer(
    request_id: int, agency: Agency, *, by: Who, at: datetime | None = None, reason: str = "", known: Known = None
) -> ServiceRequest:
    """Gives it to an agency outside City Hall; where it waited for a decision, this is it."""

    def step(request: ServiceRequest, actor: Actor, _calendar: OfficeCalendar, now: datetime) -> Step:
        made = handing.refer(request, agency, by=actor, at=now, reason=reason)
        resolve(request, actor, now)
        return made

    return one_step(request_id, by, at, step, known=known)


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
        raise NotFound(_("There is no such work order."))
    return int(found)


def _order(order_id: int, request: ServiceRequest) -> WorkOrder:
    """The order with the request that is locked, so that its step begins where that one stands."""
    order = WorkOrder.objects.get(pk=order_id)
    order.request = request
    return order


def reopen(request_id: int, *, by: Who = REPORTER, at: datetime | None = None, reason: str = "") -> ServiceRequest:
    """A closed request begins again where it last was."""
    return one_step(
        request_id, by, at,
        lambda request, actor, calendar, now: steps.reopen(request, by=actor, at=now, calendar=calendar, reason=reason),
    )  # fmt: skip


def answer(
    request_id: int, reply: satisfaction.Reply, *, by: Who = REPORTER, at: datetime | None = None
) -> ServiceRequest:
    """Was it resolved, and how was the staff? By the reporter, or by staff who asked on the telephone."""
    return one_step(
        request_id, by, at, lambda request, actor, _c, now: satisfaction.answer(request, reply, at=now, by=actor)
    )


def add_details(
    request_id: int,
    text: str,
    *,
    photos: Sequence[Photo] = (),
    links: Sequence[str] = (),
    by: Who = REPORTER,
    at: datetime | None = None,
) -> ServiceRequest:
    """What the reporter adds: words, photos (files, or addresses that a program sent), or both."""
    now = at or timezone.now()
    with change(request_id) as request:
        actor = actor_of(by, request)
        many = len(photos) + len(links)
        made = steps.add_details(request, text, photos=many, by=actor, at=now)
        add_photos(request, photos, at=now, stage=Media.Stage.ADDED)
        add_links(request, links, at=now)
        put(request, **made.present.columns())
        calendar = calendar_of(request.jurisdiction)
        unaddressed(request, tell.step(case(request, calendar, now), made, photos=many), now)
    return request


def told(request_id: int, *, how: str, by: Who, at: datetime | None = None) -> ServiceRequest:
    """Staff told the resident that it is closed."""
    return one_step(request_id, by, at, lambda request, actor, _c, now: steps.told(request, how=how, by=actor, at=now))


# --- looked at and released -------------------------------------------------------------------------------------------


def resolve_review(review_id: int, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """A person looked at it and it may stay as it is."""
    now = at or timezone.now()
    found = Review.objects.filter(pk=review_id).first()
    if found is None:
        raise NotFound(_("There is no such review."))
    with change(found.request_id) as request:
        actor = actor_of(by, request)
        need(actor, Capability.REVIEW, _("You may not decide this."))
        if resolve(request, actor, now, only=review_id):
            data = {"stage": found.stage, "reason": found.reason}
            record(request, Kind.REVIEWED, Present.of(request), by=actor, at=now, data=data)
    return request


def publish_photo(media_id: int, public: bool, *, by: Who, at: datetime | None = None) -> ServiceRequest:
    """Shows a photo to everybody, or hides it again; never one of a service that never shows any."""
    found = Media.objects.filter(pk=media_id).first()
    if found is None:
        raise NotFound(_("This photo is not there any more."))
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
    need(actor, Capability.PUBLISH, _("You may not release texts or photos of this request."))
    if policy == Service.Publication.NEVER or (policy and not request.is_public):
        raise NotAllowed(_("Nothing of this request is shown to everybody: its service says so."))
