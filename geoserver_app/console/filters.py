"""What narrows a list down: the address's own parameters, as everywhere in the product, and the choices for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import cached_property

from django.db.models import Q
from django.http import QueryDict

from geoserver_app.catalog.models import Service, ServiceGroup
from geoserver_app.console import words
from geoserver_app.console.desk import Desk
from geoserver_app.intake.queries import ServiceRequestQuerySet
from geoserver_app.intake.tracking import parse_tracking_number
from geoserver_app.maps.contents import map_kinds
from geoserver_app.maps.words import one_of
from geoserver_app.org.models import Department
from layers.models import Area, Jurisdiction, Kind

LONGEST_TEXT = 100
# Kinds that a dispatcher thinks in; a list of every census tract would help nobody.
_AREA_KINDS = ("beat", "neighborhood", "council_district", "maintenance_zone", "block_watch")


@dataclass(frozen=True)
class Filters:
    """One value each, empty for everything. ``area`` is KIND:CODE, ``q`` a number or part of an address."""

    q: str = ""
    service_code: str = ""
    group: str = ""
    state: str = ""
    channel: str = ""
    department: str = ""
    area: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Filters:
        given = {field.name: query.get(field.name, "").strip() for field in fields(cls)}
        return cls(**{name: value.replace("\0", "")[:LONGEST_TEXT] for name, value in given.items()})

    @property
    def given(self) -> dict[str, str]:
        """Those that narrow anything down, by name."""
        return {name: value for name, value in asdict(self).items() if value}

    def narrow(self, requests: ServiceRequestQuerySet, jurisdiction: Jurisdiction) -> ServiceRequestQuerySet:
        """The requests that fit all filters; a code that does not exist fits none."""
        columns = {
            "service__code": self.service_code,
            "service__group__code": self.group,
            "state": self.state,
            "channel": self.channel,
            "department__code": self.department,
        }
        requests = requests.filter(**{name: value for name, value in columns.items() if value})
        if self.area:
            requests = requests.filter(_in_area(self.area, jurisdiction))
        return requests.filter(_about(self.q)) if self.q else requests


def _in_area(name: str, jurisdiction: Jurisdiction) -> Q:
    kind, _, code = name.partition(":")
    area = Area.objects.filter(jurisdiction=jurisdiction, kind__code=kind, code=code).first()
    if area is None:
        return Q(pk__in=[])
    # As it was when it was reported, or as the area is drawn today.
    return Q(area_ids__contains=[area.pk]) | Q(areas_today__contains=[area.pk])


def _about(text: str) -> Q:
    number = parse_tracking_number(text)
    if number is not None:
        return Q(service_request_id=str(number))
    return Q(service_request_id__icontains=text) | Q(address_text__icontains=text) | Q(external_id__iexact=text)


@dataclass(frozen=True)
class Choice:
    """One entry of a drop-down."""

    value: str
    label: str


@dataclass(frozen=True)
class Choices:
    """The entries of the drop-downs, in the page's language; ``labels`` of what is chosen now."""

    desk: Desk

    @cached_property
    def services(self) -> list[tuple[str, list[Choice]]]:
        """Services by group, both by name."""
        rows = Service.objects.filter(jurisdiction=self.desk.jurisdiction).select_related("group")
        by_group: dict[str, list[Choice]] = {}
        for one in rows.order_by("group__position", "group__code", "position", "code"):
            by_group.setdefault(one.group.name_in(self.desk.language), []).append(self._named(one))
        return list(by_group.items())

    @cached_property
    def groups(self) -> list[Choice]:
        rows = self.desk.jurisdiction.service_groups.order_by("position", "code")
        return [self._named(one) for one in rows]

    @cached_property
    def departments(self) -> list[Choice]:
        rows = Department.objects.filter(jurisdiction=self.desk.jurisdiction, active=True)
        return sorted((self._named(one) for one in rows), key=lambda one: one.label)

    @cached_property
    def areas(self) -> list[tuple[str, list[Choice]]]:
        """Areas of the kinds that people name, by kind."""
        kinds = {kind.code: kind for kind in map_kinds(self.desk.jurisdiction, self.desk.language)}
        return [
            (
                one_of(Kind(code=code, name=kinds[code].name)),
                [Choice(f"{code}:{area.code}", area.label) for area in kinds[code].areas],
            )
            for code in _AREA_KINDS
            if code in kinds
        ]

    @property
    def states(self) -> list[Choice]:
        return list(_entries(words.STATES.items()))

    @property
    def channels(self) -> list[Choice]:
        return list(_entries(words.CHANNELS.items()))

    def _named(self, one: Service | ServiceGroup | Department) -> Choice:
        return Choice(one.code, one.name_in(self.desk.language))


def _entries(pairs: Iterable[tuple[str, object]]) -> Iterable[Choice]:
    return (Choice(code, str(label)) for code, label in pairs)
