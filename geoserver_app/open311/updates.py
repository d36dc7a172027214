"""Service request updates in mySociety's form: what became of requests, and what those who follow them add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from geoserver_app import flow
from geoserver_app.accounts.models import ApiKey
from geoserver_app.follow.finding import canonical
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.submission import Photo
from geoserver_app.open311 import words
from geoserver_app.open311.access import key_of, warnings
from geoserver_app.open311.ask import Ask, window
from geoserver_app.open311.document import Document, Value, moment
from geoserver_app.open311.door import Answer
from geoserver_app.open311.errors import GENERAL, Fault, Open311Error, bad, unknown
from geoserver_app.open311.media import links_of, photos_of
from geoserver_app.open311.models import ReceivedUpdate
from geoserver_app.open311.narrowing import DAYS, MOST
from geoserver_app.open311.post import sent_with
from geoserver_app.published.reader import as_reader
from geoserver_app.work.models import Resolution
from layers.asked import ask as ask_database

State = ServiceRequest.State
Meaning = Resolution.Meaning
_STATES: Mapping[str, str] = {
    State.RECEIVED: "OPEN",
    State.TRIAGE: "FOR_TRIAGE",
    State.ASSIGNED: "OPEN",
    State.ACCEPTED: "INVESTIGATING",
    State.IN_PROGRESS: "IN_PROGRESS",
    State.REFERRED: "INTERNAL_REFERRAL",
    State.DONE: "FIXED",
    State.CLOSED: "CLOSED",
    State.CANCELLED: "CANCELLED",
}
_ENDS: Mapping[str, str] = {
    Meaning.FIXED: "FIXED",
    Meaning.DUPLICATE: "DUPLICATE",
    Meaning.REFERRED: "NOT_COUNCILS_RESPONSIBILITY",
    Meaning.NO_ACTION: "NO_FURTHER_ACTION",
    Meaning.DECLINED: "NO_FURTHER_ACTION",
    Meaning.PLANNED: "ACTION_SCHEDULED",
}
_WORDS = frozenset([*_STATES.values(), *_ENDS.values(), "REOPEN"])
_OPENING = frozenset({"OPEN", "REOPEN"})
_STATEMENT = Path(__file__).with_name("updates.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Media:
    """What came along: photos as files, and addresses, which are kept and never fetched."""

    photos: tuple[Photo, ...]
    links: tuple[str, ...]


def update_list(ask: Ask) -> Answer:
    """GET servicerequestupdates: of the public set, oldest first, in a window of up to 90 days (none: the last day)."""
    start, end = ask.moment("start_date"), ask.moment("end_date")
    end = end or (window(start, DAYS) if start else ask.at)
    start = start or window(end, -1)
    if end < start:
        raise bad("end_date lies before start_date.")
    if end - start > timedelta(days=DAYS, hours=1):
        raise bad(f"start_date and end_date may not span more than {DAYS} days")
    values = {"jurisdiction": ask.jurisdiction.pk, "start": start, "end": end, "limit": MOST + 1}
    with as_reader():
        rows = ask_database(_STATEMENT, values)
    resolutions = dict(Resolution.objects.filter(jurisdiction=ask.jurisdiction).values_list("code", "meaning"))
    # What does not fit is in the next window: it begins where this one's last update stands.
    shown: Value = [_item(ask, row, resolutions) for row in rows[:MOST]]
    return Answer(Document("service_request_updates", shown))


def _item(ask: Ask, row: Any, resolutions: Mapping[str, str]) -> Value:
    ended = _ENDS.get(resolutions.get(row.resolution or "", "")) if row.to_state == State.CLOSED else None
    return {
        "update_id": str(row.id),
        "service_request_id": row.service_request_id,
        "status": "REOPEN" if row.kind == "reopened" else ended or _STATES[row.to_state],
        "updated_datetime": moment(row.at, ask.zone),
        "description": row.note,
        "external_status_code": row.to_state,
    }


def post_update(ask: Ask) -> Answer:
    """POST servicerequestupdates: words (and a status) about a request that the same key sent."""
    key = key_of(ask, ApiKey.Scope.UPDATE)
    given = _given(ask)
    request = _own_request(ask, key, given["service_request_id"])
    change_id = _once(ask, key, request, given, _Media(photos_of(ask), links_of(ask)))
    content: Value = [{"update_id": str(change_id)}]
    return Answer(Document("service_request_updates", content), settings.OPEN311_CREATED_STATUS, warnings(ask))


def _given(ask: Ask) -> dict[str, str]:
    """The parameters, all that is wrong with them said at once. FixMyStreet's older clients say ``update_id_ext``."""
    given = {
        "service_request_id": ask.text("service_request_id"),
        "update_id": ask.text("update_id") or ask.text("update_id_ext"),
        "updated_datetime": ask.text("updated_datetime"),
        "status": ask.text("status").upper(),
        "description": words.description_of(ask),
    }
    ask.moment("updated_datetime")
    wrong = [Fault(GENERAL, f"{name} is missing.") for name, value in given.items() if not value]
    if given["status"] and given["status"] not in _WORDS:
        wrong.append(Fault(GENERAL, f"status '{given['status'][:40]}' must be one of {', '.join(sorted(_WORDS))}."))
    if len(given["update_id"]) > 100:
        wrong.append(Fault(GENERAL, "update_id is longer than 100 characters."))
    if wrong:
        raise Open311Error(*wrong)
    return given


def _own_request(ask: Ask, key: ApiKey, number: str) -> ServiceRequest:
    """A request that came with this key, public or not; nobody adds to what others sent."""
    ours = ServiceRequest.objects.of(ask.jurisdiction).filter(service_request_id=canonical(number) or "")
    found = ours.filter(idempotency_key__startswith=sent_with(key)).first()
    if found is None:
        raise unknown(f"There is no request '{number[:40]}' that was sent with this api_key.")
    return found


def _once(ask: Ask, key: ApiKey, request: ServiceRequest, given: Mapping[str, str], media: _Media) -> int:
    """Takes an update once; the line of the history that it is, or was when it came before."""
    with transaction.atomic():
        received, is_new = ReceivedUpdate.objects.get_or_create(
            key=key, request=request, update_id=given["update_id"], defaults={"received_at": ask.at}
        )
        if is_new:
            _take(ask, request, given, media)
            received.change_id = request.history.latest("at", "pk").pk
            received.save(update_fields=["change_id"])
    return received.change_id or received.pk


def _take(ask: Ask, request: ServiceRequest, given: Mapping[str, str], media: _Media) -> None:
    """Words and photos are the reporter's; OPEN or REOPEN opens a closed request again, which takes nothing else."""
    said = given["description"]
    if request.state in ServiceRequest.CLOSED_STATES:
        if given["status"] not in _OPENING:
            raise bad(f"Request {request} is closed. Send status REOPEN to open it again.")
        flow.reopen(request.pk, at=ask.at, reason=said)
        if media.photos or media.links:
            flow.add_details(request.pk, "", photos=media.photos, links=media.links, at=ask.at)
        return
    closing = f"[{given['status']}] " if given["status"] in {"FIXED", "CLOSED", "CANCELLED"} else ""
    flow.add_details(request.pk, f"{closing}{said}", photos=media.photos, links=media.links, at=ask.at)
