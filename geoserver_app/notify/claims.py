"""The states of a message while it is delivered; every change is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from geoserver_app.notify.models import Message
from geoserver_app.notify.smtp import Attempt, End

State = Message.State
Ended = Callable[[Message], None]

# Longer than any attempt can take (EMAIL_TIMEOUT): who holds a message for longer has died.
LEASE = timedelta(minutes=10)
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
MOST_DOUBTS = 1
# What could not be told for a week is not told any more: "somebody looks at it Monday" is wrong by then.
STALE = timedelta(days=7)
_AT_ONCE = 500


def waiting(at: datetime) -> QuerySet[Message]:
    """The mails that are due."""
    return Message.objects.filter(state=State.PENDING, channel=Message.Channel.EMAIL, not_before__lte=at)


def claim(at: datetime) -> Message | None:
    """Takes the next mail that is due, the urgent first; None where there is none that nobody else holds."""
    with transaction.atomic(durable=True):
        message = (
            waiting(at)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("jurisdiction", "picture")
            .order_by("-is_urgent", "not_before", "pk")
            .first()
        )
        if message is not None:
            message.state, message.claimed_at = State.SENDING, at
            message.attempts += 1
            message.save(update_fields=["state", "claimed_at", "attempts"])
    return message


def end(message: Message, attempt: Attempt, at: datetime, on_end: Ended) -> str:
    """Writes down how an attempt ended; the state that the message is in now.

    Nothing is written where the message was taken back meanwhile, because this attempt outlived its lease.
    """
    with transaction.atomic(durable=True):
        held = Message.objects.select_for_update(of=("self",)).filter(
            pk=message.pk, state=State.SENDING, attempts=message.attempts
        )
        if not held.exists():
            return State.PENDING
        _decide(message, attempt, at)
        message.save(update_fields=["state", "doubts", "not_before", "sent_at", "error"])
        if message.state in {State.SENT, State.FAILED}:
            on_end(message)
    return message.state


def take_back(at: datetime, on_end: Ended) -> int:
    """Mails whose holder died: nobody knows whether they arrived. How many of them failed for good."""
    lost = Message.objects.filter(state=State.SENDING, claimed_at__lt=at - LEASE)
    broken = Attempt(End.DOUBTFUL, "the worker ended while it was on its way")
    return [end(message, broken, at, on_end) for message in lost[:_AT_ONCE]].count(State.FAILED)


def give_up_stale(at: datetime, on_end: Ended) -> int:
    """Mails that waited for longer than STALE fail; how many. Staff see them and decide."""
    with transaction.atomic(durable=True):
        stale = waiting(at).filter(not_before__lt=at - STALE).select_for_update(skip_locked=True, of=("self",))
        messages = list(stale[:_AT_ONCE])
        for message in messages:
            message.state, message.error = State.FAILED, "it waited for a week"
            message.save(update_fields=["state", "error"])
            on_end(message)
    return len(messages)


def _decide(message: Message, attempt: Attempt, at: datetime) -> None:
    message.error = attempt.error
    if attempt.end == End.SENT:
        message.state, message.sent_at = State.SENT, at
        return
    message.doubts += attempt.end == End.DOUBTFUL
    gives_up = message.doubts > MOST_DOUBTS or message.attempts > len(WAITS) or attempt.end == End.REFUSED
    message.state = State.FAILED if gives_up else State.PENDING
    message.not_before = at if gives_up else at + WAITS[message.attempts - 1]
