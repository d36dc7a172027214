"""Links in mails: signed, for one purpose, with an end; and the address that the city's pages have from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.errors import BadLink
from geoserver_app.org.models import CityHall

_SALT = "onemap.mail"
KEY = "key"  # the parameter that carries the signature


class Purpose(StrEnum):
    """What a link lets its holder do. A link for one is none for another."""

    OWN = "own"  # see and add to one's own request, as with number and code
    ANSWER = "answer"  # say whether it was resolved
    STOP = "stop"  # get no more messages about it


LIFETIME = {
    Purpose.OWN: timedelta(days=180),
    Purpose.ANSWER: timedelta(days=60),
    Purpose.STOP: timedelta(days=400),
}
_PATH = {
    Purpose.OWN: "/requests/{number}/",
    Purpose.ANSWER: "/requests/{number}/answer/",
    Purpose.STOP: "/requests/{number}/stop/",
}


@dataclass(frozen=True)
class Holder:
    """What a valid link says: for which request, and what it was for."""

    request_id: int
    purpose: Purpose


def signed_link(request: ServiceRequest, purpose: Purpose, *, hall: CityHall, language: str, at: datetime) -> str:
    """The full address of a page of a resident's own request, valid for the purpose's LIFETIME."""
    ends = int((at + LIFETIME[purpose]).timestamp())
    key = signing.dumps([purpose.value, request.pk, ends], salt=_SALT, compress=True)
    path = _PATH[purpose].format(number=request.service_request_id)
    return f"{base_address(hall)}{path}?{urlencode({'lang': language, KEY: key})}"


def read_key(key: str, purpose: Purpose, *, at: datetime) -> Holder:
    """What a link's key says; BadLink where it was changed, is for something else, or has ended."""
    try:
        said, request_id, ends = signing.loads(key, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise BadLink(_("This link is not complete. Copy the whole link, or use your number and code.")) from error
    if said != purpose.value:
        raise BadLink(_("This link is for something else. Use your number and code."))
    if at.timestamp() > ends:
        raise BadLink(_("This link has ended. Use your number and code."))
    return Holder(int(request_id), purpose)


def console_link(request: ServiceRequest, hall: CityHall) -> str:
    """The page of a request for staff, who log in there."""
    return f"{base_address(hall)}/console/requests/{request.service_request_id}/"


def base_address(hall: CityHall) -> str:
    """Where the pages are from outside, without a slash at the end: PUBLIC_URL, else the first host name."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    hosts = [*hall.host_names, *settings.ALLOWED_HOSTS]
    return f"{'https' if settings.HTTPS else 'http'}://{hosts[0]}"
