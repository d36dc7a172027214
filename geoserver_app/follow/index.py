"""/requests/: a box for the number, with or without the code, and the list of what is public."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geoserver_app.feeds.asked import one_page
from geoserver_app.follow import access
from geoserver_app.follow.codes import WrongCode, open_with_code
from geoserver_app.follow.door import asked, private
from geoserver_app.follow.finding import LONGEST, canonical, find_old
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.maps.words import readable
from geoserver_app.site.jurisdiction import of_request


@private
@require_http_methods(["GET", "HEAD", "POST"])
def index(http: HttpRequest) -> HttpResponse:
    """GET shows the box (or follows ``?number=``); POST finds, and opens where a code came with it."""
    if http.method == "POST":
        return _found(http, http.POST.get("number", ""), http.POST.get("code", "").strip())
    if http.GET.get("number"):
        return _found(http, http.GET["number"], "")
    return _page(http)


def _found(http: HttpRequest, text: str, code: str) -> HttpResponse:
    number = canonical(text) or _of_old_number(http, text)
    if number is None:
        return _page(http, text=text, number_problem=_problem(text), status=400)
    if code:
        try:
            open_with_code(http, asked(http, number), code)
        except WrongCode as wrong:
            return _page(http, text=number, code_problem=str(wrong), status=wrong.status)
    return HttpResponseRedirect(reverse("follow:one", args=[number]))


def _of_old_number(http: HttpRequest, text: str) -> str | None:
    """The number that an imported request got from us; only for public ones, so that nothing can be counted through."""
    found = find_old(of_request(http), text)
    return found.service_request_id if found and found.is_public else None


def _problem(text: str) -> str:
    if not text.strip():
        return _("Please write your number.")
    digits = sum(one.isdigit() for one in text)
    if digits < 7:
        return _("A number has nine digits or more, like 26-004512-7.")
    return _("There is no such number: its last digit does not fit the others. One digit may be wrong or missing.")


def _page(
    http: HttpRequest, *, text: str = "", number_problem: str = "", code_problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "number": text[:LONGEST],
        "number_problem": number_problem,
        "problem": code_problem,
        "mine": _mine(http),
        **_listed(http),
    }
    return render(http, "follow/index.html", context, status=status)


def _listed(http: HttpRequest) -> dict[str, Any]:
    """The public list below the box, by the filters of the address."""
    found = one_page(http)
    names, zone = found.asked.services, found.asked.filters.codes.zone
    rows = [
        {"number": one.service_request_id, "service": names[one.service_id][1], "address": readable(one.address),
         "at": (at := one.requested_datetime.astimezone(zone)), "day": at.date(), "is_open": one.is_open}
        for one in found.rows
    ]  # fmt: skip
    return {
        "listed": rows, "listed_after": found.after, "listed_query": found.asked.filters.query(),
        "count": found.asked.filters.count, "listed_total": found.counts.on_map + found.counts.off_map,
        "listed_on_map": found.counts.on_map, "listed_off_map": found.counts.off_map,
    }  # fmt: skip


def _mine(http: HttpRequest) -> list[tuple[str, str]]:
    """Number and service of the requests that are open on this device."""
    ids = access.own_ids(http, timezone.now())
    if not ids:
        return []
    found = ServiceRequest.objects.of(of_request(http)).select_related("service").in_bulk(ids)
    language = get_language() or "en"
    return [(found[pk].service_request_id, found[pk].service.name_in(language)) for pk in ids if pk in found]
