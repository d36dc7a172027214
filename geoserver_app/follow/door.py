"""What all pages of one request share: which one is meant, whether it is one's own, links out of mails, headers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from geoserver_app.follow import access
from geoserver_app.follow.finding import canonical, find
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.errors import BadLink
from geoserver_app.notify.links import KEY, Purpose, read_key
from geoserver_app.site.jurisdiction import of_request

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Asked:
    """What an address names: a number as we write it (or the text that is none), and the request that there may be."""

    number: str
    request: ServiceRequest | None
    at: datetime

    def is_own(self, http: HttpRequest, purpose: Purpose = Purpose.OWN) -> bool:
        return self.request is not None and access.holds(http, self.request, purpose, self.at)


def private(view: View) -> View:
    """No copy in any cache, no search engine, and no address of ours told to another site."""

    @wraps(view)
    def guarded(http: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(http, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return guarded


def asked(http: HttpRequest, number: str) -> Asked:
    """What the address names. Nothing tells here whether there is such a request."""
    ours = canonical(number)
    return Asked(ours or number[:60], find(of_request(http), ours) if ours else None, timezone.now())


def follow_link(http: HttpRequest, said: Asked, purpose: Purpose, page: str) -> HttpResponse | None:
    """Takes the key of a mail's link out of the address and into the session; None where there is no key.

    A key that is not good leads to the same page without it, where number and code are asked for.
    """
    key = http.GET.get(KEY, "")
    if not key:
        return None
    request = key_request(said, key, purpose)
    if request is not None:
        access.grant(http, request, purpose, said.at)
    response = HttpResponseRedirect(_without_key(http, said, page, broken=request is None))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def key_request(said: Asked, key: str, purpose: Purpose) -> ServiceRequest | None:
    """The request of the address, if the key is good for it and for the purpose."""
    try:
        holder = read_key(key, purpose, at=said.at)
    except BadLink:
        return None
    return said.request if said.request and said.request.pk == holder.request_id else None


def code_page(http: HttpRequest, said: Asked, *, problem: str = "", status: int = 404, page: str = "") -> HttpResponse:
    """The one answer for a request that is not public and for a number that is none: a box for number and code."""
    context = {"number": said.number, "problem": problem, "next": page, "broken": "broken" in http.GET}
    return render(http, "follow/code.html", context, status=status)


def _without_key(http: HttpRequest, said: Asked, page: str, *, broken: bool) -> str:
    query = http.GET.copy()
    query.pop(KEY, None)
    query.pop("lang", None)  # the cookie has it from this answer on
    if broken:
        query["broken"] = "1"
    path = reverse(f"follow:{page}", args=[said.number])
    return f"{path}?{query.urlencode()}" if query else path
