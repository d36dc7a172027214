"""One request to one endpoint, and what they know of it now: what is said to them, and how often it is tried."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from geoserver_app.catalog.form import in_words
from geoserver_app.catalog.models import in_language
from geoserver_app.forward.models import AgencyEndpoint, Forward
from geoserver_app.forward.photos import photos_of, released
from geoserver_app.forward.reading import Refused, Theirs, first_request
from geoserver_app.forward.seal import unseal
from geoserver_app.forward.wire import Speaker
from geoserver_app.intake.models import Media, Reporter, ServiceRequest

log = logging.getLogger(__name__)
LONGEST_DESCRIPTION = 4000
# A token is asked for soon, as its number comes soon; a request that they have, four times an hour.
TOKEN_AGAIN = timedelta(minutes=1)
LOOK_AGAIN = timedelta(minutes=15)
MOST_ATTEMPTS = 12
# Then the files may be why nobody answers: a line too thin for them, a server that breaks over them.
ATTEMPTS_WITH_FILES = 3
# What servers answer that read no multipart form or no files: to some of them it looks like a form without a field.
_NO_FILES = frozenset({400, 401, 403, 404, 405, 406, 411, 413, 415, 422, 501})
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)


def send(forward: Forward, *, speak: Speaker) -> tuple[Theirs, Sequence[int]]:
    """Sends it; what they said, and the ids of the photos that they have now.

    Refused or NoAnswer where that fails; asked again, the same sending is none of a second report.

    Released photos go along as files. A server that refuses the form with them took nothing: it gets it without, at
    once and under the same name of the sending.
    """
    endpoint, key = forward.endpoint, unseal(forward.endpoint.sealed_key)
    fields, named = fields_of(forward.request, endpoint, key), {"Idempotency-Key": str(forward.sending)}
    files = photos_of(forward.request) if forward.attempts < ATTEMPTS_WITH_FILES else ()
    heard = speak("POST", _address(endpoint, "requests"), fields, named, files)
    if files and heard.status in _NO_FILES:
        log.info("an agency takes no files", extra={"forward": forward.pk, "status": heard.status})
        files, heard = (), speak("POST", _address(endpoint, "requests"), fields, named)
    return first_request(heard), [one.photo for one in files] or _with_address(forward.request)


def look(forward: Forward, *, speak: Speaker) -> Theirs:
    """What they say of it: its number for a token, how it stands for a number."""
    path = f"requests/{forward.number}" if forward.number else f"tokens/{forward.token}"
    where = {"jurisdiction_id": forward.endpoint.jurisdiction_id} if forward.endpoint.jurisdiction_id else {}
    return first_request(speak("GET", _address(forward.endpoint, path), where, {}))


def add_photo(forward: Forward, photo: Media, *, at: datetime, speak: Speaker) -> None:
    """Sends the address of a photo as an update of what they have. Refused or NoAnswer where that fails.

    Asked again it is the same update: whoever knows it by its id takes it once.
    """
    endpoint, address = forward.endpoint, address_of(forward.request, photo)
    fields = {
        "api_key": unseal(endpoint.sealed_key),
        "jurisdiction_id": endpoint.jurisdiction_id,
        "service_request_id": forward.number,
        "update_id": f"{forward.sending}-{photo.pk}",
        "updated_datetime": at.isoformat(timespec="seconds"),
        "status": "OPEN",
        "description": _("A photo was added: %s") % address,
        "media_url": address,
    }
    sent = {name: value for name, value in fields.items() if value}
    first_request(speak("POST", _address(endpoint, "servicerequestupdates"), sent, {}))


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
    ours = released(request).first()
    if ours is not None and settings.PUBLIC_URL:
        return address_of(request, ours)
    link = request.media_links.filter(is_public=True).order_by("pk").first()
    return link.url if link else ""


def address_of(request: ServiceRequest, photo: Media) -> str:
    """Where everybody sees a photo of ours, for as long as it is released."""
    name = PurePosixPath(photo.file).stem
    return str(settings.PUBLIC_URL) + reverse("follow:photo", args=[request.service_request_id, name])


def _with_address(request: ServiceRequest) -> list[int]:
    """The photo whose address went along where no file did."""
    return list(released(request).values_list("pk", flat=True)[:1]) if settings.PUBLIC_URL else []


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
