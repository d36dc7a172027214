"""Public data addresses answered before session, locale and log-in: they depend on none of them.

Two doors to the same tiles: one in front of Django, which is what the server runs (a warm tile costs a look into a
dictionary there, and four times that inside Django), and a middleware for everything that starts inside of Django.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.datastructures import MultiValueDict

from geoserver_app.maps import request_tile, summary, tiles

READING = {"GET", "HEAD"}
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGIApplication = Callable[[Environ, StartResponse], Iterable[bytes]]


class PublicDataDoor:
    """A WSGI application that answers reading tiles and what a view draws itself and leaves all else to another."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        answer = None
        if method in READING and not _is_to_be_redirected(environ):
            answer = _answer(environ, path)
        if answer is None:
            return self.application(environ, start_response)
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(_headers(answer).items()))
        return [answer.body] if method == "GET" else []


class PublicDataMiddleware:
    """Answers ``/tiles/`` itself and passes everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(tiles.PREFIX):
            return self.get_response(request)
        if request.method not in READING:
            return HttpResponseNotAllowed(sorted(READING))
        answer = tiles.answer(_ask(request))
        body = answer.body if request.method == "GET" else b""
        response = HttpResponse(body, status=answer.status, headers=_headers(answer))
        if "Content-Type" not in answer.headers:
            del response.headers["Content-Type"]
        return response


def _ask(request: HttpRequest) -> tiles.Ask:
    return tiles.Ask(
        path=request.path_info,
        query=request.GET,
        host=lambda: request.get_host().partition(":")[0],
        root=lambda: request.build_absolute_uri("/").rstrip("/"),
        accept_encoding=request.META.get("HTTP_ACCEPT_ENCODING", ""),
        if_none_match=request.META.get("HTTP_IF_NONE_MATCH", ""),
    )


def _answer(environ: Environ, path: str) -> tiles.Answer | None:
    if path.startswith(tiles.PREFIX):
        return tiles.answer(_ask_of_environ(environ, path))
    if path.startswith(request_tile.PREFIX):
        return request_tile.answer(_ask_of_environ(environ, path))
    if path == summary.PATH:
        return summary.answer(_ask_of_environ(environ, path))
    return None


def _ask_of_environ(environ: Environ, path: str) -> tiles.Ask:
    # Host names are checked by Django's request, which is only made where the answer depends on one.
    return tiles.Ask(
        path=path,
        query=_query(environ.get("QUERY_STRING", "")),
        host=lambda: WSGIRequest(environ).get_host().partition(":")[0],
        root=lambda: WSGIRequest(environ).build_absolute_uri("/").rstrip("/"),
        accept_encoding=environ.get("HTTP_ACCEPT_ENCODING", ""),
        if_none_match=environ.get("HTTP_IF_NONE_MATCH", ""),
    )


@lru_cache(maxsize=1024)
def _query(text: str) -> MultiValueDict[str, str]:
    return MultiValueDict(parse_qs(text, keep_blank_values=True))


def _is_to_be_redirected(environ: Environ) -> bool:
    """True for plain HTTP where HTTPS=1: Django redirects it."""
    return bool(settings.SECURE_SSL_REDIRECT) and environ.get("HTTP_X_FORWARDED_PROTO") != "https"


def _headers(answer: tiles.Answer) -> dict[str, str]:
    if answer.status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
        return answer.headers
    return {**answer.headers, "Content-Length": str(len(answer.body))}
