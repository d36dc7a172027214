"""Writes a report down before anything that can fail is tried: one short transaction, then it is never lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction

from geoserver_app.catalog.models import Service
from geoserver_app.intake import private_store
from geoserver_app.intake.contact import email_hash, phone_hash
from geoserver_app.intake.models import Answer, Media, MediaLink, Reporter, ServiceRequest
from geoserver_app.intake.submission import Photo, Submission
from geoserver_app.intake.tracking import TrackingNumber, new_access_code
from layers import rows
from layers.asked import ask
from layers.mercator import grid_position
from layers.srid import STORAGE_SRID

_QUESTIONS = "select id, code from catalog_serviceattribute where service_id = %(service)s::bigint"


@dataclass(frozen=True)
class Stored:
    """The request that a submission became; ``is_new`` is False where the same sending had been stored before."""

    request: ServiceRequest
    is_new: bool


def once(submission: Submission, work: Callable[[], Stored]) -> Stored:
    """Runs ``work``, which calls store(), as one transaction; where the same sending was quicker, gives that one's."""
    try:
        with transaction.atomic():
            return work()
    except IntegrityError:
        # The same report a blink ago, in another process: the unique key decided.
        earlier = sent_before(submission)
        if earlier is None:
            raise
        return Stored(earlier, is_new=False)


def store(submission: Submission, *, at: datetime) -> Stored:
    """Inserts the request, its incident, reporter, answers and photos. Call inside once().

    A second sending with the same idempotency key gives the first one's request.
    """
    (begun,) = ask(_begun(), {
        "jurisdiction": submission.jurisdiction_id, "key": submission.idempotency_key or None,
        "incident": submission.incident_id, "at": at,
    })  # fmt: skip
    if begun.earlier is not None:
        return Stored(ServiceRequest.objects.get(pk=begun.earlier), is_new=False)
    number = TrackingNumber(begun.year % 100, begun.running)
    return Stored(_insert(submission, at, str(number), begun.incident), is_new=True)


def sent_before(submission: Submission) -> ServiceRequest | None:
    """The request that this very sending (its idempotency key) already became."""
    if not submission.idempotency_key:
        return None
    return ServiceRequest.objects.filter(
        jurisdiction_id=submission.jurisdiction_id, idempotency_key=submission.idempotency_key
    ).first()


def _insert(submission: Submission, at: datetime, number: str, incident_id: int) -> ServiceRequest:
    request = ServiceRequest(
        jurisdiction_id=submission.jurisdiction_id,
        service_request_id=number,
        access_code=new_access_code(),
        idempotency_key=submission.idempotency_key or None,
        service_id=submission.service_id,
        incident_id=incident_id,
        leads=submission.incident_id is None,
        channel=submission.channel,
        source=submission.source,
        external_id=submission.external_id,
        language=submission.language,
        requested_datetime=submission.requested_datetime or at,
        received_at=at,
        updated_datetime=at,
        description=submission.description,
        place_method=submission.place_method,
        accuracy_m=submission.accuracy_m,
        address_text=submission.address_text,
        asset_id=submission.asset_id,
        **place_columns(submission.lon, submission.lat),
    )
    rows.insert(request)
    with rows.together():
        _insert_reporter(request, submission)
        add_answers(request, submission.answers)
    add_photos(request, submission.photos, at=at)
    if submission.media_urls:
        at_once = request.service.photo_publication == Service.Publication.AT_ONCE
        rows.insert(*(links_of(request.pk, submission.media_urls, at=at, is_public=at_once)))
    return request


def links_of(request_id: int, urls: Sequence[str], *, at: datetime, is_public: bool) -> list[MediaLink]:
    """The addresses of photos that a program sent, as rows."""
    return [MediaLink(request_id=request_id, url=url, is_public=is_public, created_at=at) for url in urls]


def place_columns(lon: float | None, lat: float | None) -> dict[str, object]:
    """The columns that hold a place (degrees, EPSG:4326): the point and its position in the tile grid."""
    if lon is None or lat is None:
        return {"geom": None, "tile_x": None, "tile_y": None, "morton": None}
    cell = grid_position(lon, lat)
    return {"geom": Point(lon, lat, srid=STORAGE_SRID), "tile_x": cell.x, "tile_y": cell.y, "morton": cell.morton}


def _insert_reporter(request: ServiceRequest, submission: Submission) -> None:
    contact = submission.contact
    if contact.is_anonymous and contact.tell_by == Reporter.TellBy.NONE:
        return
    reporter = Reporter(
        request=request,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        postal_address=contact.postal_address,
        tell_by=contact.tell_by,
        language=submission.language,
        email_hash=email_hash(contact.email),
        phone_hash=phone_hash(contact.phone),
    )
    rows.insert(reporter)


def add_answers(request: ServiceRequest, answers: Mapping[str, Any]) -> None:
    """Writes cleaned answers (see catalog.form) to the questions of the request's service."""
    if not answers:
        return
    attributes = {row.code: row.id for row in ask(_QUESTIONS, {"service": request.service_id})}
    rows.insert(
        *(Answer(request=request, attribute_id=attributes[code], value=value) for code, value in answers.items())
    )


def add_photos(
    request: ServiceRequest, photos: Sequence[Photo], *, at: datetime, stage: str = Media.Stage.REPORTED
) -> None:
    """Keeps photos that intake.photos made safe; for everybody at once where the service's policy says so."""
    at_once = request.service.photo_publication == Service.Publication.AT_ONCE if photos else False
    for photo in photos:
        kept = private_store.keep(photo)
        Media.objects.create(
            request=request,
            file=kept.file,
            thumbnail=kept.thumbnail,
            width=photo.width,
            height=photo.height,
            sha256=photo.sha256,
            stage=stage,
            is_public=at_once,
            created_at=at,
        )


def add_links(request: ServiceRequest, urls: Sequence[str], *, at: datetime) -> None:
    """Keeps addresses of photos that came later; for everybody at once where the service's policy says so."""
    at_once = request.service.photo_publication == Service.Publication.AT_ONCE if urls else False
    known = set(MediaLink.objects.filter(request=request, url__in=urls).values_list("url", flat=True)) if urls else ()
    new = [url for url in urls if url not in known]
    MediaLink.objects.bulk_create(links_of(request.pk, new, at=at, is_public=at_once))


@cache
def _begun() -> str:
    return Path(__file__).with_name("begun.sql").read_text(encoding="utf-8")
