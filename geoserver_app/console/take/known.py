"""Known problems while somebody is on the line: what to read out, and what the caller says to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from geoserver_app.console.take import drafts
from geoserver_app.console.take.entry import Entry
from geoserver_app.duplicates import notices, notices_written
from geoserver_app.duplicates.models import Notice, NoticeAnswer
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.site.notices import Said, said

Kind = NoticeAnswer.Kind


def notices_for(entry: Entry) -> list[Said]:
    """What is known where the caller is, in the caller's language: it is read out."""
    return said(_holding(entry), entry.desk.jurisdiction, entry.language, entry.desk.at)


def _holding(entry: Entry) -> list[Notice]:
    if entry.service is None or (entry.needs_place and entry.position is None):
        return []
    lon, lat = entry.position or (None, None)
    return notices.known(entry.service, lon, lat, at=entry.desk.at)


def stopped(http: HttpRequest, entry: Entry) -> HttpResponse:
    """The caller needs nothing more: counted, and the form is thrown away."""
    for one in _holding(entry):
        notices_written.answer(one, Kind.ENOUGH, key=entry.draft.id, channel=entry.channel, at=entry.desk.at)
    drafts.drop(http, entry.draft.id)
    messages.success(http, _("Counted with the known problem; nothing was registered."))
    return HttpResponseRedirect(reverse("take"))


def went_on(http: HttpRequest, entry: Entry, request: ServiceRequest) -> None:
    """Notes with each notice that was read out that a report came all the same, and why."""
    why = http.POST.get("known_reason", "")
    kind = Kind.TELL if why == Kind.TELL else Kind.ANYWAY
    reason = why if why in NoticeAnswer.Reason else ""
    for one in _holding(entry):
        notices_written.answer(
            one, kind, key=entry.draft.id, channel=entry.channel, at=entry.desk.at, reason=reason, request=request
        )
