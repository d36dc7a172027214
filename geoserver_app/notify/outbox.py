"""The outbox: what is put into it, what staff see of it, and what they deliver by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from geoserver_app.accounts.rights import Rights
from geoserver_app.accounts.roles import Capability
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.claims import Ended
from geoserver_app.notify.errors import NotByHand
from geoserver_app.notify.letter import Letter, Rendered, render
from geoserver_app.notify.masks import mask_address
from geoserver_app.notify.models import Message, Picture
from geoserver_app.notify.recipients import Recipient
from geoserver_app.work.sight import visible_to
from layers import rows

KEEP = timedelta(days=180)


@dataclass(frozen=True)
class Draft:
    """A message before it is put into the outbox: to whom, of what kind, and its words."""

    to: Recipient
    kind: str
    words: Rendered
    wants_picture: bool = False
    stop_link: str = ""

    @classmethod
    def of_letter(cls, to: Recipient, kind: str, letter: Letter) -> Draft:
        stop = letter.stop.address if letter.stop else ""
        return cls(to, kind, render(letter), wants_picture=bool(letter.picture), stop_link=stop)


def put(request: ServiceRequest, drafts: Iterable[Draft], *, cause: str, at: datetime) -> int:
    """Writes messages about a request, in the caller's transaction; how many were meant.

    ``cause`` names the event (the line in the history): putting the same again changes nothing. Nothing is ever put
    for a request that was imported: this is the one place through which every message goes.
    """
    if request.source:
        return 0
    messages = [_message(request, draft, cause, at) for draft in drafts]
    rows.insert(*messages, ignore_conflicts=True)
    return len(messages)


def _message(request: ServiceRequest, draft: Draft, cause: str, at: datetime) -> Message:
    to, words = draft.to, draft.words
    return Message(
        jurisdiction_id=request.jurisdiction_id,
        request=request,
        kind=draft.kind,
        channel=to.channel,
        recipient=to.to,
        post_id=to.post_id,
        user_id=to.user_id,
        to_address=to.address,
        language=to.language,
        is_urgent=request.priority == ServiceRequest.Priority.URGENT,
        subject=words.subject,
        body_text=words.text,
        body_html=words.html,
        wants_picture=draft.wants_picture,
        stop_link=draft.stop_link,
        dedupe_key=f"{draft.kind}:{request.pk}:{cause}:{to.key}",
        created_at=at,
        not_before=at,
    )


def readable(rights: Rights) -> QuerySet[Message]:
    """The messages that somebody may read, newest first: those about requests that they may see as well."""
    # Asked for each message that is read, not by a list of all requests first.
    requests = visible_to(ServiceRequest.objects.filter(pk=OuterRef("request")), rights, Capability.READ_OUTBOX)
    places = rights.jurisdictions(Capability.READ_OUTBOX)
    return Message.objects.filter(Exists(requests) | Q(request=None, jurisdiction__in=places)).select_related(
        "request", "post", "user"
    )


def address_shown(message: Message, rights: Rights) -> str:
    """Where a message went: in full for those who may see reporters, and for the city's own desks; else masked."""
    if message.recipient != Message.To.REPORTER or rights.may(Capability.SEE_REPORTERS, message.jurisdiction_id):
        return message.to_address
    return mask_address(message.to_address, message.channel)


def to_do_by_hand(rights: Rights) -> QuerySet[Message]:
    """Calls to make, text messages and letters to send, the oldest first; for those who may see reporters."""
    requests = visible_to(ServiceRequest.objects.all(), rights, Capability.SEE_REPORTERS)
    waiting = Message.objects.filter(state=Message.State.PENDING, request__in=requests)
    return waiting.exclude(channel=Message.Channel.EMAIL).select_related("request").order_by("created_at", "pk")


def done_by_hand(message_id: int, *, by_id: int, at: datetime, on_end: Ended, reached: bool = True) -> Message:
    """Ticks off what staff delivered (or tried in vain); ``on_end`` runs in the same transaction, as in delivery."""
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message_id)
        if not message.is_by_hand or message.state != Message.State.PENDING:
            raise NotByHand(_("This message does not wait for somebody to deliver it."))
        message.state = Message.State.SENT if reached else Message.State.FAILED
        message.sent_at = at if reached else None
        message.sent_by_id = by_id
        message.attempts += 1
        message.error = "" if reached else "nobody was reached"
        message.save(update_fields=["state", "sent_at", "sent_by", "attempts", "error"])
        on_end(message)
    return message


def send_again(message_id: int, *, at: datetime) -> None:
    """Puts a message that failed back into line, with all its attempts: staff decided so."""
    again = Message.objects.filter(pk=message_id, state=Message.State.FAILED)
    if not again.update(state=Message.State.PENDING, attempts=0, doubts=0, not_before=at, error=""):
        raise NotByHand(_("Only a message that failed can be sent again."))


def stop(request: ServiceRequest) -> int:
    """Takes back what the reporter has not been told yet, when they want no more messages; how many."""
    waiting = Message.objects.filter(request=request, recipient=Message.To.REPORTER, state=Message.State.PENDING)
    return waiting.update(state=Message.State.SUPPRESSED, error="the reporter wants no more messages")


def forget(at: datetime) -> int:
    """Blanks address and words of what ended longer than KEEP ago; that it was told, and when, stays. How many."""
    ended = Message.objects.exclude(state__in=[Message.State.PENDING, Message.State.SENDING])
    forgotten = _blank(ended.filter(created_at__lt=at - KEEP).exclude(to_address=""))
    Picture.objects.filter(messages=None, created_at__lt=at - KEEP).delete()
    return forgotten


def forget_request(request: ServiceRequest) -> int:
    """Blanks all messages to the reporter of a request, when personal data are erased."""
    to_reporter = Message.objects.filter(request=request, recipient=Message.To.REPORTER)
    to_reporter.filter(state=Message.State.PENDING).update(state=Message.State.SUPPRESSED)
    return _blank(to_reporter)


def _blank(messages: QuerySet[Message]) -> int:
    return messages.update(to_address="", subject="", body_text="", body_html="", stop_link="", picture=None)


@dataclass(frozen=True)
class Health:
    """How the outbox stands, for ``doctor`` and the console."""

    waiting: int
    failed: int
    by_hand: int
    oldest_waiting: datetime | None


def health(jurisdiction_id: int, at: datetime) -> Health:
    """Counts of a jurisdiction's messages of the last 30 days."""
    email = Q(channel=Message.Channel.EMAIL)
    pending = Q(state__in=[Message.State.PENDING, Message.State.SENDING])
    recent = Message.objects.filter(jurisdiction=jurisdiction_id, created_at__gte=at - timedelta(days=30))
    found = recent.aggregate(
        waiting=Count("pk", filter=email & pending),
        failed=Count("pk", filter=Q(state=Message.State.FAILED)),
        by_hand=Count("pk", filter=~email & pending),
        oldest_waiting=Min("not_before", filter=email & pending),
    )
    return Health(**found)
