"""Which version of a request somebody knows: pages of staff and programs ask alike whether somebody was quicker.

A version is the newest line of the history that changed who has a request or how it stands. Every change holds the
lock of its request while it writes its line, so of one request a later line has the higher number.
"""

from __future__ import annotations

from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.errors import Overtaken
from geoserver_app.work.models import StatusChange

Kind = StatusChange.Kind
# Lines that change nothing about who has a request or how it stands.
_HARMLESS = (Kind.NOTE_INTERNAL, Kind.NOTE_PUBLIC, Kind.DETAILS, Kind.TOLD, Kind.ANSWERED, Kind.PUBLISHED)


def decisions(request: ServiceRequest) -> QuerySet[StatusChange]:
    """The lines of its history that changed who has it or how it stands."""
    return StatusChange.objects.filter(request=request).exclude(kind__in=_HARMLESS)


def version_of(request: ServiceRequest) -> int:
    """The newest of these lines; 0 where there is none."""
    return decisions(request).order_by("-pk").values_list("pk", flat=True).first() or 0


def check_known(request: ServiceRequest, known: Collection[int] | None) -> None:
    """Overtaken where the request stands at none of the ``known`` versions; None: whoever asks takes it as it stands.

    Of use to a change only under the lock of the request, within which it is made.
    """
    if known is None or version_of(request) in known:
        return
    newest = decisions(request).order_by("pk").last()
    zone = ZoneInfo(request.jurisdiction.time_zone)
    raise Overtaken(
        _("The request is not as you know it: it is '%(state)s', by '%(kind)s' of %(when)s. Read it, then decide.")
        % {
            "state": newest.to_state if newest else request.state,
            "kind": newest.kind if newest else "",
            "when": (newest.at if newest else request.updated_datetime).astimezone(zone).isoformat(timespec="seconds"),
        }
    )
