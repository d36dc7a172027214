"""The resident's answer afterwards: bilingual, anonymous, tied to the request by number and code alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.actor import REPORTER, Actor
from geoserver_app.work.errors import NotAllowed, WrongState
from geoserver_app.work.history import Kind, record
from geoserver_app.work.models import Satisfaction
from geoserver_app.work.present import Present, Step
from geoserver_app.work.states import CLOSED

# An answer can be changed for so long, counted from it or from a later closing.
CHANGE_DAYS = 30


@dataclass(frozen=True)
class Reply:
    """What a resident says: ``resolved`` yes, partly or no; ``rating`` may be empty."""

    resolved: str
    rating: str = ""
    comment: str = ""
    via: str = Satisfaction.Via.WEB.value
    language: str = "en"


def answer(request: ServiceRequest, reply: Reply, *, at: datetime, by: Actor = REPORTER) -> Step:
    """Stores or changes the answer; ``by`` is staff where it was asked for on the telephone.

    The words stay in the answer alone, so that the history that staff read says only that it came and what it was.
    """
    if request.state not in CLOSED:
        raise WrongState(_("You can answer when the request is closed."))
    earlier = Satisfaction.objects.filter(request=request).first()
    if earlier is not None and at > changeable_until(request, earlier):
        raise NotAllowed(_("An answer can be changed for %s days; yours is older.") % CHANGE_DAYS)
    given = {
        "resolved": Satisfaction.Resolved(reply.resolved).value,
        "rating": Satisfaction.Rating(reply.rating).value,
        "comment": reply.comment.strip(),
        "via": Satisfaction.Via(reply.via).value,
        "language": reply.language,
        "changed_at": at,
    }
    Satisfaction.objects.update_or_create(request=request, defaults=given, create_defaults={**given, "at": at})
    data = {"resolved": [earlier.resolved if earlier else None, given["resolved"]], "rating": given["rating"]}
    return record(request, Kind.ANSWERED, Present.of(request), by=by, at=at, data=data)


def changeable_until(request: ServiceRequest, earlier: Satisfaction) -> datetime:
    """Until when an answer may be changed: a request that was reopened and closed again asks anew."""
    since = max(earlier.at, request.closed_at) if request.closed_at else earlier.at
    return since + timedelta(days=CHANGE_DAYS)
