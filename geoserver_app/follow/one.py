"""/requests/NUMBER/: to everybody what is public; with the code, or from a mail's link, everything of one's own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from geoserver_app.follow.codes import WrongCode, open_with_code
from geoserver_app.follow.door import Asked, asked, code_page, follow_link, private
from geoserver_app.follow.drawing import map_context
from geoserver_app.follow.shown import Shown, may_reopen, shown
from geoserver_app.intake.photos import MOST_PHOTOS
from geoserver_app.notify.links import Purpose
from geoserver_app.work.states import CLOSED

# Pages that the code box may lead on to.
_NEXT = ("one", "answer", "stop")


@private
@require_http_methods(["GET", "HEAD", "POST"])
def one(http: HttpRequest, number: str) -> HttpResponse:
    """GET shows it; POST tries a code."""
    said = asked(http, number)
    if http.method == "POST":
        return _with_code(http, said)
    linked = follow_link(http, said, Purpose.OWN, "one")
    if linked is not None:
        return linked
    if said.number != number:
        return HttpResponseRedirect(reverse("follow:one", args=[said.number]))
    return request_page(http, said)


def _with_code(http: HttpRequest, said: Asked) -> HttpResponse:
    page = http.POST.get("next", "one")
    try:
        open_with_code(http, said, http.POST.get("code", ""))
    except WrongCode as wrong:
        return request_page(http, said, problem=str(wrong), status=wrong.status)
    return HttpResponseRedirect(reverse(f"follow:{page if page in _NEXT else 'one'}", args=[said.number]))


def request_page(http: HttpRequest, said: Asked, *, problem: str = "", status: int = 200, **more: Any) -> HttpResponse:
    """The page of a request as far as it may be seen; ``more`` goes to the template (what was typed and is wrong)."""
    request, own = said.request, said.is_own(http)
    if request is None or not (own or request.is_public):
        return code_page(http, said, problem=problem, status=status if problem else 404)
    told = shown(request, own=own, language=get_language() or "en", at=said.at)
    # A wrong code is a wrong code: of a public request nothing is missing.
    answered = 200 if problem and status == 404 else status
    context: dict[str, Any] = {"shown": told, "number": said.number, "problem": problem, "broken": "broken" in http.GET}
    context |= {**_own(told, said), **map_context(told), **more}
    return render(http, "follow/request.html", context, status=answered)


def _own(told: Shown, said: Asked) -> dict[str, Any]:
    """What one may still do with one's own request."""
    if not told.own:
        return {}
    request = told.request
    answered = getattr(request, "satisfaction", None)
    return {
        "may_add": told.is_open,
        "may_withdraw": told.is_open and request.state != "done",
        "may_reopen": may_reopen(request, said.at),
        "may_answer": request.state in CLOSED and request.state != "cancelled",
        "answered": answered,
        "may_stop": bool(getattr(request, "reporter", None)) and request.reporter.tell_by != "none",
        "most_photos": MOST_PHOTOS,
    }
