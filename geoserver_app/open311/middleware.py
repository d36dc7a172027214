"""Everything below /open311/ answers in Open311's own form, whoever refuses it, and may be read by any web page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest, DisallowedHost, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError

from geoserver_app.open311.document import Form
from geoserver_app.open311.door import ANSWERED, PREFIX, faults
from geoserver_app.open311.errors import AWAY, BROKEN, GENERAL, MISSING, Fault

log = logging.getLogger(__name__)
_HEADERS = "Content-Type, Idempotency-Key, If-None-Match, X-Api-Key, Authorization"
_SHOWN = "ETag, Link, Location, Retry-After, X-Total-Count"
# Open311 knows 400, 403 and 404; what others of ours may say besides.
_KNOWN = {400, 403, 404, 405, 429, 500, 503}
_SAID = {
    BROKEN: "Something went wrong here. Please try again; with the same Idempotency-Key nothing is taken twice.",
    AWAY: "The database does not answer just now. Try again in a few seconds.",
    MISSING: "There is no such address. Begin at /open311/discovery.xml.",
}
_UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError)


class Open311Middleware:
    """Puts errors that arose elsewhere (a host name, a broken form, a fault of ours) into a list of faults."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, http: HttpRequest) -> HttpResponseBase:
        if not http.path_info.startswith(PREFIX):
            return self.get_response(http)
        response = self.get_response(http) if _is_our_host(http) else _as_faults(http, GENERAL)
        if response.status_code >= GENERAL and not getattr(response, ANSWERED, False):
            response = _as_faults(http, response.status_code)
        return _for_any_page(http, response)

    def process_exception(self, http: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a view of ours did not foresee: the log tells us what, the caller that it was not their fault."""
        if not http.path_info.startswith(PREFIX):
            return None
        if isinstance(error, _UNREADABLE):
            return _as_faults(http, GENERAL)
        if isinstance(error, OperationalError | InterfaceError):
            log.warning("the database does not answer", extra={"error": type(error).__name__})
            return _as_faults(http, AWAY, {"Retry-After": "5"})
        log.error("open311 broke", exc_info=error)
        return _as_faults(http, BROKEN)


def _is_our_host(http: HttpRequest) -> bool:
    try:
        http.get_host()
    except DisallowedHost:
        return False
    return True


def _as_faults(http: HttpRequest, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    form: Form = "json" if http.path_info.endswith(".json") else "xml"
    shown = status if status in _KNOWN else GENERAL
    said = _SAID.get(shown, f"{HTTPStatus(status).phrase}: what was sent cannot be read.")
    return faults((Fault(shown, said),), form, shown, headers)


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
