"""/console/notices/: the known problems of the city: what holds, what came of it, placing, changing, lifting."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import ground
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.notices import form as forms
from geoserver_app.console.notices import told
from geoserver_app.console.notices.form import NoticeForm, WordingForm
from geoserver_app.console.queue import with_jurisdiction
from geoserver_app.duplicates import notices_written as written
from geoserver_app.duplicates.models import Notice
from geoserver_app.maps.page import LEAFLET
from geoserver_app.work.errors import NotAllowed
from layers.errors import Conflict, NotFound, OneMapError
from layers.models import AreaShape

MOST_OVER = 50


@requires(Capability.SEE_REQUESTS)
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """GET /console/notices/: what holds now, what begins later, what is over (the newest fifty)."""
    desk = desk_of(request)
    own = Notice.objects.filter(jurisdiction=desk.jurisdiction).select_related("placed_by").prefetch_related("services")
    standing = own.filter(lifted_at=None, ends_at__gt=desk.at)
    context = {
        "desk": desk,
        "holding": told.lines(own.in_force(desk.at), desk),
        "coming": told.lines(standing.filter(begins_at__gt=desk.at), desk),
        "over": told.lines(own.over(desk.at)[:MOST_OVER], desk),
        "may_place": desk.may(Capability.PUBLISH),
    }
    return render(request, "notices/listed.html", context)


@requires(Capability.PUBLISH)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST places the notice, or says what is missing (422)."""
    desk = desk_of(request)
    if not desk.may(Capability.PUBLISH):
        raise NotAllowed(_("Your log-in does not place notices here."))
    if request.method != "POST":
        return _form(request, desk, NoticeForm(initial=forms.blank(desk), desk=desk))
    filled = NoticeForm(request.POST, desk=desk)
    if not filled.is_valid():
        return _form(request, desk, filled, status=422)
    try:
        made = _placed(desk, filled)
    except written.BadNotice as wrong:
        filled.add_error(None, str(wrong))
        return _form(request, desk, filled, status=422)
    messages.success(request, _("It holds. Who wants to report it is told so first."))
    return HttpResponseRedirect(_address(request, "console_notice", made.pk), status=303)


def _placed(desk: Desk, filled: NoticeForm) -> Notice:
    services, where = filled.chosen(), filled.ground()
    if not forms.may_place(desk, services, where.area):
        raise written.BadNotice(_("Not there, or not about that: choose services of your department, in your areas."))
    return written.place(
        desk.jurisdiction, services, filled.wording(), by=desk.user.pk, at=desk.at, area=where.area,
        begins_at=filled.moment(filled.cleaned_data["begins_at"]), ground=where.ground,
    )  # fmt: skip


@requires(Capability.SEE_REQUESTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows a notice, its history and what came of it; POST changes its words and times."""
    desk = desk_of(request)
    notice = _notice(desk, pk)
    if request.method != "POST":
        return _show(request, desk, notice, WordingForm(initial=forms.filled(notice, desk), desk=desk))
    _must_hold(desk, notice)
    filled = WordingForm(request.POST, desk=desk)
    if not filled.is_valid():
        return _show(request, desk, notice, filled, status=422)
    try:
        changed = written.change(notice, filled.wording(), by=desk.user.pk, at=desk.at)
    except (written.BadNotice, Conflict) as wrong:
        filled.add_error(None, str(wrong))
        return _show(request, desk, notice, filled, status=wrong.status)
    messages.success(request, _("Changed.") if changed else _("Nothing was different."))
    return HttpResponseRedirect(_address(request, "console_notice", pk), status=303)


@requires(Capability.PUBLISH)
@never_cache
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """POST takes a notice away before its time."""
    desk = desk_of(request)
    notice = _notice(desk, pk)
    _must_hold(desk, notice)
    try:
        written.lift(notice, by=desk.user.pk, at=desk.at)
        messages.success(request, _("Lifted. Reports come in again as usual."))
    except OneMapError as wrong:
        messages.error(request, str(wrong))
    return HttpResponseRedirect(_address(request, "console_notice", pk), status=303)


def _notice(desk: Desk, pk: int) -> Notice:
    found = Notice.objects.filter(jurisdiction=desk.jurisdiction, pk=pk).select_related("placed_by", "area").first()
    if found is None:
        raise NotFound(_("There is no notice %s.") % pk)
    return found


def _must_hold(desk: Desk, notice: Notice) -> None:
    if not forms.may_hold(desk, notice):
        raise NotAllowed(_("This notice is about another department's services, or for an area that is not yours."))


def _form(request: HttpRequest, desk: Desk, filled: NoticeForm, *, status: int = 200) -> HttpResponse:
    context = {
        "desk": desk,
        "form": filled,
        "wording": [filled[name] for name in filled.fields if name.startswith("text_") or name.endswith("_at")],
        "areas": forms.areas(desk),
        "said": {"corners": _("%s corners"), "none": _("Nothing is drawn yet.")},
        "ground": ground.ground(desk),
        "leaflet_overrides": LEAFLET,
    }
    return render(request, "notices/new.html", context, status=status)


def _show(request: HttpRequest, desk: Desk, notice: Notice, filled: WordingForm, *, status: int = 200) -> HttpResponse:
    stands = notice.lifted_at is None and notice.ends_at > desk.at
    context = {
        "desk": desk,
        "line": told.lines([notice], desk)[0],
        "form": filled if stands and forms.may_hold(desk, notice) else None,
        "history": told.history(notice, desk),
        "went_on": told.went_on(notice, desk),
        "outline": _outline(notice),
        "ground": ground.ground(desk),
        "leaflet_overrides": LEAFLET,
    }
    return render(request, "notices/one.html", context, status=status)


def _outline(notice: Notice) -> Any:
    """The ground of a notice as GeoJSON (degrees); None for the whole city."""
    if notice.ground is not None:
        return json.loads(notice.ground.json)
    shape = AreaShape.objects.filter(area=notice.area_id, in_force=True).first() if notice.area_id else None
    return json.loads(shape.geom.json) if shape else None


def _address(request: HttpRequest, name: str, *parts: Any) -> str:
    return with_jurisdiction(request, reverse(name, args=parts))
