"""Referrals to agencies that take requests by Open311: sent by the worker, asked after, and what they say written down.

A part of flow. Nobody waits for the network: ``begin_due`` finds what was referred, ``go_on_due`` speaks with the
agencies, outside of any transaction. A report is named by one sending, so a second try is none of a second report.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from geoserver_app import flow
from geoserver_app.accounts.roles import Capability
from geoserver_app.forward.models import AgencyEndpoint, Forward
from geoserver_app.forward.photos import lacking
from geoserver_app.forward.reading import Refused, Theirs
from geoserver_app.forward.seal import BrokenSeal
from geoserver_app.forward.sending import (
    LOOK_AGAIN,
    MOST_ATTEMPTS,
    TOKEN_AGAIN,
    add_photo,
    look,
    next_look,
    send,
    wait_after,
)
from geoserver_app.forward.wire import NoAnswer, NotFetched, Speaker, over_network
from geoserver_app.handling import change, review
from geoserver_app.intake.models import Review, ServiceRequest
from geoserver_app.link.links import Doubt
from geoserver_app.work.actor import SYSTEM, Actor
from geoserver_app.work.steps import Words

log = logging.getLogger(__name__)
State = Forward.State
# The product, where it writes down what an agency says.
_CLERK: Actor = replace(SYSTEM, capabilities=frozenset({Capability.WORK}))
# Longer than any endpoint may take: another worker may go on with it then.
_LEASE = timedelta(minutes=5)
_AT_ONCE = 200
_CLOSED = "closed"


def begin_due(at: datetime | None = None) -> int:
    """Puts every request in line that is referred to an agency with an endpoint and was not yet; how many."""
    now = at or timezone.now()
    begun = 0
    for endpoint in AgencyEndpoint.objects.filter(active=True).select_related("agency"):
        referred = ServiceRequest.objects.filter(state=ServiceRequest.State.REFERRED, agency=endpoint.agency)
        known = Forward.objects.filter(endpoint=endpoint, state__in=[*Forward.OPEN, State.FAILED])
        for pk in referred.exclude(pk__in=known.values("request")).values_list("pk", flat=True)[:_AT_ONCE]:
            Forward.objects.get_or_create(
                request_id=pk, endpoint=endpoint, state=State.WAITING,
                defaults={"sending": uuid.uuid4(), "created_at": now, "due_at": now},
            )  # fmt: skip
            begun += 1
    return begun


def go_on_due(at: datetime | None = None, *, speak: Speaker = over_network) -> int:
    """Speaks with agencies about everything that is due; how many."""
    now = at or timezone.now()
    done = 0
    due = Forward.objects.filter(due_at__lte=now).order_by("due_at", "pk").values_list("pk", flat=True)
    for pk in list(due[:_AT_ONCE]):
        if Forward.objects.filter(pk=pk, due_at__lte=now).update(due_at=now + _LEASE):
            _go_on(pk, now, speak)
            done += 1
    return done


def _go_on(forward_id: int, at: datetime, speak: Speaker) -> None:
    forward = Forward.objects.select_related(
        "endpoint__agency", "request__service", "request__jurisdiction", "request__reporter"
    ).get(pk=forward_id)
    if forward.request.state != ServiceRequest.State.REFERRED or not forward.endpoint.active:
        _keep(forward, state=State.ENDED, due_at=None)
        return
    try:
        theirs = (_sent if forward.state == State.WAITING else look)(forward, speak=speak)
    except (NoAnswer, NotFetched) as error:
        _later(forward, str(error), at)
    except (Refused, BrokenSeal) as error:
        _refused(forward, str(error), at)
    else:
        _heard(forward, theirs, at)
        if forward.state == State.THERE and forward.endpoint.takes_updates and settings.PUBLIC_URL:
            _send_photo(forward, at, speak)


def _sent(forward: Forward, *, speak: Speaker) -> Theirs:
    theirs, photos = send(forward, speak=speak)
    _keep(forward, photos={str(pk): "" for pk in photos})
    return theirs


def _send_photo(forward: Forward, at: datetime, speak: Speaker) -> None:
    """One photo that was released since: what they answer is kept, and where nobody answers it goes the next time."""
    waiting = [one for one in lacking(forward) if forward.said_of(one.pk) is None]
    for photo in waiting[:1]:
        try:
            with translation.override(forward.request.language):
                add_photo(forward, photo, at=at, speak=speak)
        except (NoAnswer, NotFetched, BrokenSeal) as error:
            _keep(forward, error=str(error)[:500])
            return
        except Refused as error:
            said = str(error)[:500]
        else:
            said = ""
        _keep(forward, photos={**(forward.photos or {}), str(photo.pk): said})
    if waiting[1:]:
        _keep(forward, due_at=at + TOKEN_AGAIN)


def _heard(forward: Forward, theirs: Theirs, at: datetime) -> None:
    """Writes down what they said, and what that makes of the request, in one transaction."""
    number, token = theirs.number or forward.number, theirs.token or forward.token
    news = replace(theirs, number=number, token=token)
    with transaction.atomic():
        before = (forward.number, forward.status, forward.status_notes)
        state = State.THERE if number else State.PENDING if token else State.ENDED
        _keep(
            forward, state=state, number=number, token=token, status=theirs.status or forward.status,
            status_notes=theirs.status_notes or forward.status_notes, attempts=0, error="",
        )  # fmt: skip
        if not before[0] and (number or state == State.ENDED):
            _note(forward, at, lambda: _sent_words(forward))
        if forward.status_notes != before[2] and forward.status != _CLOSED:
            _note(forward, at, lambda: _news_words(forward))
        closed = news.status == _CLOSED
        _keep(forward, due_at=None if closed or state == State.ENDED else next_look(forward, at))
        if closed:
            _done(forward, at)


def _done(forward: Forward, at: datetime) -> None:
    """They closed it: the field action is taken, as when a work order comes back completed; closing is for staff."""
    _keep(forward, state=State.ENDED)
    with translation.override(forward.request.language):
        words = _news_words(forward)
    flow.transition(forward.request_id, to=ServiceRequest.State.DONE, by=SYSTEM, at=at, words=Words(note=words))


def _later(forward: Forward, why: str, at: datetime) -> None:
    attempts = forward.attempts + 1
    if forward.state == State.WAITING and attempts >= MOST_ATTEMPTS:
        _refused(forward, why, at)
        return
    wait = max(wait_after(attempts), LOOK_AGAIN) if forward.state == State.THERE else wait_after(attempts)
    _keep(forward, attempts=attempts, error=why[:500], due_at=at + wait)
    log.info("an agency did not answer", extra={"forward": forward.pk, "attempts": attempts})


def _refused(forward: Forward, why: str, at: datetime) -> None:
    """It cannot be sent, or they do not know it any more: a person's matter."""
    with transaction.atomic():
        _keep(forward, state=State.FAILED, error=why[:500], attempts=F("attempts") + 1, due_at=None)
        with change(forward.request_id) as request:
            detail = {"agency": forward.endpoint.agency.name, "error": why[:500]}
            review(request, Review.Stage.WORK, [Doubt("forward_failed", detail)], at)


def _keep(forward: Forward, **columns: object) -> None:
    Forward.objects.filter(pk=forward.pk).update(**columns)
    for name, value in columns.items():
        setattr(forward, name, value)


def _note(forward: Forward, at: datetime, words: Callable[[], str]) -> None:
    """A note for staff, in the city's language of the request; what an agency writes is not ours to publish."""
    with translation.override(forward.request.language):
        text = words()
    flow.note(forward.request_id, text, public=False, by=_CLERK, at=at)


def _sent_words(forward: Forward) -> str:
    agency = forward.endpoint.agency.name
    if not forward.number:
        return _("Sent to %(agency)s.") % {"agency": agency}
    return _("Sent to %(agency)s; their number is %(number)s.") % {"agency": agency, "number": forward.number}


def _news_words(forward: Forward) -> str:
    said = _("%(agency)s says: %(words)s") if forward.status_notes else _("%(agency)s has closed it.")
    return said % {"agency": forward.endpoint.agency.name, "words": forward.status_notes}
