"""What a dispatcher or a liaison sees first: what the machine could not decide, then their own, newest on top."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, IntegerField, Min, OuterRef, Prefetch, Q, Value, When

from geoserver_app.accounts.rights import Rights
from geoserver_app.accounts.roles import Capability
from geoserver_app.intake.models import Review, ServiceRequest
from geoserver_app.intake.queries import ServiceRequestQuerySet
from geoserver_app.org.calendar import OfficeCalendar
from geoserver_app.work import sight
from geoserver_app.work.deadlines import Clock, clock
from geoserver_app.work.models import WorkOrder
from geoserver_app.work.sight import visible_to
from geoserver_app.work.states import State

_STOPPED = Q(field_action_at__isnull=False)
_URGENCY = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
NEARLY_DUE = timedelta(days=1)


def own(rights: Rights) -> ServiceRequestQuerySet:
    """Open requests of one's departments and areas, newest first; ready for a list (five tables in one query)."""
    return _listed(sight.own(ServiceRequest.objects.open(), rights).newest_first())


def new(rights: Rights) -> ServiceRequestQuerySet:
    """Of those, what nobody has accepted yet."""
    return own(rights).filter(state__in=[State.RECEIVED, State.TRIAGE, State.ASSIGNED])


def copied(rights: Rights) -> ServiceRequestQuerySet:
    """Open requests of others that one's desks get copies of, newest first."""
    return _listed(sight.copied(ServiceRequest.objects.open(), rights).newest_first())


def overdue(rights: Rights, at: datetime) -> ServiceRequestQuerySet:
    """Past their deadline without a field action; the latest first."""
    late = sight.own(ServiceRequest.objects.overdue(at), rights).exclude(_STOPPED)
    return _listed(late.order_by("expected_datetime", "pk"))


def nearly_due(rights: Rights, at: datetime, within: timedelta = NEARLY_DUE) -> ServiceRequestQuerySet:
    """Due within a time from now, without a field action; the next first."""
    coming = sight.own(ServiceRequest.objects.open(), rights).exclude(_STOPPED)
    coming = coming.filter(expected_datetime__gte=at, expected_datetime__lt=at + within)
    return _listed(coming.order_by("expected_datetime", "pk"))


def assigned_to_me(rights: Rights) -> ServiceRequestQuerySet:
    """What has one's own name on it, the next deadline first."""
    named = visible_to(ServiceRequest.objects.open(), rights).filter(assignee_id=rights.user_id)
    return _listed(named.order_by("expected_datetime", "pk"))


def older_than(requests: ServiceRequestQuerySet, last: ServiceRequest) -> ServiceRequestQuerySet:
    """The next page of a list that has the newest first: what comes after its last request. No offset is counted."""
    moment = last.requested_datetime
    return requests.filter(Q(requested_datetime__lt=moment) | Q(requested_datetime=moment, pk__lt=last.pk))


def _listed(requests: ServiceRequestQuerySet) -> ServiceRequestQuerySet:
    return requests.select_related("service", "department", "post", "agency", "assignee")


@dataclass(frozen=True)
class Reason:
    """One thing that a stage could not decide."""

    review_id: int
    stage: str
    code: str
    detail: dict[str, object]
    since: datetime


@dataclass(frozen=True)
class ReviewLine:
    """A request that waits for a decision. ``age`` is real time since the first reason, ``open_age`` office time."""

    request: ServiceRequest
    reasons: tuple[Reason, ...]
    since: datetime
    age: timedelta
    open_age: timedelta


def review_queue(rights: Rights, *, at: datetime, calendar: OfficeCalendar, limit: int = 200) -> list[ReviewLine]:
    """What a person must decide: the urgent first, then the longest waiting. Three queries."""
    waiting = Q(reviews__resolved_at__isnull=True)
    requests = (
        _listed(visible_to(ServiceRequest.objects.in_review(), rights, Capability.REVIEW))
        .annotate(since=Min("reviews__created_at", filter=waiting), urgency=_urgency())
        .filter(since__isnull=False)
        .order_by("urgency", "since", "pk")
        .prefetch_related(Prefetch("reviews", Review.objects.filter(resolved_at=None).order_by("created_at", "pk")))
    )
    return [_line(request, at, calendar) for request in requests[:limit]]


def _urgency() -> Case:
    ranks = [When(priority=priority, then=Value(rank)) for priority, rank in _URGENCY.items()]
    return Case(*ranks, output_field=IntegerField())


def _line(request: ServiceRequest, at: datetime, calendar: OfficeCalendar) -> ReviewLine:
    reasons = tuple(
        Reason(review.pk, review.stage, review.reason, review.detail, review.created_at)
        for review in request.reviews.all()
    )
    since = reasons[0].since
    return ReviewLine(request, reasons, since, at - since, calendar.open_time_between(since, at))


@dataclass(frozen=True)
class QueueLine:
    """A request in a list of work, with its clock and whether a crew is already ordered."""

    request: ServiceRequest
    clock: Clock | None
    has_open_order: bool


def lines(requests: ServiceRequestQuerySet, *, at: datetime, calendar: OfficeCalendar, limit: int) -> list[QueueLine]:
    """One page of a queue, each with its clock; one query."""
    orders = WorkOrder.objects.filter(request=OuterRef("pk"), done_at=None, cancelled_at=None)
    page: Iterable[ServiceRequest] = requests.annotate(has_open_order=Exists(orders))[:limit]
    return [QueueLine(one, clock(one, at, calendar), getattr(one, "has_open_order", False)) for one in page]


@dataclass(frozen=True)
class Counts:
    """The numbers on the tabs of the console."""

    in_review: int
    open: int
    new: int
    overdue: int
    nearly_due: int
    mine: int


def counts(rights: Rights, at: datetime) -> Counts:
    """All of them in two queries: what may be reviewed is another set than what may be seen."""
    running = ~_STOPPED
    found = sight.own(ServiceRequest.objects.open(), rights).aggregate(
        open=Count("pk"),
        new=Count("pk", filter=Q(state__in=[State.RECEIVED, State.TRIAGE, State.ASSIGNED])),
        overdue=Count("pk", filter=running & Q(expected_datetime__lt=at)),
        nearly_due=Count("pk", filter=running & Q(expected_datetime__gte=at, expected_datetime__lt=at + NEARLY_DUE)),
        mine=Count("pk", filter=Q(assignee_id=rights.user_id)),
    )
    waiting = visible_to(ServiceRequest.objects.in_review(), rights, Capability.REVIEW)
    return Counts(in_review=waiting.count(), **found)
