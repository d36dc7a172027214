"""The lists of the console: which requests stand on a tab, a page of them without counting offsets, what is new."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from geoserver_app.accounts.roles import Capability
from geoserver_app.console.clocks import ClockWords, clock_words, moment, span
from geoserver_app.console.desk import Desk
from geoserver_app.console.filters import Filters
from geoserver_app.intake.models import Review, ServiceRequest
from geoserver_app.intake.nearby import nearby
from geoserver_app.intake.queries import ServiceRequestQuerySet
from geoserver_app.work import queue, sight
from geoserver_app.work.deadlines import clock
from layers.models import AreaShape

PAGE = 50
MOST_SORTED = 2000
# How long what was closed is shown on the tab of that name.
LATELY = timedelta(days=30)
REPORTED_WITHIN = timedelta(days=365)
_PLACES = ("neighborhood", "beat")


@dataclass(frozen=True)
class Tab:
    """One list. ``key`` is the column that it is ordered by, ``newest`` whether the largest stands on top."""

    code: str
    title: Promise
    read: Callable[[Desk], ServiceRequestQuerySet]
    key: str = "requested_datetime"
    newest: bool = True
    needs: Capability = Capability.SEE_REQUESTS


def _in_review(desk: Desk) -> ServiceRequestQuerySet:
    return sight.visible_to(ServiceRequest.objects.in_review(), desk.rights, Capability.REVIEW)


def _closed_lately(desk: Desk) -> ServiceRequestQuerySet:
    # Served by the index of the moment of reporting; hardly anything older than a year was closed just now.
    closed = ServiceRequest.objects.closed().filter(
        closed_at__gte=desk.at - LATELY, requested_datetime__gte=desk.at - REPORTED_WITHIN
    )
    related = ("service", "department", "post", "agency", "assignee")
    return sight.own(closed, desk.rights).select_related(*related).order_by("-closed_at", "-pk")


TABS: Mapping[str, Tab] = {
    tab.code: tab
    for tab in (
        Tab("review", _("To decide"), _in_review, needs=Capability.REVIEW),
        Tab("new", _("New"), lambda desk: queue.new(desk.rights)),
        Tab("mine", _("Mine"), lambda desk: queue.assigned_to_me(desk.rights), "expected_datetime", newest=False),
        Tab("overdue", _("Overdue"), lambda desk: queue.overdue(desk.rights, desk.at), "expected_datetime",
            newest=False),
        Tab("soon", _("Due soon"), lambda desk: queue.nearly_due(desk.rights, desk.at), "expected_datetime",
            newest=False),
        Tab("copies", _("Copies"), lambda desk: queue.copied(desk.rights)),
        Tab("open", _("All open"), lambda desk: queue.own(desk.rights)),
        Tab("closed", _("Closed lately"), _closed_lately, "closed_at"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One request of a list, in words. ``why`` says what a person must decide, where that is the list."""

    request: ServiceRequest
    clock: ClockWords
    reported: str
    age: str
    places: tuple[str, ...] = ()
    has_open_order: bool = False
    why: queue.ReviewLine | None = None
    near: str = ""

    @property
    def sign(self) -> str:
        """The symbol on list and map alike."""
        return "review" if self.request.in_review else self.clock.sign


@dataclass(frozen=True)
class Places:
    """Words for the places of a page: names of areas by their id, and what stands at a pin, by the request's id."""

    areas: Mapping[int, str]
    near: Mapping[int, str]


@dataclass(frozen=True)
class Page:
    """One page of a list; ``after`` is the number that the next page begins after, empty where this is the last."""

    rows: tuple[Row, ...]
    after: str = ""


def page_of(tab: Tab, desk: Desk, filters: Filters, after: str = "", size: int = PAGE) -> Page:
    """A page of a tab. The review queue is one page: what nobody decides must not hide on a second one."""
    if tab.code == "review":
        return Page(tuple(review_rows(desk, filters)))
    requests = filters.narrow(tab.read(desk), desk.jurisdiction)
    if after:
        requests = _following(requests, tab, desk, after)
    # Which requests they are is asked first, of the narrow rows; only these are then read with their names.
    wanted = _first(requests, tab, filters, size + 1)
    page = tab.read(desk).filter(pk__in=wanted)
    found = queue.lines(page, at=desk.at, calendar=desk.calendar, limit=size + 1)
    lines, more = found[:size], len(found) > size
    places = _places([line.request for line in lines], desk.language)
    rows = [
        _row(line.request, desk, places, clock_words(line.request, line.clock, desk.zone, desk.at), line.has_open_order)
        for line in lines
    ]
    return Page(tuple(rows), after=lines[-1].request.service_request_id if more else "")


