"""Putting an edition in force and taking it back, from its page; the requests follow by a job, live on the page."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from psycopg.types.range import DateRange

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import desk_of
from geoserver_app.drafts.access import edition_of, page, refused, to, user_of
from geoserver_app.drafts.edition import head, turns
from geoserver_app.editions.models import Turn
from geoserver_app.flow_editions import activate_edition, roll_back_edition
from layers.errors import BadFile, Conflict, OneMapError
from layers.models import Edition


@require_POST
@requires(Capability.EDIT_GEOGRAPHY)
def activate(request: HttpRequest, edition_id: int) -> HttpResponse:
    """POST /console/gis/editions/ID/activate/: in force from ``from`` to ``to`` (both included; empty: open)."""
    edition = edition_of(request, edition_id)
    try:
        if not request.POST.get("sure"):
            raise Conflict(_("Say that you have looked at the preview, then put it in force."))
        change = activate_edition(edition.pk, commit=True, by=user_of(request), wanted=_days(request, edition))
        messages.success(request, _("It is in force. %(count)d requests follow now.") % {"count": change.turn.total})
    except OneMapError as error:
        refused(request, error)
    return to(request, "gis_edition", edition.pk)


def _days(request: HttpRequest, edition: Edition) -> DateRange:
    first, last = _day(request, "from"), _day(request, "to")
    if first and last and last < first:
        raise BadFile(_("The last day is before the first."))
    if first is None:
        first = edition.kind.jurisdiction.local_date(desk_of(request).at)
    return DateRange(first, last + timedelta(days=1) if last else None)


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise BadFile(_("“%s” is no day. Write it as 2026-11-01.") % text[:20])
    return found


@require_http_methods(["GET", "POST"])
@requires(Capability.EDIT_GEOGRAPHY)
def roll_back(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../roll-back/: what that means; POST: does it."""
    edition = edition_of(request, edition_id)
    context = head(desk_of(request), edition) | turns(edition)
    if request.method == "GET":
        return page(request, "roll_back", context)
    try:
        if not context["may_go_back"]:
            raise Conflict(_("Another edition of this kind came in after it. Take that one back first."))
        kind = edition.kind
        change = roll_back_edition(kind.jurisdiction, kind.code, commit=True, by=user_of(request))
        messages.success(request, _("It is taken back. %(count)d requests follow now.") % {"count": change.turn.total})
    except OneMapError as error:
        refused(request, error)
    return to(request, "gis_edition", edition.pk)


@requires(Capability.EDIT_GEOGRAPHY)
def state(request: HttpRequest, edition_id: int) -> HttpResponse:
    """GET .../turn.json: how far the requests are that follow the newest turn."""
    edition = edition_of(request, edition_id)
    turn = Turn.objects.filter(edition=edition).select_related("progress").first()
    if turn is None:
        raise Http404
    running = turn.state == Turn.State.RUNNING
    answer = JsonResponse(
        {
            "running": running,
            "state": turn.state,
            "step": _("Requests follow"),
            "done": turn.followed,
            "total": turn.total,
        }
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
