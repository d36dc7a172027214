"""How one change of a request is made: looked up under lock, written, put before a person where need be, told.

For flow alone, which says what happens; this says how it is written down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from typing import Any, TypeAlias

from django.db import connection, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from geoserver_app.accounts.rights import Rights
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.handling_request import locked, words
from geoserver_app.intake.models import Review, ServiceRequest
from geoserver_app.intake.store import place_columns
from geoserver_app.link import trace
from geoserver_app.link.links import Doubt, Links
from geoserver_app.notify import tell
from geoserver_app.notify.case import Case, case_of
from geoserver_app.org.calendar import OfficeCalendar
from geoserver_app.route import decide
from geoserver_app.route.facts import Facts
from geoserver_app.work.actor import SYSTEM, Actor
from geoserver_app.work.errors import NotAllowed
from geoserver_app.work.present import Step
from geoserver_app.work.sight import may_see, staff_for
from layers import rows
from layers.asked import ask
from layers.errors import NotFound

# Whoever makes a change: staff with all their rights, or somebody whose part is settled (reporter, the product).
Who: TypeAlias = Rights | Actor

# No stage takes longer on a sound machine; what does is broken off, and the request goes to triage.
LONGEST_STATEMENT_MS = 5_000
# When the worker looks whether a report that was committed was settled too.
LOOK_AGAIN_S = 30
_DELIVERY_WAITS = "select 1 from procrastinate_jobs where queueing_lock = 'deliver_mail' and status = 'todo' limit 1"


class StageFailed(Exception):
    """A stage raised; ``stage`` says which, the cause is what it raised."""

    def __init__(self, stage: str) -> None:
        super().__init__(stage)
        self.stage = stage


@contextmanager
def stage(name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise StageFailed(name) from error


@contextmanager
def change(request_id: int) -> Iterator[ServiceRequest]:
    """One change of one request: locked until it is committed, broken off where a statement takes too long."""
    with transaction.atomic():
        yield locked(request_id, longest_ms=LONGEST_STATEMENT_MS)


def actor_of(by: Who, request: ServiceRequest) -> Actor:
    """Who it is towards this very request; NotFound for staff who may not even see it."""
    if isinstance(by, Actor):
        return by
    if not may_see(by, request):
        raise NotFound(_("There is no request %s that you may see.") % request)
    return staff_for(by, request)


def need(actor: Actor, capability: Capability, sentence: str) -> None:
    if actor != SYSTEM and not actor.is_one_of(frozenset({capability})):
        raise NotAllowed(sentence)


def write(request: ServiceRequest, step: Step, links: Links, routing: decide.Routing) -> list[str]:
    """The present of a request after it was linked and routed, and what a person must look at; the codes of that."""
    doubts = [*links.reviews, *routing.reviews]
    waits = {"in_review": True} if doubts else {}
    put(request, **step.present.columns(), **_linked(request, links, routing), **waits)
    at = step.change.at
    review(request, Review.Stage.LINK, links.reviews, at)
    review(request, Review.Stage.ROUTE, routing.reviews, at)
    return [doubt.reason for doubt in doubts]


def _linked(request: ServiceRequest, links: Links, routing: decide.Routing) -> dict[str, Any]:
    public = links.public
    shown = place_columns(public.lon, public.lat)["geom"]
    released = request.service.text_publication == Service.Publication.AFTER_LOOK and public.is_public
    return {
        "area_ids": list(links.area_ids),
        "areas_today": None if links.areas_today is None else list(links.areas_today),
        "areas_epoch": links.epoch,
        "parcel_id": links.parcel_id,
        "centerline_id": links.centerline_id,
        "near_border": links.near_border or routing.near_line,
        "is_public": public.is_public,
        "public_geom": shown,
        "public_address": public.address,
        "public_area_ids": list(public.area_ids),
        # What staff released stays released.
        "public_description": request.public_description if released else public.description,
    }


def keep(
    request: ServiceRequest, links: Links, facts: Facts, routing: decide.Routing, at: datetime, *, first: bool = False
) -> None:
    """The traces of link and route: why it is where it is, and who decided."""
    trace.keep(request.pk, links, first=first)
    if request.state not in ServiceRequest.CLOSED_STATES:
        decide.keep(request.pk, facts, routing, at=at, first=first)


def put(request: ServiceRequest, **columns: Any) -> None:
    """Writes columns (``department_id``, not ``department``) into the row and onto the object."""
    rows.update(request, columns)


def review(request: ServiceRequest, stage: str, doubts: Sequence[Doubt], at: datetime) -> None:
    if not doubts:
        return
    made = [Review(request=request, stage=stage, reason=one.reason, detail=one.detail, created_at=at) for one in doubts]
    rows.insert(*made, ignore_conflicts=True)
    if not request.in_review:
        put(request, in_review=True)


def resolve(
    request: ServiceRequest, actor: Actor, at: datetime, *, stages: Sequence[str] = (), only: int | None = None
) -> int:
    """Settles open reviews (of some stages, or one); how many. The product and the reporter settle none by a step."""
    waiting = Review.objects.filter(request=request, resolved_at=None)
    chosen = waiting.filter(pk=only) if only else waiting.filter(stage__in=stages) if stages else waiting
    settled = chosen.update(resolved_at=at, resolved_by=actor.user_id)
    if settled and not waiting.exists():
        put(request, in_review=False)
    return settled


def case(request: ServiceRequest, calendar: OfficeCalendar, at: datetime) -> Case:
    """The request as mails tell it; they are sent as soon as this transaction is committed."""
    transaction.on_commit(_deliver_soon, robust=True)
    areas, near = words(request)
    return case_of(request, calendar=calendar, at=at, areas=areas, near=near)


def unaddressed(request: ServiceRequest, told: tell.Told, at: datetime) -> None:
    """A desk that nobody can be told at is a person's matter: a request must not go anywhere in silence."""
    if told.unaddressed:
        review(request, Review.Stage.NOTIFY, [Doubt("nobody_to_tell", {"desks": list(told.unaddressed)})], at)


def later(task: str, request_id: int) -> None:
    jobs.configure_task(task, schedule_in={"seconds": LOOK_AGAIN_S}).defer(request_id=request_id)


def _deliver_soon() -> None:
    """Wakes the worker, unless a delivery waits already; each minute's delivery finds what this one misses."""
    if ask(_DELIVERY_WAITS, {}):
        return
    # Inside a transaction, as in tests, a second one at the same time would break it.
    whole = transaction.atomic() if connection.in_atomic_block else nullcontext()
    with suppress(AlreadyEnqueued), whole:
        jobs.configure_task("deliver_mail", queueing_lock="deliver_mail").defer(timestamp=0)
