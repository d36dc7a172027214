"""/requests/NUMBER/answer/: was it resolved, how was the staff; bilingual, no name asked, changeable for a month."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geoserver_app import flow
from geoserver_app.catalog.values import Unusable, clean_text
from geoserver_app.follow.access import holds
from geoserver_app.follow.door import asked, code_page, follow_link, private
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.links import Purpose
from geoserver_app.work.actor import REPORTER
from geoserver_app.work.errors import NotAllowed, WrongState
from geoserver_app.work.models import Satisfaction
from geoserver_app.work.satisfaction import Reply
from geoserver_app.work.states import CLOSED


@private
@require_http_methods(["GET", "HEAD", "POST"])
def answer(http: HttpRequest, number: str) -> HttpResponse:
    """GET shows the two questions; POST keeps the answer."""
    said = asked(http, number)
    linked = follow_link(http, said, Purpose.ANSWER, "answer")
    if linked is not None:
        return linked
    if said.request is None or not said.is_own(http, Purpose.ANSWER):
        return code_page(http, said, page="answer")
    if http.method == "POST":
        return _answered(http, said.request, said.at)
    return _page(http, said.request)


def _answered(http: HttpRequest, request: ServiceRequest, at: datetime) -> HttpResponse:
    resolved, rating = http.POST.get("resolved", ""), http.POST.get("rating", "")
    if resolved not in Satisfaction.Resolved.values:
        return _page(http, request, problem=_("Please say whether it was resolved."), status=422)
    try:
        flow.answer(request.pk, _reply(http, request, resolved, rating, at), by=REPORTER, at=at)
    except Unusable as wrong:
        return _page(http, request, comment_problem=str(wrong), status=422)
    except WrongState:
        return _page(http, request, problem=_("You can answer when the request is closed."), status=409)
    except NotAllowed:
        return _page(http, request, problem=_("An answer can be changed for 30 days; yours is older."), status=403)
    messages.success(http, _("Thank you. We have your answer."))
    return HttpResponseRedirect(reverse("follow:answer", args=[request.service_request_id]))


def _reply(http: HttpRequest, request: ServiceRequest, resolved: str, rating: str, at: datetime) -> Reply:
    """What was answered; by the mail's link where that is all that this device was shown."""
    by_link = not holds(http, request, Purpose.OWN, at)
    return Reply(
        resolved=resolved,
        rating=rating if rating in Satisfaction.Rating.values else "",
        comment=clean_text(http.POST.get("comment", "")),
        via=(Satisfaction.Via.EMAIL if by_link else Satisfaction.Via.WEB).value,
        language=get_language() or "en",
    )


def _page(
    http: HttpRequest, request: ServiceRequest, *, problem: str = "", comment_problem: str = "", status: int = 200
) -> HttpResponse:
    earlier = Satisfaction.objects.filter(request=request).first()
    typed = http.POST if http.method == "POST" else None
    chosen = {name: typed.get(name, "") if typed else getattr(earlier, name, "") for name in _FIELDS}
    context: dict[str, Any] = {
        "number": request.service_request_id,
        "service": request.service.name_in(get_language() or "en"),
        "is_closed": request.state in CLOSED,
        "earlier": earlier,
        "chosen": chosen,
        "problem": problem,
        "comment_problem": comment_problem,
        "resolved_choices": _resolved_choices(),
        "rating_choices": _rating_choices(),
    }
    return render(http, "follow/answer.html", context, status=status)


_FIELDS = ("resolved", "rating", "comment")


def _resolved_choices() -> list[tuple[str, str]]:
    return [("yes", _("Yes")), ("partly", _("Partly")), ("no", _("No"))]


def _rating_choices() -> list[tuple[str, str]]:
    return [("courteous", _("Courteous")), ("discourteous", _("Discourteous")), ("other", _("Something else"))]
