"""A request as Open311 shows it: its public row, and only where asked for what goes beyond the specification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse

from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.open311.ask import Ask
from geoserver_app.open311.document import Value, moment
from geoserver_app.open311.extended import Extended
from geoserver_app.org.models import Agency, Department

State = ServiceRequest.State


@dataclass(frozen=True)
class Row:
    """A row of listing.sql. ``lon``, ``lat`` in degrees; ``areas`` are [kind, code]; ``photos`` are [file, address]."""

    id: int
    service_request_id: str
    service_id: int
    state: str
    status: str
    status_notes: str
    description: str
    department_id: int | None
    agency_id: int | None
    requested_datetime: datetime
    updated_datetime: datetime
    touched_datetime: datetime
    expected_datetime: datetime | None
    address: str
    lon: float | None
    lat: float | None
    distance_m: float | None
    areas: list[list[str]] | None
    photos: list[list[str | None]] | None


@dataclass
class Names:
    """What departments, agencies and services of some rows are called, in a language."""

    rows: Sequence[Row]
    language: str

    @cached_property
    def services(self) -> dict[int, Service]:
        return Service.objects.in_bulk({row.service_id for row in self.rows})

    @cached_property
    def departments(self) -> dict[int, Department]:
        return Department.objects.in_bulk({row.department_id for row in self.rows if row.department_id})

    @cached_property
    def agencies(self) -> dict[int, Agency]:
        return Agency.objects.in_bulk({row.agency_id for row in self.rows if row.agency_id})

    def responsible(self, row: Row) -> str:
        """Who has it: the agency it was referred to, else the department; empty while nobody has."""
        if row.state == State.REFERRED and row.agency_id:
            return self.agencies[row.agency_id].name_in(self.language)
        return self.departments[row.department_id].name_in(self.language) if row.department_id else ""


def items(ask: Ask, rows: Sequence[Row]) -> list[Value]:
    """The rows as the list shows them."""
    names = Names(rows, ask.language)
    extended = Extended(ask, [row.id for row in rows]) if ask.extended else None
    return [{**_item(ask, row, names), **(_more(ask, row, extended) if extended else {})} for row in rows]


def _item(ask: Ask, row: Row, names: Names) -> dict[str, Value]:
    service = names.services[row.service_id]
    item: dict[str, Value] = {
        "service_request_id": row.service_request_id,
        "status": row.status,
        "status_notes": row.status_notes,
        "service_name": service.name_in(ask.language),
        "service_code": service.code,
        "description": row.description,
        "agency_responsible": names.responsible(row),
        "service_notice": "",
        "requested_datetime": moment(row.requested_datetime, ask.zone),
        "updated_datetime": moment(row.updated_datetime, ask.zone),
        "expected_datetime": moment(row.expected_datetime, ask.zone),
        "address": row.address,
        # An address's id would say exactly where a block only is meant to be shown.
        "address_id": "",
        "zipcode": next((code for kind, code in row.areas or () if kind == "zipcode_area"), ""),
        "lat": row.lat,
        "long": row.lon,
        "media_url": next(iter(photo_addresses(ask, row)), ""),
    }
    if row.distance_m is not None:
        item["distance"] = round(row.distance_m, 1)
    return item


def photo_addresses(ask: Ask, row: Row) -> list[str]:
    """Where the released photos of a request are: ours, and those that were reported by address."""
    return [_ours(ask, row, file) if file else str(url) for file, url in row.photos or ()]


def _ours(ask: Ask, row: Row, file: str) -> str:
    name = file.partition("/")[2].removesuffix(".jpg")
    return ask.http.build_absolute_uri(reverse("follow:photo", args=[row.service_request_id, name]))


def _more(ask: Ask, row: Row, extended: Extended) -> dict[str, Any]:
    return {
        "attributes": extended.attributes(row.id),
        "extended_attributes": {
            "detailed_status": extended.detailed_status(row.state),
            "state": row.state,
            "changed_datetime": moment(row.touched_datetime, ask.zone),
            "areas": [{"kind": kind, "code": code} for kind, code in row.areas or ()],
            "media_urls": photo_addresses(ask, row),
        },
        "notes": extended.notes(row.id),
    }
