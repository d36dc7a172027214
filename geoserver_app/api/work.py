"""What changes requests: a report sent, and a step of the work, both through flow and by right alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Status

from geoserver_app import flow
from geoserver_app.accounts.models import ApiKey
from geoserver_app.api import shapes
from geoserver_app.api.asking import open311_ask
from geoserver_app.api.caller import Caller, caller_of, may_do
from geoserver_app.api.in_full import own_number, said, with_whom
from geoserver_app.api.listed import router
from geoserver_app.api.problems import Refused
from geoserver_app.api.versions import IF_MATCH, TAGGED, known_to, tag
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.open311.ask import plain
from geoserver_app.open311.post import take
from geoserver_app.work.sight import find
from geoserver_app.work.steps import Words

log = logging.getLogger(__name__)
__all__ = ["router"]  # its operations share addresses with those that read
CHANGES = may_do(ApiKey.Scope.WORK, 404, 409, 412, headers=IF_MATCH, tagged=TAGGED)
_ONCE = {"Idempotency-Key": "A second sending under it is the same report, and gets the same answer."}


@router.post("/requests", response={201: shapes.TakenIn}, **may_do(ApiKey.Scope.REPORT, 404, headers=_ONCE))
def send_request(
    request: HttpRequest, sent: shapes.Sent, asked: Query[shapes.Where], response: HttpResponse
) -> Status[shapes.TakenIn]:
    """Sends a report, as by Open311: the same rules, the same answers. With an Idempotency-Key it is taken once."""
    caller = caller_of(request)
    if caller.key is None:
        raise Refused(401, "A key is needed: send X-Api-Key.")
    taken = take(open311_ask(request, caller, _fields(sent)), caller.key)
    if taken.number:
        response["Location"] = request.build_absolute_uri(reverse("api:one_request", args=[taken.number]))
    return Status(
        201, shapes.TakenIn(service_request_id=taken.number or None, token=taken.token or None, notice=taken.notice)
    )


@router.post("/requests/{number}/transitions", response=shapes.Standing, **CHANGES)
def take_step(
    request: HttpRequest, number: str, sent: shapes.Change, asked: Query[shapes.Where], response: HttpResponse
) -> shapes.Standing:
    """A step of the work, in the name of the key's person: as far as that person may take it in the console."""
    caller = caller_of(request)
    found = find(caller.rights, caller.place.pk, own_number(caller, number))
    known = known_to(request, found)
    words = Words(
        plain(sent.note).strip(), plain(sent.status_notes).strip(), sent.resolution, sent.field_action_datetime
    )
    done = flow.transition(found.pk, to=sent.to, by=caller.rights, at=caller.at, words=words, known=known)
    return standing(caller, done, response)


def standing(caller: Caller, done: ServiceRequest, response: HttpResponse) -> shapes.Standing:
    """How a request stands after a step of the caller's; its tag is for the caller's next one."""
    log.info("a step by a key", extra={"key": caller.key.pk if caller.key else None, "request": done.pk})
    stands = shapes.Standing(
        service_request_id=done.service_request_id,
        state=done.state,
        status="closed" if done.state in ServiceRequest.CLOSED_STATES else "open",
        resolution=done.resolution,
        updated_datetime=said(done.updated_datetime, ZoneInfo(caller.place.time_zone)),
        **with_whom(done).dict(),
    )
    response["ETag"] = tag(done.newest_line, stands)
    return stands


def _fields(sent: shapes.Sent) -> Mapping[str, list[str]]:
    """The parameters of Open311 that say the same."""
    place = {"long": sent.long, "lat": sent.lat}
    one_line = {
        "service_code": sent.service_code, "address_string": sent.address, "address_id": sent.address_id,
        "description": sent.description, "first_name": sent.first_name, "last_name": sent.last_name,
        "email": sent.email, "phone": sent.phone,
    }  # fmt: skip
    return {
        **{name: [text] for name, text in one_line.items()},
        **{name: [format(number, ".15g")] for name, number in place.items() if number is not None},
        **{f"attribute[{code}]": _values(value) for code, value in sent.answers.items()},
        "media_url": sent.media_urls,
    }


def _values(value: str | float | list[str]) -> list[str]:
    if isinstance(value, list):
        return value
    return [value if isinstance(value, str) else format(value, ".15g")]
