"""Everything below /api/ answers with problem details where it fails, with an ETag where it reads, to any web page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation

from geoserver_app.api.problems import problem
from geoserver_app.site.language import named_language
from geoserver_app.site.program_door import GENERAL, ProgramDoor, with_etag

PREFIX = "/api/"
_KNOWN = {400, 404, 405, 412, 500, 503}


class ApiMiddleware(ProgramDoor):
    """The outermost of the JSON API. It speaks the language that its address names, else English."""

    prefix = PREFIX
    pages = frozenset({f"{PREFIX}docs"})

    def refusal(self, http: HttpRequest, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
        return problem(status if status in _KNOWN else GENERAL, headers=headers)

    def answer(self, http: HttpRequest) -> HttpResponseBase:
        if http.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": "GET, HEAD, POST, OPTIONS"})
        if _cannot_be_stored(http):
            return problem(400, "The address holds the character NUL, which no text here has.")
        reads = http.method in {"GET", "HEAD"}
        response = self._read(http) if reads else self.get_response(http)
        response.headers.setdefault("Cache-Control", "private, no-cache" if _has_key(http) else "no-cache")
        return response

    def _read(self, http: HttpRequest) -> HttpResponseBase:
        """GET; HEAD is the same, whose body is left out at the end."""
        asked, http.method = http.method, "GET"
        try:
            response = self.get_response(http)
        finally:
            http.method = asked
        if response.status_code == 200 and isinstance(response, HttpResponse):
            return with_etag(http, response)
        return response

    def process_view(self, http: HttpRequest, _view: Callable[..., Any], _args: Any, _named: Any) -> None:
        """LanguageMiddleware puts the language of the thread back afterwards."""
        if self.is_asked(http):
            translation.activate(named_language(http) or "en")


def _has_key(http: HttpRequest) -> bool:
    return bool(http.headers.get("X-Api-Key") or http.headers.get("Authorization"))


def _cannot_be_stored(http: HttpRequest) -> bool:
    values = (text for _name, texts in http.GET.lists() for text in texts)
    return "\0" in http.path_info or any("\0" in text for text in values)
