"""/console/new/done/NUMBER/: what the call-taker reads out: number and code, who has it, by when."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from geoserver_app.accounts.doors import requires
from geoserver_app.accounts.roles import Capability
from geoserver_app.console import words
from geoserver_app.console.desk import Desk, desk_of
from geoserver_app.console.take import drafts
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify import moments
from geoserver_app.notify.phrases import phrase, spoken
from layers.errors import NotFound

# How each character of a code is said on a bad line: the international spelling alphabet.
_SAID = {
    "A": "Alfa", "C": "Charlie", "D": "Delta", "E": "Echo", "F": "Foxtrot", "H": "Hotel", "J": "Juliett", "K": "Kilo",
    "L": "Lima", "M": "Mike", "N": "November", "P": "Papa", "R": "Romeo", "T": "Tango", "U": "Uniform", "V": "Victor",
    "W": "Whiskey", "X": "X-ray", "Y": "Yankee",
}  # fmt: skip


@requires(Capability.TAKE_REQUESTS)
@never_cache
def done(http: HttpRequest, number: str) -> HttpResponse:
    """The code is shown to whoever took the request, in the log-in in which it was taken, and to nobody else."""
    desk = desk_of(http)
    requests = ServiceRequest.objects.filter(jurisdiction=desk.jurisdiction, service_request_id=number)
    found = requests.select_related("service", "department", "agency").first()
    if found is None or number not in drafts.taken(http):
        raise NotFound(_("This number was not taken in this log-in."))
    language = spoken(found.language)
    context = {
        "taken": found,
        "service": found.service.name_in(desk.language),
        "state": words.say("state", found.state),
        "whose": _whose(found, desk.language),
        "number_groups": _groups(number),
        "code": [(one, _SAID.get(one, one)) for one in found.access_code],
        "due": _due(found.expected_datetime, desk) if found.expected_datetime else "",
        "read_out": _read_out(found, language),
        "read_out_language": language,
    }
    return render(http, "console/take/done.html", context)


def _whose(request: ServiceRequest, language: str) -> str:
    holder = request.agency or request.department
    return holder.name_in(language) if holder else _("somebody at City Hall, who decides")


def _due(expected: datetime, desk: Desk) -> str:
    return moments.full(expected, desk.language, desk.zone, desk.at)


def _read_out(request: ServiceRequest, language: str) -> str:
    """The sentence to say, in the caller's language."""
    key = "spoken.receipt_sensitive" if request.service.sensitive else "spoken.receipt"
    service = request.service.name_in(language)
    return phrase(language, key, number=request.service_request_id, service=service, code=request.access_code)


def _groups(number: str) -> list[str]:
    """A number in groups of at most three digits, as people say it: 26 - 004 512 - 7."""
    groups: list[str] = []
    for part in number.split("-"):
        first = len(part) % 3 or 3
        groups += [part[:first], *(part[at : at + 3] for at in range(first, len(part), 3))]
    return groups
