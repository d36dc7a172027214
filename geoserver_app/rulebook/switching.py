"""A version put in force, or an old one again; the requests that follow do so by a job, live on the page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.editions.models import Turn
from geoserver_app.flow_rules import Switched, activate_rules, go_back
from geoserver_app.rulebook.access import head, page, private, refused, to, user_of, version_of
from layers.errors import Conflict, OneMapError


@require_POST
@requires(Capability.EDIT_RULES)
def activate(request: HttpRequest, version: int) -> HttpResponse:
    """POST .../activate/ ``sure``, ``again``: in force from now on; what waits is routed again where ``again``."""
    draft = version_of(request, version)
    try:
        if not request.POST.get("sure"):
            raise Conflict(_("Say that you have looked at what it changes, then put it in force."))
        done = activate_rules(draft.pk, again=bool(request.POST.get("again")), by=user_of(request))
        messages.success(request, _said(done))
    except OneMapError as error:
        refused(request, error)
    return to(request, "book", version)


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_RULES)
def back(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../back/: what going back to this version means; POST: does it."""
    former = version_of(request, version)
    if request.method == "GET":
        return page(request, "back", head(request, former, "book"))
    try:
        done = go_back(former.pk, again=bool(request.POST.get("again")), by=user_of(request))
    except OneMapError as error:
        refused(request, error)
        return to(request, "book", version)
    messages.success(request, _said(done))
    return to(request, "book", done.rules.version)


def _said(done: Switched) -> str:
    return _("Version %(version)d is in force. %(count)d requests follow now.") % {
        "version": done.rules.version, "count": done.turn.total,
    }  # fmt: skip


@require_GET
@requires(Capability.EDIT_RULES)
def state(request: HttpRequest, version: int) -> HttpResponse:
    """GET .../turn.json: how far the requests are that follow it."""
    turn = Turn.objects.filter(rules_after=version_of(request, version), way=Turn.Way.RULES).first()
    running = turn is not None and turn.state == Turn.State.RUNNING
    done, total = (turn.done, turn.total) if turn is not None else (0, 0)
    return private(JsonResponse({"running": running, "step": _("Requests follow"), "done": done, "total": total}))
