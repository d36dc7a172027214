"""The outbox: what was told to whom, word by word; what failed; and what waits for somebody to call or to write."""

from __future__ import annotations

import base64

from csp.constants import SELF
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from geoserver_app import flow
from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import words
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.queue import with_jurisdiction
from geoserver_app.notify import outbox
from geoserver_app.notify.errors import NotByHand
from geoserver_app.notify.mime import html_of
from geoserver_app.notify.models import Message
from layers.errors import NotFound

PAGE = 50
# A mail as it is shown in a frame: no scripts, no forms, nothing from elsewhere; its links open in a page of their own.
_IN_FRAME = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@requires(Capability.READ_OUTBOX)
def messages_sent(request: HttpRequest) -> HttpResponse:
    """GET /console/outbox/?state=&kind=&after=: messages newest first."""
    desk = desk_of(request)
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    found = _readable(desk)
    found = found.filter(**{name: value for name, value in (("state", state), ("kind", kind)) if value})
    number = request.GET.get("request", "").strip()[:24]
    if number:
        found = found.filter(request__service_request_id=number)
    rows = list(_after(found, request.GET.get("after", ""))[: PAGE + 1])
    context = {
        "desk": desk,
        "rows": [(row, outbox.address_shown(row, desk.rights)) for row in rows[:PAGE]],
        "health": outbox.health(desk.jurisdiction.pk, desk.at),
        "next_page": _next(request, rows[PAGE - 1]) if len(rows) > PAGE else "",
        "number": number,
        "state": state,
        "kind": kind,
        "states": list(words.MESSAGE_STATES.items()),
        "kinds": list(words.MESSAGE_KINDS.items()),
    }
    return _private(render(request, "console/outbox.html", context))


def _readable(desk: Desk) -> QuerySet[Message]:
    return outbox.readable(desk.rights).filter(jurisdiction=desk.jurisdiction).order_by("-created_at", "-pk")


def _after(found: QuerySet[Message], pk: str) -> QuerySet[Message]:
    """What comes after a message, by its moment; from the top where there is no such message."""
    last = Message.objects.filter(pk=pk).first() if pk.isdigit() else None
    if last is None:
        return found
    return found.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk))


def _next(request: HttpRequest, last: Message) -> str:
    query = request.GET.copy()
    query["after"] = str(last.pk)
    return f"?{query.urlencode()}"


# The mail itself is a page inside this page.
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # its types know no view with parameters
@requires(Capability.READ_OUTBOX)
def message_page(request: HttpRequest, message_id: int) -> HttpResponse:
    """GET /console/outbox/ID/: one message in full."""
    desk = desk_of(request)
    message = _found(desk, message_id)
    address = outbox.address_shown(message, desk.rights)
    return _private(render(request, "console/message.html", {"desk": desk, "message": message, "to": address}))


# Letters carry their style inside; drawn apart from our page, they may use that and nothing else.
@csp(_IN_FRAME)  # type: ignore[arg-type]  # its types know no view with parameters
@xframe_options_sameorigin
@requires(Capability.READ_OUTBOX)
def message_html(request: HttpRequest, message_id: int) -> HttpResponse:
    """GET /console/outbox/ID/html/: the mail as its reader sees it, with its picture, for the frame."""
    message = _found(desk_of(request), message_id)
    html = html_of(message, _picture(message))
    return _private(HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1)))


def _picture(message: Message) -> str:
    """The picture as a data address: a frame that is shut off from our session could not fetch it."""
    if message.picture is None:
        return ""
    content = base64.b64encode(bytes(message.picture.content)).decode()
    return f"data:{message.picture.content_type};base64,{content}"


@require_POST
@requires(Capability.READ_OUTBOX)
def send_again(request: HttpRequest, message_id: int) -> HttpResponse:
    """POST /console/outbox/ID/again/: a failed message goes back into line."""
    desk = desk_of(request)
    message = _found(desk, message_id)
    try:
        outbox.send_again(message.pk, at=desk.at)
        messages.success(request, _("It goes out again within a minute."))
    except NotByHand:
        messages.error(request, _("Only a message that failed can be sent again."))
    return _to(request, "console_message", message.pk)


@requires(Capability.SEE_REPORTERS)
def by_hand(request: HttpRequest) -> HttpResponse:
    """GET /console/outbox/by-hand/: calls to make, texts and letters to send, the oldest first."""
    desk = desk_of(request)
    rows = list(_to_do(desk)[:200])
    return _private(render(request, "console/by_hand.html", {"desk": desk, "rows": rows}))


@require_POST
@requires(Capability.SEE_REPORTERS)
def tick_off(request: HttpRequest, message_id: int) -> HttpResponse:
    """POST /console/outbox/by-hand/ID/: delivered, or (``reached=0``) tried in vain."""
    desk = desk_of(request)
    if not _to_do(desk).filter(pk=message_id).exists():
        messages.error(request, _("Somebody has done it already."))
        return _to(request, "console_by_hand")
    reached = request.POST.get("reached") != "0"
    try:
        outbox.done_by_hand(message_id, by_id=desk.user.pk, at=desk.at, on_end=flow.message_ended, reached=reached)
        messages.success(request, _("Written down as done.") if reached else _("Written down: nobody was reached."))
    except NotByHand:
        messages.error(request, _("Somebody has done it already."))
    return _to(request, "console_by_hand")


def _to_do(desk: Desk) -> QuerySet[Message]:
    waiting = outbox.to_do_by_hand(desk.rights).filter(jurisdiction=desk.jurisdiction)
    return waiting.select_related("request__service", "request__reporter")


def _found(desk: Desk, message_id: int) -> Message:
    found = _readable(desk).select_related("request__service", "post__department", "user", "picture", "sent_by")
    message = found.filter(pk=message_id).first()
    if message is None:
        raise NotFound(_("There is no such message that you may read."))
    return message


def _to(request: HttpRequest, name: str, *arguments: int) -> HttpResponse:
    return HttpResponseRedirect(with_jurisdiction(request, reverse(name, args=arguments)), status=303)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
