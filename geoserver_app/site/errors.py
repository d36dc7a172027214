"""The one place where our errors become answers: a page for people, JSON for programs, never a stack trace."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from layers.errors import OneMapError

log = logging.getLogger(__name__)


class PlainErrorMiddleware:
    """Answers a raised OneMapError with its own status and message."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return error_answer(request, error) if isinstance(error, OneMapError) else None


def error_answer(request: HttpRequest, error: OneMapError) -> HttpResponse:
    """The answer for an error: JSON where the client asks for it, else a page in its language."""
    log.info("refused", extra={"status": error.status, "error": type(error).__name__})
    if wants_json(request):
        return JsonResponse({"error": {"status": error.status, "message": str(error)}}, status=error.status)
    return render(request, "error.html", {"status": error.status, "message": str(error)}, status=error.status)


def wants_json(request: HttpRequest) -> bool:
    """True where the client prefers JSON to HTML."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"error": {"status": status}}, status=status)
    return render(request, "error.html", {"status": status}, status=status)
