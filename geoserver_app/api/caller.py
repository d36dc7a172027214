"""Who calls: anybody, or a program with a key, which may act for somebody of the staff; and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyHeader

from geoserver_app.accounts import keys
from geoserver_app.accounts.models import ApiKey
from geoserver_app.accounts.rights import STRANGER, Rights
from geoserver_app.api.problems import UNCHANGED, Refused, refusals
from geoserver_app.density.models import Audience
from geoserver_app.open311.door import READING
from geoserver_app.report import pace
from geoserver_app.site.jurisdiction import of_request
from layers.models import Jurisdiction


@dataclass(frozen=True)
class Caller:
    """Who calls, in which jurisdiction, at what moment; without a key it is anybody."""

    place: Jurisdiction
    at: datetime
    key: ApiKey | None = None
    rights: Rights = STRANGER

    @property
    def audience(self) -> Audience:
        """Whose set of requests is read: the staff's only with a key that may read for its person."""
        reads = self.key is not None and ApiKey.Scope.READ in self.key.scopes
        return Audience.STAFF if reads else Audience.PUBLIC


class KeyHeader(APIKeyHeader):
    """The key in ``X-Api-Key``, or as ``Authorization: Bearer``. ``needs`` None: one may call without a key too."""

    param_name = "X-Api-Key"
    openapi_description = "The key that City Hall gave you. Authorization: Bearer KEY does as well."

    def __init__(self, needs: ApiKey.Scope | None = None) -> None:
        self.needs = needs
        super().__init__()

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller:
        place, at = of_request(request), now()
        text = (key or _bearer(request)).strip()
        if not text and self.needs is None:
            _pace(request, at)
            return Caller(place, at)
        return _with_key(request, place, at, text, self.needs)


def now() -> datetime:
    """The moment of a call."""
    return timezone.now()


def caller_of(http: HttpRequest) -> Caller:
    """Who calls, as KeyHeader found."""
    found = getattr(http, "auth", None)
    if not isinstance(found, Caller):
        raise TypeError("An operation without KeyHeader asks who calls.")
    return found


def may_do(
    needs: ApiKey.Scope | None = None, *statuses: int, headers: Mapping[str, str] | None = None, reads: bool = False,
    tagged: str = "",
) -> dict[str, Any]:  # fmt: skip
    """What an operation says of itself: whose key it needs, how it may be refused, which headers it reads and why.

    What needs no key reads; what needs one only where it ``reads``. ``tagged``: what its answer's ETag is for.
    """
    ways: list[dict[str, Any]] = [] if needs else [{}]
    refused, reads = (400, 401, *([403] if needs else []), *statuses, 429, 503), reads or needs is None
    read = headers or ({"If-None-Match": "The ETag of an answer that you have."} if reads else {})
    return {
        "auth": KeyHeader(needs),
        "openapi_extra": {
            "security": ways,
            "responses": _tagged(tagged) | (UNCHANGED if reads else {}) | refusals(*dict.fromkeys(refused)),
            "parameters": [
                {"in": "header", "name": name, "required": False, "schema": {"type": "string"}, "description": said}
                for name, said in read.items()
            ],
        },
    }


def _tagged(said: str) -> dict[Any, Any]:
    """The header of a good answer; its status is a number, as the library has it."""
    header = {"ETag": {"schema": {"type": "string"}, "description": said}}
    return {200: {"headers": header}} if said else {}


def _bearer(http: HttpRequest) -> str:
    scheme, _, text = http.headers.get("Authorization", "").partition(" ")
    return text if scheme.lower() == "bearer" else ""


def _with_key(http: HttpRequest, place: Jurisdiction, at: datetime, text: str, needs: ApiKey.Scope | None) -> Caller:
    key = keys.find(text, place)
    if key is None:
        _pace(http, at)
        said = "This key is not known here, or not valid any more." if text else "A key is needed: send X-Api-Key."
        raise Refused(401, said, {"WWW-Authenticate": "Bearer"})
    wait_s = keys.count(key, at=at)
    if wait_s:
        limits = f"it may make {key.per_minute} a minute and {key.per_day} a day"
        raise Refused(429, f"Too many calls with this key: {limits}.", {"Retry-After": str(wait_s)})
    if needs and needs not in key.scopes:
        raise Refused(403, f"This key may not be used for that; it is for: {', '.join(key.scopes)}.")
    return Caller(place, at, key, keys.rights_with(key, at=at))


def _pace(http: HttpRequest, at: datetime) -> None:
    """Counts a call by its network address, together with those that read by Open311."""
    if not pace.may(http, READING, at=at):
        left = pace.STRETCH.total_seconds() - at.timestamp() % pace.STRETCH.total_seconds()
        wait = {"Retry-After": str(max(1, round(left)))}
        raise Refused(429, "Too many calls from this network address in the last minutes.", wait)
