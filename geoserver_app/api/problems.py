"""What is wrong with a call, in one form for all of them: problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from geoserver_app.open311.errors import Open311Error
from geoserver_app.site.program_door import marked
from layers.errors import OneMapError

MEDIA_TYPE = "application/problem+json"
_SAID = {
    400: "What was sent cannot be understood.",
    404: "There is no such address. GET /api/openapi.json lists them.",
    412: "What is there has another ETag than those that If-Match names.",
    500: "Something went wrong here. Please try again; with the same Idempotency-Key nothing is taken twice.",
    503: "The database does not answer just now. Try again in a few seconds.",
}
_MEANS = {
    "400": "What was sent cannot be understood or followed; `errors` lists every fault.",
    "401": "The key is missing where one is needed, or it is not known here.",
    "403": "The key, or its person, may not do this.",
    "404": "It does not exist, or is not yours to see.",
    "409": "It does not follow from how the request stands now.",
    "412": "It changed since it had an ETag that `If-Match` names; nothing was done. Read it again, then decide.",
    "429": "Too many calls; `Retry-After` says in seconds when to come again.",
    "503": "The database does not answer just now; `Retry-After` says when to try again.",
}
UNCHANGED: dict[str, Any] = {"304": {"description": "Nothing changed since the ETag sent as `If-None-Match`."}}
_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "detail"],
                "properties": {"name": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; ``name`` is the field or parameter, where it is one."""

    name: str
    detail: str


class Refused(OneMapError):
    """A call that is refused, with what its answer carries besides."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        self.status = status
        self.headers = headers or {}
        super().__init__(detail)


def problem(
    status: int, detail: str = "", *, errors: Sequence[Fault] = (), headers: dict[str, str] | None = None
) -> HttpResponse:
    """The answer that says what is wrong."""
    title = HTTPStatus(status).phrase
    body: dict[str, Any] = {
        "type": "about:blank", "title": title, "status": status, "detail": detail or _SAID.get(status, f"{title}."),
    }  # fmt: skip
    if errors:
        body["errors"] = [asdict(fault) for fault in errors]
    # A lone half of a pair that somebody sent back to us in a message is no Unicode.
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", errors="replace")
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return marked(HttpResponse(content, status=status, content_type=MEDIA_TYPE, headers=kept))


def of_ours(_http: HttpRequest, error: OneMapError) -> HttpResponse:
    """An error of ours: its own sentence, status and headers; of a report, everything that is wrong with it."""
    retry = getattr(error, "retry_after_s", None)
    headers = getattr(error, "headers", {}) | ({"Retry-After": str(retry)} if retry else {})
    listed = error.faults if isinstance(error, Open311Error) else ()
    return problem(error.status, str(error), errors=[Fault("", fault.description) for fault in listed], headers=headers)


def of_values(_http: HttpRequest, error: ValidationError) -> HttpResponse:
    """Parameters or a body that do not fit the document."""
    faults = [
        Fault(".".join(str(part) for part in one["loc"][1:] if part != "sent"), str(one["msg"])) for one in error.errors
    ]
    return problem(400, "; ".join(f"{one.name}: {one.detail}" for one in faults), errors=faults)


def of_body(_http: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    return problem(error.status_code, f"{error.message}. Send JSON.")


def refusals(*statuses: int) -> dict[str, Any]:
    """The answers that an operation may give besides its good one, as its document says them."""
    content = {MEDIA_TYPE: {"schema": _SCHEMA}}
    return {str(status): {"description": _MEANS[str(status)], "content": content} for status in statuses}
