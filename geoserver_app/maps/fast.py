"""Public data addresses answered before session, locale and log-in: they depend on none of them."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from geoserver_app.maps import tiles


class PublicDataMiddleware:
    """Answers ``/tiles/`` itself and passes everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(tiles.PREFIX):
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        try:
            return _response(request, tiles.answer(_ask(request)))
        except DisallowedHost:
            error = tiles.BadTile("This host name is not served here; ALLOWED_HOSTS lists those that are.")
            return _response(request, tiles.refusal(error))


def _ask(request: HttpRequest) -> tiles.Ask:
    return tiles.Ask(
        path=request.path_info,
        query=request.GET,
        host=lambda: request.get_host().partition(":")[0],
        root=lambda: request.build_absolute_uri("/").rstrip("/"),
        accept_encoding=request.META.get("HTTP_ACCEPT_ENCODING", ""),
        if_none_match=request.META.get("HTTP_IF_NONE_MATCH", ""),
    )


def _response(request: HttpRequest, answer: tiles.Answer) -> HttpResponse:
    body = b"" if request.method == "HEAD" else answer.body
    response = HttpResponse(body, status=answer.status, headers=answer.headers)
    if answer.status not in {204, 304}:
        response.headers["Content-Length"] = str(len(answer.body))
    if "Content-Type" not in answer.headers:
        del response.headers["Content-Type"]
    return response
