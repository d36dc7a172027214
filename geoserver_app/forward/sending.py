"""One request to one endpoint, and what they know of it now: what is said to them, and how often it is tried."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.urls import reverse

from geoserver_app.catalog.form import in_words
from geoserver_app.catalog.models import in_language
from geoserver_app.forward.models import AgencyEndpoint, Forward
from geoserver_app.forward.reading import Refused, Theirs, first_request
from geoserver_app.forward.seal import unseal
from geoserver_app.forward.wire import Speaker
from geoserver_app.intake.models import Reporter, ServiceRequest

LONGEST_DESCRIPTION = 4000
# A token is asked for soon, as its number comes soon; a request that they have, four times an hour.
TOKEN_AGAIN = timedelta(minutes=1)
LOOK_AGAIN = timedelta(minutes=15)
MOST_ATTEMPTS = 12
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


def send(forward: Forward, *, speak: Speaker) -> Theirs:
    """Sends it. Refused or NoAnswer where that fails; asked again, the same sending is none of a second report."""
    endpoint, key = forward.endpoint, unseal(forward.endpoint.sealed_key)
    fields = fields_of(forward.request, endpoint, key)
    heard = speak("POST", _address(endpoint, "requests"), fields, {"Idempotency-Key": str(forward.sending)})
    return first_request(heard)


def look(forward: Forward, *, speak: Speaker) -> Theirs:
    """What they say of it: its number for a token, how it stands for a number."""
    path = f"requests/{forward.number}" if forward.number else f"tokens/{forward.token}"
    where = {"jurisdiction_id": forward.endpoint.jurisdiction_id} if forward.endpoint.jurisdiction_id else {}
    return first_request(speak("GET", _address(forward.endpoint, path), where, {}))


def fields_of(request: ServiceRequest, endpoint: AgencyEndpoint, key: str) -> Mapping[str, str]:
    """What they are told of a request: what and where; who reported it only where that was agreed."""
    code = endpoint.service_codes.get(request.service.code) or endpoint.default_code
    if not code:
        raise Refused(f"The agency has no service for '{request.service.code}': name one at its endpoint.")
    fields = {
        "api_key": key,
        "jurisdiction_id": endpoint.jurisdiction_id,
        "service_code": str(code),
        "description": description_of(request),
        "address_string": request.address_text,
        "media_url": photo_of(request),
    }
    if request.geom is not None:
        fields |= {"lat": repr(request.geom.y), "long": repr(request.geom.x)}
    if endpoint.shares_contact:
        fields |= _contact(request)
    return {name: value for name, value in fields.items() if value}


def description_of(request: ServiceRequest) -> str:
    """The words of the report, with what was answered to our questions and our number below them."""
    rows = request.answers.filter(attribute__private=False).select_related("attribute").order_by("attribute__position")
    lines = [
        f"{in_language(row.attribute.question, request.language)} "
        f"{in_words(row.attribute, row.value, request.language)}"
        for row in rows
    ]
    below = "\n".join([*lines, f"({request.jurisdiction.name} {request.service_request_id})"])
    return f"{request.description[: LONGEST_DESCRIPTION - len(below) - 2]}\n\n{below}".strip()[:LONGEST_DESCRIPTION]


def photo_of(request: ServiceRequest) -> str:
    """The address of its first photo that everybody may see, ours or the reporter's own; empty where none is released.

    What nobody released yet goes to no other agency either; their own people may ask for it.
    """
    if not request.is_public:
        return ""
    ours = request.media.filter(is_public=True).order_by("pk").first()
    if ours is not None and settings.PUBLIC_URL:
        name = PurePosixPath(ours.file).stem
        return settings.PUBLIC_URL + reverse("follow:photo", args=[request.service_request_id, name])
    link = request.media_links.filter(is_public=True).order_by("pk").first()
    return link.url if link else ""


def _contact(request: ServiceRequest) -> dict[str, str]:
    reporter: Reporter | None = getattr(request, "reporter", None)
    if reporter is None:
        return {}
    first, _, last = reporter.name.partition(" ")
    return {"first_name": first, "last_name": last, "email": reporter.email, "phone": reporter.phone}


def wait_after(attempts: int) -> timedelta:
    """How long to wait after a number of attempts in vain: 1, 2, 4 minutes and so on, six hours at most."""
    doubled: int = 2 ** max(0, attempts - 1)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


def next_look(forward: Forward, at: datetime) -> datetime:
    """When to ask again after they answered."""
    return at + (LOOK_AGAIN if forward.number else TOKEN_AGAIN)


def _address(endpoint: AgencyEndpoint, path: str) -> str:
    return f"{endpoint.url.rstrip('/')}/{path}.xml"
