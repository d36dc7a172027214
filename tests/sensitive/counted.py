"""A town of three districts with sensitive requests, told by the wall clock; and what the table must say of them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.test import Client

from geoserver_app.intake.models import Incident, ServiceRequest
from geoserver_app.intake.tracking import TrackingNumber
from geoserver_app.published.models import SensitiveQuarter
from layers.models import Area, Jurisdiction, Kind
from tests import factories
from tests.life import ZONE, Town, town

Q2, Q3 = date(2026, 4, 1), date(2026, 7, 1)
IN_Q3 = datetime(2026, 8, 1, 12, tzinfo=ZONE)
AFTER_Q3 = datetime(2026, 10, 11, 3, tzinfo=ZONE)


@dataclass
class Districts:
    """The town of tests/life.py, divided into districts 1, 2 and 3 from west to east."""

    town: Town
    kind: Kind
    areas: dict[str, Area]

    def tips(self, n: int, district: str = "1", at: datetime = IN_Q3, **given: Any) -> list[ServiceRequest]:
        """So many reports of something sensitive; in no district where it is ""."""
        where = [self.areas[district].pk] if district else []
        told = {"service": self.town.tip, "area_ids": where, **given}
        return self._copies(self.town.request(at=at, **told), n - 1, given) if n else []

    def _copies(self, one: ServiceRequest, n: int, given: dict[str, Any]) -> list[ServiceRequest]:
        """The request and so many like it in two statements, each with an incident of its own unless one is given."""
        kept = [field.attname for field in one._meta.concrete_fields if not field.generated and not field.primary_key]
        own = Incident.objects.bulk_create(
            Incident(jurisdiction=self.town.jurisdiction, created_at=one.requested_datetime)
            for _ in range(0 if "incident" in given else n)
        )
        incidents = [one.pk for one in own] or [one.incident_id] * n
        rows = []
        for incident_id in incidents:
            self.town.running += 1
            number = str(TrackingNumber(26, self.town.running))
            fields = {name: getattr(one, name) for name in kept}
            rows.append(ServiceRequest(**{**fields, "incident_id": incident_id, "service_request_id": number}))
        return [one, *ServiceRequest.objects.bulk_create(rows)]


def build() -> Districts:
    made = town()
    kind = factories.kind(made.jurisdiction, "council_district", name="Council district", names={"es": "Distrito"})
    shapes = {
        str(n): factories.area(
            kind, str(n), factories.box(-119.77 + 0.03 * (n - 1), 35.95, -119.77 + 0.03 * n, 36.05), f"District {n}",
            attributes={"name_es": f"Distrito {n}"},
        )
        for n in (1, 2, 3)
    }  # fmt: skip
    return Districts(made, kind, {code: one.area for code, one in shapes.items()})


def plainly(place: Districts, first: date, codes: tuple[str, ...] = ("drug-house",)) -> Counter[str]:
    """Incidents of a quarter by district, told in Python over every request."""
    names = {area.pk: code for code, area in place.areas.items()}
    found: Counter[str] = Counter(dict.fromkeys(place.areas, 0))
    for one in ServiceRequest.objects.select_related("service"):
        local = one.requested_datetime.astimezone(ZONE).date()
        mine = sorted(names[pk] for pk in one.area_ids if pk in names)
        if one.leads and one.service.code in codes and (local.year, (local.month + 2) // 3) == _number(first) and mine:
            found[mine[0]] += 1
    return found


def _number(first: date) -> tuple[int, int]:
    return first.year, (first.month + 2) // 3


def published(client: Client) -> list[dict[str, str]]:
    """The lines of the file that everybody may have."""
    answer = client.get("/requests/sensitive/counts.csv", headers={"accept-language": "en"})
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def by_quarter(lines: list[dict[str, str]]) -> dict[str, dict[str, int | None]]:
    """Number by area (the total's is "") and quarter; None where it is hidden."""
    found: dict[str, dict[str, int | None]] = {}
    for line in lines:
        number = int(line["incidents"]) if line["incidents"] else None
        assert (number is None) == (line["hidden"] == "yes")
        found.setdefault(line["quarter"], {})[line["area_code"]] = number
    return found


def as_if_published(jurisdiction: Jurisdiction, *codes: str) -> SensitiveQuarter:
    """A published quarter that counts some services."""
    kind = factories.kind(jurisdiction, "ward")
    return SensitiveQuarter.objects.create(
        jurisdiction=jurisdiction, kind=kind, first_day=Q3, minimum=5, service_codes=list(codes), total=20,
        published_at=AFTER_Q3,
    )  # fmt: skip
