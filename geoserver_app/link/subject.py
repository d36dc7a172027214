"""What linking needs to know of a request: its place, its day, what was said about it, and its service's policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.link.models import Membership
from geoserver_app.link.privacy import Policy
from layers.models import Jurisdiction


@dataclass(frozen=True)
class Located:
    """Where a locator found the address that was given, in degrees, and how that address is written."""

    lon: float
    lat: float
    address: str


@dataclass(frozen=True)
class Subject:
    """One place to be linked. ``lon``, ``lat`` in degrees (EPSG:4326), None without a place; ``on`` is the local day.

    ``manual`` are areas that staff chose, as (kind id, area id): they stand whatever the borders say.
    """

    jurisdiction: Jurisdiction
    on: date
    policy: Policy
    lon: float | None = None
    lat: float | None = None
    place_method: str = "none"
    accuracy_m: float | None = None
    place_wanted: bool = True
    deciding_kind: str = ""
    asset_id: int | None = None
    means: str = ""
    description: str = ""
    address_text: str = ""
    located: Located | None = None
    manual: tuple[tuple[int, int], ...] = field(default=())


def subject_of(
    request: ServiceRequest,
    *,
    answers: Mapping[str, Any] | None = None,
    located: Located | None = None,
    keep_manual: bool = True,
) -> Subject:
    """The subject of a stored request as it stands; ``located`` is where its address text was found.

    After a move of the pin say ``keep_manual=False``: areas that staff chose belonged to the old place. ``answers``
    spares reading them where they are known.
    """
    if answers is None:
        answers = dict(request.answers.values_list("attribute__code", "value"))
    manual = _manual(request) if keep_manual else ()
    return _subject(
        request.service,
        request.jurisdiction,
        request.requested_datetime,
        answers,
        lon=request.geom.x if request.geom else None,
        lat=request.geom.y if request.geom else None,
        place_method=request.place_method,
        accuracy_m=request.accuracy_m,
        asset_id=request.asset_id,
        description=request.description,
        address_text=request.address_text,
        located=located,
        manual=manual,
    )


def subject_at(
    service: Service, lon: float | None, lat: float | None, *, at: datetime, answers: Mapping[str, Any], **more: Any
) -> Subject:
    """The subject of a request that is not there yet: for previews. ``more`` are further fields of Subject."""
    more = {"place_method": "none" if lon is None else "pin", **more}
    return _subject(service, service.jurisdiction, at, answers, lon=lon, lat=lat, **more)


def means(service: Service, answers: Mapping[str, Any]) -> str:
    """Whose ground it is by the answers: the first that is evidence, in the order of the form; "" where none is.

    Questions and answers that are no longer offered count too: they stand in past requests.
    """
    questions = (one for one in service.attributes.all() if one.datatype in ServiceAttribute.LISTS)
    for question in sorted(questions, key=lambda one: (one.position, one.code)):
        given = answers.get(question.code, [])
        keys = given if isinstance(given, list) else [given]
        found = next((one["means"] for one in question.values if one.get("means") and one["key"] in keys), "")
        if found:
            return str(found)
    return ""


def _subject(
    service: Service, jurisdiction: Jurisdiction, at: datetime, answers: Mapping[str, Any], **more: Any
) -> Subject:
    return Subject(
        jurisdiction=jurisdiction,
        on=jurisdiction.local_date(at),
        policy=Policy.of(service),
        place_wanted=service.location != Service.Location.NONE,
        deciding_kind=service.deciding_kind,
        means=means(service, answers) if answers else "",
        **more,
    )


def _manual(request: ServiceRequest) -> tuple[tuple[int, int], ...]:
    rows = Membership.objects.filter(request=request, method=Membership.Method.MANUAL, area__isnull=False)
    return tuple(rows.values_list("kind_id", "area_id"))
