"""Writes a report down before anything that can fail is tried: one short transaction, then it is never lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction

from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.intake import private_store
from geoserver_app.intake.contact import email_hash, phone_hash
from geoserver_app.intake.models import Answer, Incident, Media, Reporter, ServiceRequest
from geoserver_app.intake.submission import Photo, Submission
from geoserver_app.intake.tracking import TrackingNumber, new_access_code
from layers.mercator import grid_position
from layers.models import Jurisdiction
from layers.srid import STORAGE_SRID


@dataclass(frozen=True)
class Stored:
    """The request that a submission became; ``is_new`` is False where the same sending had been stored before."""

    request: ServiceRequest
    is_new: bool


def store(submission: Submission, *, at: datetime) -> Stored:
    """Inserts the request, its incident, reporter, answers and photos. Call inside a transaction of its own.

    A second sending with the same idempotency key gives the first one's request, also where both come at once.
    """
    earlier = sent_before(submission)
    if earlier is not None:
        return Stored(earlier, is_new=False)
    try:
        with transaction.atomic():
            return Stored(_insert(submission, at), is_new=True)
    except IntegrityError:
        # The same report a blink ago, in another process: the unique key decided.
        earlier = sent_before(submission)
        if earlier is None:
            raise
        return Stored(earlier, is_new=False)


def sent_before(submission: Submission) -> ServiceRequest | None:
    """The request that this very sending (its idempotency key) already became."""
    if not submission.idempotency_key:
        return None
    return ServiceRequest.objects.filter(
        jurisdiction_id=submission.jurisdiction_id, idempotency_key=submission.idempotency_key
    ).first()


def _insert(submission: Submission, at: datetime) -> ServiceRequest:
    jurisdiction = Jurisdiction.objects.only("time_zone").get(pk=submission.jurisdiction_id)
    incident_id = submission.incident_id or Incident.objects.create(jurisdiction=jurisdiction, created_at=at).pk
    requested = submission.requested_datetime or at
    request = ServiceRequest(
        jurisdiction=jurisdiction,
        service_request_id=str(_next_number(jurisdiction, at)),
        access_code=new_access_code(),
        idempotency_key=submission.idempotency_key or None,
        service_id=submission.service_id,
        incident_id=incident_id,
        channel=submission.channel,
        source=submission.source,
        external_id=submission.external_id,
        language=submission.language,
        requested_datetime=requested,
        received_at=at,
        updated_datetime=at,
        description=submission.description,
        place_method=submission.place_method,
        accuracy_m=submission.accuracy_m,
        address_text=submission.address_text,
        asset_id=submission.asset_id,
        **place_columns(submission.lon, submission.lat),
    )
    request.save(force_insert=True)
    _insert_reporter(request, submission)
    add_answers(request, submission.answers)
    add_photos(request, submission.photos, at=at)
    return request


def place_columns(lon: float | None, lat: float | None) -> dict[str, object]:
    """The columns that hold a place (degrees, EPSG:4326): the point and its position in the tile grid."""
    if lon is None or lat is None:
        return {"geom": None, "tile_x": None, "tile_y": None, "morton": None}
    cell = grid_position(lon, lat)
    return {"geom": Point(lon, lat, srid=STORAGE_SRID), "tile_x": cell.x, "tile_y": cell.y, "morton": cell.morton}


def _next_number(jurisdiction: Jurisdiction, at: datetime) -> TrackingNumber:
    year = at.astimezone(ZoneInfo(jurisdiction.time_zone)).year
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into intake_runningnumber (jurisdiction_id, year, last) values (%s, %s, 1)"
            " on conflict (jurisdiction_id, year) do update set last = intake_runningnumber.last + 1 returning last",
            [jurisdiction.pk, year],
        )
        row = cursor.fetchone()
    return TrackingNumber(year % 100, row[0])


def _insert_reporter(request: ServiceRequest, submission: Submission) -> None:
    contact = submission.contact
    if contact.is_anonymous and contact.tell_by == Reporter.TellBy.NONE:
        return
    Reporter.objects.create(
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


def add_answers(request: ServiceRequest, answers: Mapping[str, Any]) -> None:
    """Writes cleaned answers (see catalog.form) to the questions of the request's service."""
    if not answers:
        return
    attributes = {
        attribute.code: attribute for attribute in ServiceAttribute.objects.filter(service_id=request.service_id)
    }
    Answer.objects.bulk_create(
        Answer(request=request, attribute=attributes[code], value=value) for code, value in answers.items()
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
