"""One request in full: as everybody may know it, or as a key's person sees it in the console, without its reporter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from geoserver_app.api import shapes
from geoserver_app.api.asking import open311_ask
from geoserver_app.api.caller import Caller
from geoserver_app.catalog.form import in_words
from geoserver_app.catalog.models import in_language
from geoserver_app.density.models import Audience
from geoserver_app.follow.finding import canonical, find_old
from geoserver_app.intake.models import Answer, Media, ServiceRequest
from geoserver_app.open311.ask import Ask
from geoserver_app.open311.document import moment
from geoserver_app.open311.extended import Extended, Given
from geoserver_app.open311.items import Names, Row, photo_addresses
from geoserver_app.open311.listing import public_row
from geoserver_app.work.history import full
from geoserver_app.work.models import StatusChange
from geoserver_app.work.sight import find
from layers.models import Area

_RELATED = ("service", "department", "agency", "assignee")


def in_full(http: HttpRequest, caller: Caller, number: str) -> shapes.RequestInFull:
    """The request with a number. NotFound (or its kin of Open311) for what is not the caller's to see."""
    if caller.audience == Audience.STAFF:
        return _of_staff(http, caller, number)
    ask = open311_ask(http, caller, {})
    return _of_public(ask, public_row(ask, number))


def area_names(ids: Iterable[int]) -> Mapping[int, shapes.AreaName]:
    """Kind and code of areas by their ids, in order of kinds and codes."""
    rows = Area.objects.filter(pk__in=set(ids)).values_list("pk", "kind__code", "code").order_by("kind__code", "code")
    return {pk: shapes.AreaName(kind=kind, code=code) for pk, kind, code in rows}


def said(at: datetime, zone: ZoneInfo) -> str:
    """A moment by the city's wall clock, with its zone."""
    return str(moment(at, zone))


def said_or_none(at: datetime | None, zone: ZoneInfo) -> str | None:
    return said(at, zone) if at else None


def _of_public(ask: Ask, row: Row) -> shapes.RequestInFull:
    names, more, zone = Names([row], ask.language), Extended(ask, [row.id]), ask.zone
    is_open = row.status == "open"
    return shapes.RequestInFull(
        service_code=names.services[row.service_id].code,
        service_name=names.services[row.service_id].name_in(ask.language),
        service_request_id=row.service_request_id,
        status="open" if is_open else "closed",
        requested_datetime=said(row.requested_datetime, zone),
        closed_datetime=None if is_open else said(row.updated_datetime, zone),
        address=row.address,
        long=row.lon,
        lat=row.lat,
        areas=[shapes.AreaName(kind=kind, code=code) for kind, code in row.areas or ()],
        state=row.state,
        status_notes=row.status_notes,
        description=row.description,
        responsible=names.responsible(row),
        updated_datetime=said(row.touched_datetime, zone),
        expected_datetime=said_or_none(row.expected_datetime, zone),
        photos=photo_addresses(ask, row),
        answers=[_answer(one) for one in more.answers(row.id)],
        history=[
            shapes.Step(at=said(one.at, zone), kind=one.kind, state=one.to_state, note=one.note)
            for one in more.updates(row.id)
        ],
    )


def _answer(one: Given | Answer) -> shapes.Answer:
    language = get_language() or "en"
    words = in_words(one.attribute, one.value, language)
    return shapes.Answer(
        code=one.attribute.code, question=in_language(one.attribute.question, language), value=one.value, words=words
    )


def _of_staff(http: HttpRequest, caller: Caller, text: str) -> shapes.RequestInFull:
    one = find(caller.rights, caller.place.pk, own_number(caller, text))
    one = ServiceRequest.objects.select_related(*_RELATED).get(pk=one.pk)
    zone = ZoneInfo(caller.place.time_zone)
    return shapes.RequestInFull(
        service_code=one.service.code,
        service_name=one.service.name_in(get_language() or "en"),
        service_request_id=one.service_request_id,
        status="closed" if one.state in ServiceRequest.CLOSED_STATES else "open",
        requested_datetime=said(one.requested_datetime, zone),
        closed_datetime=said_or_none(one.closed_at, zone),
        address=one.address_text,
        long=one.geom.x if one.geom else None,
        lat=one.geom.y if one.geom else None,
        areas=list(area_names(one.area_ids).values()),
        state=one.state,
        status_notes=one.status_notes,
        description=one.description,
        responsible=_responsible(one),
        updated_datetime=said(one.updated_datetime, zone),
        expected_datetime=said_or_none(one.expected_datetime, zone),
        photos=_photos(http, one),
        answers=[_answer(row) for row in one.answers.select_related("attribute").order_by("attribute__position")],
        history=[_step(row, zone) for row in full(one)],
        staff=_for_staff(one, zone),
    )


def own_number(caller: Caller, text: str) -> str:
    """Our number; of an imported request also by the old one."""
    number = canonical(text)
    old = None if number else find_old(caller.place, text)
    return number or (old.service_request_id if old else text[:40])


def _responsible(one: ServiceRequest) -> str:
    language = get_language() or "en"
    if one.state == ServiceRequest.State.REFERRED and one.agency:
        return one.agency.name_in(language)
    return one.department.name_in(language) if one.department else ""


def _photos(http: HttpRequest, one: ServiceRequest) -> list[str]:
    """Those that were released: the others are looked at in the console."""
    files = Media.objects.filter(request=one, is_public=True).order_by("file").values_list("file", flat=True)
    names = [str(file).partition("/")[2].removesuffix(".jpg") for file in files]
    return [http.build_absolute_uri(reverse("follow:photo", args=[one.service_request_id, name])) for name in names]


def _step(row: StatusChange, zone: ZoneInfo) -> shapes.Step:
    return shapes.Step(at=said(row.at, zone), kind=row.kind, state=row.to_state, note=row.note)


def with_whom(one: ServiceRequest) -> shapes.WithWhom:
    """Who has a request, by codes; an agency while it is referred there."""
    agency = one.agency if one.state == ServiceRequest.State.REFERRED else None
    return shapes.WithWhom(
        department=one.department.code if one.department else "",
        desk=one.post.code if one.post else "",
        assignee=one.assignee.username if one.assignee else "",
        agency=agency.code if agency else "",
    )


def _for_staff(one: ServiceRequest, zone: ZoneInfo) -> shapes.ForStaff:
    return shapes.ForStaff(
        **with_whom(one).dict(),
        channel=one.channel,
        priority=one.priority,
        resolution=one.resolution,
        field_action_datetime=said_or_none(one.field_action_at, zone),
        is_public=one.is_public,
        leads=one.leads,
    )
