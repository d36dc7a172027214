"""What doors for programs share: their own form of errors whoever refuses, calls from any web page, no cookies."""

from __future__ import annotations

import hashlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from http import HTTPStatus
from typing import ClassVar, TypeVar

from django.core.exceptions import BadRequest, DisallowedHost, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.utils.cache import get_conditional_response

log = logging.getLogger(__name__)
GENERAL, BROKEN, AWAY = 400, 500, 503
# What a door has answered itself; whatever else comes back from below it is put into its form.
_ANSWERED = "_answered_by_its_door"
_HEADERS = "Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Api-Key, Authorization"
_SHOWN = "ETag, Link, Location, Retry-After, X-Total-Count"
_UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError)
Answer = TypeVar("Answer", bound=HttpResponse)


def marked(response: Answer) -> Answer:
    """The response, known as one that its door has put into form already."""
    setattr(response, _ANSWERED, True)
    return response


def with_etag(http: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with its ETag, of its bytes unless it has one; 304 without a body for whoever has it already."""
    response.headers.setdefault("ETag", f'"{hashlib.sha256(response.content).hexdigest()[:32]}"')
    found = get_conditional_response(http, etag=response["ETag"], response=response) or response
    if found.status_code == HTTPStatus.NOT_MODIFIED:
        del found.headers["Content-Type"]
    return found


class ProgramDoor(ABC):
    """Outermost middleware of the addresses below ``prefix``.

    Errors that arose elsewhere (a host name, a broken form, a fault of ours) come back in the form of ``refusal``.
    """

    prefix: ClassVar[str]
    pages: ClassVar[frozenset[str]] = frozenset()  # addresses below it that are for people

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    @abstractmethod
    def refusal(self, http: HttpRequest, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
        """An error that nobody put into words yet, in the door's form."""

    def is_asked(self, http: HttpRequest) -> bool:
        """Whether it is this door that a call comes to."""
        return http.path_info.startswith(self.prefix) and http.path_info not in self.pages

    def answer(self, http: HttpRequest) -> HttpResponseBase:
        """What comes back from below."""
        return self.get_response(http)

    def __call__(self, http: HttpRequest) -> HttpResponseBase:
        if not self.is_asked(http):
            return self.get_response(http)
        response = self.answer(http) if _is_our_host(http) else self.refusal(http, GENERAL)
        if response.status_code >= GENERAL and not getattr(response, _ANSWERED, False):
            allowed = {"Allow": response.headers["Allow"]} if "Allow" in response.headers else None
            response = self.refusal(http, response.status_code, allowed)
        return _for_any_page(http, response)

    def process_exception(self, http: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a view of ours did not foresee: the log tells us what, the caller that it was not their fault."""
        if not self.is_asked(http):
            return None
        if isinstance(error, _UNREADABLE):
            return self.refusal(http, GENERAL)
        if isinstance(error, OperationalError | InterfaceError):
            log.warning("the database does not answer", extra={"error": type(error).__name__})
            return self.refusal(http, AWAY, {"Retry-After": "5"})
        log.error("a door for programs broke", exc_info=error)
        return self.refusal(http, BROKEN)


def _is_our_host(http: HttpRequest) -> bool:
    try:
        http.get_host()
    except DisallowedHost:
        return False
    return True


def _for_any_page(http: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Any web page may call us: nothing here depends on who is logged in, so nothing is kept by cookie or language."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = _SHOWN
    if http.method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response["Access-Control-Allow-Headers"] = _HEADERS
        response["Access-Control-Max-Age"] = "86400"
    for name in ("Content-Language", "Vary"):
        response.headers.pop(name, None)
    response.cookies.clear()
    if http.method == "HEAD" and isinstance(response, HttpResponse):
        length = str(len(response.content))
        response.content = b""
        response["Content-Length"] = length
    return response
