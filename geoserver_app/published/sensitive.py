"""Publishes the fixed table of sensitive services: each quarter once and for ever, with small numbers hidden."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from geoserver_app.catalog.models import Service
from geoserver_app.density.areas import USUAL_KINDS
from geoserver_app.density.models import Ledger
from geoserver_app.published.models import SensitiveCount, SensitivePlan, SensitiveQuarter, SensitiveService
from geoserver_app.published.quarters import Quarter, ended
from geoserver_app.published.suppression import Shown, shown
from layers.errors import NotFound, OneMapError
from layers.models import Jurisdiction, Kind

MINIMUM, SMALLEST_MINIMUM = 5, 3
# Letters and voicemail are entered days later, and what waits in triage finds its place.
SETTLES_DAYS = 10
AT_MOST = 8  # quarters back: what is older when an installation begins is history, not news
_COUNTS = Path(__file__).with_name("sensitive_counts.sql")


class WrongPlan(OneMapError):
    """A table of sensitive services that cannot be made."""


class LaidOpen(OneMapError):
    """A service that would no longer be sensitive, though published numbers rest on it."""

    status = 409


@dataclass(frozen=True)
class Standing:
    """An area that was in force in a quarter, and how many incidents it had: seen by nobody but the program."""

    area_id: int
    code: str
    name: str
    names: Mapping[str, str]
    n: int


@dataclass(frozen=True)
class Published:
    """What became of a quarter: how many of its cells are hidden; ``cells`` 0: too little for anything to be shown."""

    quarter: Quarter
    cells: int = 0
    hidden: int = 0
    total: int = 0


def due(jurisdiction: Jurisdiction, *, at: datetime) -> list[Quarter]:
    """The quarters that have ended a while ago and are not published yet, the oldest first."""
    days = SensitiveQuarter.objects.filter(jurisdiction=jurisdiction).values_list("first_day", flat=True)
    known = set(days)
    quarters = ended(jurisdiction.local_date(at), settles_days=SETTLES_DAYS, at_most=AT_MOST)
    return [one for one in quarters if one.first not in known]


def publish(jurisdiction: Jurisdiction, *, at: datetime) -> list[Published]:
    """Publishes what is due; none where the jurisdiction has no areas to count by.

    A quarter of which not even the total can be told is left, and looked at again: a late import may fill it.
    """
    with transaction.atomic():
        plan = _plan(jurisdiction)
        if plan is None:
            return []
        _note_services(plan, jurisdiction.local_date(at))
        return [_publish(plan, quarter, at) for quarter in due(jurisdiction, at=at)]


def refuse_laid_open(jurisdiction_id: int, codes: Collection[str]) -> None:
    """LaidOpen where one of the services, about to be shown one by one, stands in a published quarter."""
    rows = SensitiveQuarter.objects.filter(jurisdiction_id=jurisdiction_id).values_list("service_codes", flat=True)
    told = sorted(set(codes) & {code for row in rows for code in row})
    if told:
        raise LaidOpen(
            f"{', '.join(told)}: published quarters of the table of sensitive services count it, and would tell"
            " what they hide once it is shown by itself. Leave it sensitive; retire it and begin a new service instead."
        )


def choose(jurisdiction: Jurisdiction, *, kind: str | None, minimum: int | None) -> SensitivePlan:
    """Fixes which areas the coming quarters are counted by, and below which number they are hidden."""
    if minimum is not None and minimum < SMALLEST_MINIMUM:
        raise WrongPlan(f"A minimum of {minimum} hides too little: give {SMALLEST_MINIMUM} or more.")
    plan = SensitivePlan.objects.filter(jurisdiction=jurisdiction).first() or SensitivePlan(jurisdiction=jurisdiction)
    chosen = _kind(jurisdiction, kind) if kind else (plan.kind if plan.kind_id else usual_kind(jurisdiction))
    if chosen is None:
        raise NotFound("There are no areas to count by. Load some, or name their kind: --kind KIND.")
    plan.kind, plan.minimum = chosen, minimum or plan.minimum
    plan.save()
    return plan


def usual_kind(jurisdiction: Jurisdiction) -> Kind | None:
    """The first of the kinds that the map counts whose areas do not overlap, so that they add up to the city."""
    counted = Ledger.objects.filter(jurisdiction=jurisdiction).values_list("kinds", flat=True).first()
    there = Kind.objects.filter(
        jurisdiction=jurisdiction, feature_class=Kind.FeatureClass.AREA, overlap=Kind.Overlap.ONE,
        editions__is_current=True,
    )  # fmt: skip
    known = {one.code: one for one in there}
    return next((known[code] for code in (*(counted or ()), *USUAL_KINDS) if code in known), None)


def _kind(jurisdiction: Jurisdiction, code: str) -> Kind:
    kinds = Kind.objects.filter(jurisdiction=jurisdiction, feature_class=Kind.FeatureClass.AREA)
    found = kinds.filter(code=code).first()
    if found is None:
        there = ", ".join(kinds.values_list("code", flat=True)) or "none"
        raise NotFound(f"'{code[:60]}' is no kind of area here; there are: {there}.")
    return found


def _plan(jurisdiction: Jurisdiction) -> SensitivePlan | None:
    """The plan, fixed by the first run where nobody chose one; locked, so that one run at a time publishes."""
    kind = usual_kind(jurisdiction)
    if kind is not None:
        defaults = {"kind": kind, "minimum": MINIMUM}
        SensitivePlan.objects.get_or_create(jurisdiction=jurisdiction, defaults=defaults)
    return (
        SensitivePlan.objects.select_for_update(of=("self",))
        .select_related("kind", "jurisdiction")
        .filter(jurisdiction=jurisdiction)
        .first()
    )


def _note_services(plan: SensitivePlan, today: date) -> None:
    """Notes which services are sensitive now; the first time as if they had always been."""
    noted = SensitiveService.objects.filter(service__jurisdiction=plan.jurisdiction_id)
    noted.filter(service__sensitive=False).delete()
    known = set(noted.values_list("service_id", flat=True))
    fresh = Service.objects.filter(jurisdiction=plan.jurisdiction_id, sensitive=True).exclude(pk__in=known)
    since = today if plan.begun_on else None
    SensitiveService.objects.bulk_create([SensitiveService(service=one, since=since) for one in fresh])
    if plan.begun_on is None:
        plan.begun_on = today
        plan.save(update_fields=["begun_on"])


def _publish(plan: SensitivePlan, quarter: Quarter, at: datetime) -> Published:
    services = _counted_services(plan.jurisdiction, quarter)
    found = {one.area_id: one for one in _counts(plan, quarter, list(services))}
    numbers = {area_id: one.n for area_id, one in found.items()}
    lots = sorted(found, key=lambda area_id: _lot(plan, quarter, found[area_id].code))
    fit = shown(numbers, minimum=plan.minimum, lots=lots) if numbers else None
    if fit is None:
        return Published(quarter)
    _keep(plan, quarter, sorted(services.values()), found, fit, at)
    return Published(quarter, len(found), fit.hidden, fit.total)


def _counted_services(jurisdiction: Jurisdiction, quarter: Quarter) -> dict[int, str]:
    """Id and code of the services that were sensitive all through a quarter and since."""
    noted = SensitiveService.objects.filter(service__jurisdiction=jurisdiction).select_related("service")
    return {one.service_id: one.service.code for one in noted if one.since is None or one.since <= quarter.first}


def _counts(plan: SensitivePlan, quarter: Quarter, services: list[int]) -> list[Standing]:
    since, until = quarter.moments(ZoneInfo(plan.jurisdiction.time_zone))
    values: dict[str, Any] = {
        "kind": plan.kind_id, "jurisdiction": plan.jurisdiction_id, "services": services, "since": since,
        "until": until, "first_day": quarter.first, "next_day": quarter.next.first,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.read_text(encoding="utf-8"), values)
        return [
            Standing(area_id, code, name or code, _names(json.loads(attributes)), n)
            for area_id, code, name, attributes, n in cursor.fetchall()
        ]


def _names(attributes: Mapping[str, Any]) -> dict[str, str]:
    """The names in other languages that a shape has (``name_es``), by language."""
    return {key.removeprefix("name_"): str(value) for key, value in attributes.items() if key.startswith("name_")}


def _lot(plan: SensitivePlan, quarter: Quarter, area: str) -> bytes:
    """An area's place in the lots of a quarter: by the installation's secret, which nobody outside knows.

    The same again for the same quarter, so that a run that is repeated, say after a restore, draws no other cells.
    """
    what = f"{plan.jurisdiction.code}|{plan.kind.code}|{quarter.code}|{area}"
    return salted_hmac("sensitive table", what, algorithm="sha256").digest()


def _keep(
    plan: SensitivePlan,
    quarter: Quarter,
    codes: list[str],
    found: Mapping[int, Standing],
    fit: Shown[int],
    at: datetime,
) -> None:
    row = SensitiveQuarter.objects.create(
        jurisdiction=plan.jurisdiction, kind=plan.kind, first_day=quarter.first, minimum=plan.minimum,
        service_codes=codes, total=fit.total, published_at=at,
    )  # fmt: skip
    SensitiveCount.objects.bulk_create(
        SensitiveCount(quarter=row, area_id=area_id, name=found[area_id].name, names=dict(found[area_id].names), n=n)
        for area_id, n in fit.cells.items()
    )
