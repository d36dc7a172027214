"""Whose request it is: what this browser has shown number and code for, or has opened a signed link to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.http import HttpRequest

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.tracking import same_code
from geoserver_app.notify.links import Purpose

_KEPT = "own_requests"
# As long as a session lasts at most; on a shared computer there is a button that ends it at once.
LIFETIME = timedelta(hours=12)
MOST = 20
_NO_CODE = "......"  # compared with where there is no request, so that the answer takes as long


def is_code_of(request: ServiceRequest | None, code: str) -> bool:
    """Whether a code opens a request; False for no request, after the same comparison."""
    same = same_code(code, request.access_code if request else _NO_CODE)
    return same and request is not None


def grant(http: HttpRequest, request: ServiceRequest, purpose: Purpose, at: datetime) -> None:
    """Remembers in the session that this browser may do something with a request.

    The session gets a new key, so that nobody who planted one beforehand looks over the shoulder.
    """
    kept = dict(_kept(http))
    own = dict(kept.pop(str(request.pk), {}))
    own[purpose.value] = int((at + LIFETIME).timestamp())
    kept[str(request.pk)] = own
    http.session.cycle_key()
    http.session[_KEPT] = dict(list(kept.items())[-MOST:])


def holds(http: HttpRequest, request: ServiceRequest, purpose: Purpose, at: datetime) -> bool:
    """Whether this browser may; number and code (or the link to one's own request) allow everything."""
    ends = _kept(http).get(str(request.pk), {})
    return any(ends.get(one.value, 0) > at.timestamp() for one in {Purpose.OWN, purpose})


def forget(http: HttpRequest, request: ServiceRequest) -> None:
    """Closes a request on this device."""
    kept = dict(_kept(http))
    kept.pop(str(request.pk), None)
    http.session[_KEPT] = kept


def own_ids(http: HttpRequest, at: datetime) -> list[int]:
    """The ids of the requests that are open on this device, the latest first."""
    kept = reversed(list(_kept(http).items()))
    return [int(pk) for pk, ends in kept if ends.get(Purpose.OWN.value, 0) > at.timestamp()]


def _kept(http: HttpRequest) -> Mapping[str, dict[str, int]]:
    kept: Mapping[str, dict[str, int]] = http.session.get(_KEPT, {})
    return kept