def _first(requests: ServiceRequestQuerySet, tab: Tab, filters: Filters, count: int) -> list[int]:
    """The ids of the first requests of a list, in its order.

    Words fit few requests: in the order of the list the database would pass by all the others first. So they are
    searched without order and sorted here, unless they fit so many that the order finds them sooner.
    """
    narrow = requests.select_related(None)
    if filters.q:
        found = list(narrow.order_by().values_list(tab.key, "pk")[:MOST_SORTED])
        if len(found) < MOST_SORTED:
            last = datetime.min.replace(tzinfo=UTC) if tab.newest else datetime.max.replace(tzinfo=UTC)
            return [pk for _key, pk in sorted(((key or last, pk) for key, pk in found), reverse=tab.newest)][:count]
    return list(narrow.values_list("pk", flat=True)[:count])


def review_rows(desk: Desk, filters: Filters, limit: int = 200) -> list[Row]:
    """What the machine could not decide, the urgent first, then the longest waiting."""
    if not desk.may(Capability.REVIEW):
        return []
    waiting = queue.review_queue(desk.rights, at=desk.at, calendar=desk.calendar, limit=limit)
    if filters.given:
        fitting = set(filters.narrow(_in_review(desk), desk.jurisdiction).values_list("pk", flat=True))
        waiting = [line for line in waiting if line.request.pk in fitting]
    places = _places([line.request for line in waiting], desk.language)
    return [
        _row(line.request, desk, places, _clock(line.request, desk), why=line)
        for line in waiting
    ]  # fmt: skip


def _clock(request: ServiceRequest, desk: Desk) -> ClockWords:
    return clock_words(request, clock(request, desk.at, desk.calendar), desk.zone, desk.at)


def _row(
    request: ServiceRequest, desk: Desk, places: Places, clock: ClockWords,
    has_open_order: bool = False, why: queue.ReviewLine | None = None,
) -> Row:  # fmt: skip
    return Row(
        request=request,
        clock=clock,
        reported=moment(request.requested_datetime, desk.zone, desk.at),
        age=span(desk.at - request.requested_datetime),
        places=tuple(places.areas[pk] for pk in request.area_ids if pk in places.areas),
        has_open_order=has_open_order,
        why=why,
        near=places.near.get(request.pk, ""),
    )


def _following(requests: ServiceRequestQuerySet, tab: Tab, desk: Desk, number: str) -> ServiceRequestQuerySet:
    """What comes after a request in the order of a tab; from the top where that request is not to be seen."""
    known = ServiceRequest.objects.filter(jurisdiction=desk.jurisdiction, service_request_id=number)
    last = sight.visible_to(known, desk.rights).first()
    if last is None:
        return requests
    if tab.key == "requested_datetime":
        return queue.older_than(requests, last)
    value = getattr(last, tab.key)
    if value is None:
        return requests.filter(**{f"{tab.key}__isnull": True, "pk__gt": last.pk})
    beyond, same = ("lt", "lt") if tab.newest else ("gt", "gt")
    following = Q(**{f"{tab.key}__{beyond}": value}) | Q(**{tab.key: value, f"pk__{same}": last.pk})
    # Ascending, those without a deadline come last.
    return requests.filter(following if tab.newest else following | Q(**{f"{tab.key}__isnull": True}))


def _places(requests: Sequence[ServiceRequest], language: str) -> Places:
    return Places(_areas(requests, language), nearby(requests))


def _areas(requests: Sequence[ServiceRequest], language: str) -> dict[int, str]:
    """The names of the neighborhoods and beats of some requests by area id; one query."""
    ids = {pk for request in requests for pk in request.area_ids}
    if not ids:
        return {}
    shapes = AreaShape.objects.filter(area__in=ids, in_force=True, kind__code__in=_PLACES)
    rows = shapes.values_list("area_id", f"attributes__name_{language}", "name", "area__code")
    return {pk: spoken or name or code for pk, spoken, name, code in rows}


@dataclass(frozen=True)
class Change:
    """How many requests came onto a list since a moment, and how many others of it were changed."""

    new: int
    changed: int


def changed_since(tab: Tab, desk: Desk, filters: Filters, since: datetime) -> Change:
    """What a person who looks at a list since a moment has not seen yet."""
    requests = filters.narrow(tab.read(desk), desk.jurisdiction).order_by().select_related(None)
    if tab.code == "review":
        fresh = Review.objects.filter(resolved_at=None, created_at__gt=since, request__in=requests)
        return Change(fresh.values("request").distinct().count(), 0)
    came = Q(received_at__gt=since)
    if tab.code == "closed":
        came = Q(closed_at__gt=since)
    elif tab.code in {"overdue", "soon"}:
        window = timedelta(0) if tab.code == "overdue" else queue.NEARLY_DUE
        came |= Q(expected_datetime__gt=since + window)
    other = Q(updated_datetime__gt=since) & ~came
    found = requests.aggregate(new=Count("pk", filter=came), changed=Count("pk", filter=other))
    return Change(found["new"], found["changed"])
