"""The filters of the map as a form, and those that are set as words that can be taken away one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from geoserver_app.catalog.models import Service, ServiceGroup
from geoserver_app.maps.contents import MapKind
from geoserver_app.published.filters import Filters
from layers.models import Jurisdiction


@dataclass(frozen=True)
class Choice:
    """Something that can be ticked or chosen."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """A group of services; ``is_open`` where one of its services is ticked by itself."""

    choice: Choice
    services: tuple[Choice, ...]

    @property
    def is_open(self) -> bool:
        return any(one.is_chosen for one in self.services)


@dataclass(frozen=True)
class Months:
    """The months that a slider goes through: the first day of the first one, and how many follow."""

    first: date
    count: int


@dataclass(frozen=True)
class StaffChoices:
    """Codes and names of what the staff alone filter by."""

    states: list[tuple[str, str]]
    channels: list[tuple[str, str]]
    departments: list[tuple[str, str]]


@dataclass(frozen=True)
class Chip:
    """A filter that is set: in words, and the query without it."""

    words: str
    query: str


@dataclass(frozen=True)
class Form:
    """The filters as a form. ``areas`` are choices by kind of area."""

    groups: tuple[Group, ...]
    statuses: tuple[Choice, ...]
    areas: tuple[tuple[str, tuple[Choice, ...]], ...]
    since: str
    until: str
    first_month: str = ""
    months: int = 0
    staff: tuple[tuple[str, str, tuple[Choice, ...]], ...] = ()
    chips: tuple[Chip, ...] = ()

    @property
    def is_usual(self) -> bool:
        """Whether it asks for what a map shows where nobody says otherwise."""
        return not self.chips


def form(
    place: Jurisdiction, query: QueryDict, filters: Filters, kinds: tuple[MapKind, ...], *, language: str,
    months: Months, staff: StaffChoices | None = None,
) -> Form:  # fmt: skip
    """The form of an address, whose filters were understood as ``filters``."""
    groups = tuple(_groups(place, query, language))
    areas = tuple(_areas(query, filters, kinds))
    found = Form(
        groups=groups,
        statuses=tuple(_statuses(query.get("status", ""))),
        areas=areas,
        since=query.get("requested_from", "")[:10],
        until=query.get("requested_to", "")[:10],
        first_month=str(months.first)[:7],
        months=months.count,
        staff=tuple(_of_staff(query, staff)) if staff else (),
    )
    return replace(found, chips=tuple(_chips(query, found)))


def _parts(query: QueryDict, name: str) -> list[str]:
    return [part.strip() for text in query.getlist(name) for part in text.split(",") if part.strip()]


def _groups(place: Jurisdiction, query: QueryDict, language: str) -> Iterator[Group]:
    groups, codes = _parts(query, "group"), _parts(query, "service_code")
    services = Service.objects.filter(jurisdiction=place, publication=Service.Audience.PUBLIC, sensitive=False)
    by_group: dict[int, list[Service]] = {}
    for one in services:
        if one.retired_on is None or one.code in codes:
            by_group.setdefault(one.group_id, []).append(one)
    for group in ServiceGroup.objects.filter(jurisdiction=place):
        if group.pk in by_group:
            ours = (Choice(one.code, one.name_in(language), one.code in codes) for one in by_group[group.pk])
            yield Group(Choice(group.code, group.name_in(language), group.code in groups), tuple(ours))


def _statuses(chosen: str) -> Iterator[Choice]:
    for code, name in (
        ("recent", _("Open and recent")),
        ("open", pgettext("map filter", "Open")),
        ("closed", pgettext("map filter", "Closed")),
        ("all", _("All, of all years")),
    ):
        yield Choice(code, name, code == chosen)


def _areas(query: QueryDict, filters: Filters, kinds: tuple[MapKind, ...]) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    chosen = _parts(query, "area")
    for kind in kinds:
        if kind.areas and (kind.code in filters.codes.kinds or any(one.startswith(f"{kind.code}:") for one in chosen)):
            values = ((f"{kind.code}:{one.code}", one.label) for one in kind.areas)
            yield kind.name, tuple(Choice(value, name, value in chosen) for value, name in values)


def _of_staff(query: QueryDict, staff: StaffChoices) -> Iterator[tuple[str, str, tuple[Choice, ...]]]:
    for name, words, choices in (
        ("state", pgettext("map filter", "State"), staff.states),
        ("channel", pgettext("map filter", "Channel"), staff.channels),
        ("department", pgettext("map filter", "Department"), staff.departments),
    ):
        chosen = _parts(query, name)
        yield name, words, tuple(Choice(code, label, code in chosen) for code, label in choices)


def _chips(query: QueryDict, found: Form) -> Iterator[Chip]:
    yield from _service_chips(query, found)
    for one in found.statuses:
        if one.is_chosen and one.value != "recent":
            yield Chip(one.name, without(query, "status"))
    for name, day, words in (
        ("requested_from", found.since, pgettext("map filter", "from %(day)s")),
        ("requested_to", found.until, pgettext("map filter", "to %(day)s")),
    ):
        if day:
            yield Chip(words % {"day": _in_words(day)}, without(query, name))
    chosen = (one for _kind, choices in found.areas for one in choices if one.is_chosen)
    yield from (Chip(one.name, without(query, "area", one.value)) for one in chosen)
    for name, _words, choices in found.staff:
        yield from (Chip(one.name, without(query, name, one.value)) for one in choices if one.is_chosen)


def _in_words(day: str) -> str:
    return date_format(date.fromisoformat(day), "DATE_FORMAT")


def _service_chips(query: QueryDict, found: Form) -> Iterator[Chip]:
    for group in found.groups:
        for name, one in (("group", group.choice), *(("service_code", service) for service in group.services)):
            if one.is_chosen:
                yield Chip(one.name, without(query, name, one.value))


def without(query: QueryDict, name: str, value: str = "") -> str:
    """A query without a name, or without one of its values; neither does it keep to drawn cells."""
    changed = query.copy()
    kept = [part for part in _parts(query, name) if value and part != value]
    for gone in (name, "cells", "request", "lang"):
        changed.pop(gone, None)
    if kept:
        changed.setlist(name, kept)
    return changed.urlencode(safe="/,:")
