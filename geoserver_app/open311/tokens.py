"""Tokens: what a program gets at once for a report of a batch service, and trades for the number later.

A token is the report's own key with a seal, so nothing has to be kept and none can be made up.
"""

from __future__ import annotations

import re

from django.utils.crypto import constant_time_compare, salted_hmac

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.open311.ask import Ask
from geoserver_app.open311.document import Document
from geoserver_app.open311.door import Answer
from geoserver_app.open311.errors import unknown

_PENDING = (ServiceRequest.State.RECEIVED, ServiceRequest.State.TRIAGE)
_TOKEN = re.compile(r"([0-9]{1,18})-([0-9a-f]{32})")


def token_of(request: ServiceRequest) -> str:
    """The token of a request."""
    return f"{request.pk}-{_seal(request.pk)}"


def token_state(ask: Ask, token: str) -> Answer:
    """GET tokens/TOKEN: the number, empty as long as nobody has the report yet."""
    match = _TOKEN.fullmatch(token)
    sealed = match is not None and constant_time_compare(match[2], _seal(int(match[1])))
    found = ServiceRequest.objects.of(ask.jurisdiction).filter(pk=int(match[1])).first() if match and sealed else None
    if found is None:
        raise unknown(f"There is no token '{token[:60]}'.")
    number = "" if found.state in _PENDING else found.service_request_id
    return Answer(Document("service_requests", [{"service_request_id": number, "token": token}]))


def _seal(pk: int) -> str:
    return salted_hmac("onemap.open311.token", str(pk), algorithm="sha256").hexdigest()[:32]
