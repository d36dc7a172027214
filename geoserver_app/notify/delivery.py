"""Delivers what waits in the outbox.

The contract. A message is written by the transaction of what it tells; if that is committed, it is delivered or its
failure is shown to staff. It is claimed in a transaction of its own before the mail server hears of it. Between the
server's taking it over and our writing that down lies a blink in which a process can die or a line can break; nobody
can know then whether it arrived. Such a message is tried **once** more and never again, so that **a mail arrives at
most once more than intended**; a second one carries the same Message-ID. What the server certainly did not take is
tried again for about two days.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from geoserver_app.failpoint import reached
from geoserver_app.notify import claims
from geoserver_app.notify.claims import Ended
from geoserver_app.notify.errors import ServerDown
from geoserver_app.notify.mime import mail_of
from geoserver_app.notify.models import Message, Picture
from geoserver_app.notify.smtp import Attempt, End, Mailer, SmtpMailer, line_is_broken

log = logging.getLogger(__name__)
State = Message.State


@dataclass(frozen=True)
class Drawn:
    """A picture of a place, as bytes: image/png, which every mail program shows, or image/svg+xml, which few do."""

    content: bytes
    content_type: str = "image/png"


Draw = Callable[[Message], Drawn | None]


@dataclass(frozen=True)
class Delivered:
    """What a run did. ``server_down``: the mail server could not be reached, or none is set; the rest waits."""

    sent: int = 0
    failed: int = 0
    later: int = 0
    server_down: bool = False


def deliver_due(
    limit: int, at: datetime, *, on_end: Ended, draw: Draw | None = None, mailer: Mailer | None = None
) -> Delivered:
    """Sends up to ``limit`` of the mails that are due. Call outside of any transaction; several may run at once.

    ``on_end`` runs in the transaction that writes down that a message was sent or failed for good, so that what
    follows from it (the resident was told; a review for staff) is written with it or not at all. ``draw`` gives the
    picture of a message that wants one; it is called before the server hears of the message.
    """
    failed = claims.give_up_stale(at, on_end) + claims.take_back(at, on_end)
    if not settings.MAIL_READY:
        return Delivered(failed=failed, server_down=True)
    run = _Run(at, on_end, draw, mailer or SmtpMailer())
    try:
        ends = run.send_up_to(limit)
    finally:
        run.mailer.close()
    return Delivered(
        sent=ends.count(State.SENT),
        failed=failed + ends.count(State.FAILED),
        later=ends.count(State.PENDING),
        server_down=run.server_down,
    )


@dataclass
class _Run:
    """One conversation with the mail server."""

    at: datetime
    on_end: Ended
    draw: Draw | None
    mailer: Mailer
    server_down: bool = False
    is_open: bool = False

    def send_up_to(self, limit: int) -> list[str]:
        """The states that the messages came into, one by one."""
        ends: list[str] = []
        while len(ends) < limit and self._connected():
            message = claims.claim(self.at)
            if message is None:
                break
            ends.append(self._send(message))
        return ends

    def _connected(self) -> bool:
        """Opens the conversation where there is something to say; nothing is claimed for a server that is away."""
        if self.is_open or not claims.waiting(self.at).exists():
            return self.is_open
        try:
            self.mailer.open()
        except ServerDown as error:
            log.warning("the mail server cannot be reached", extra={"error": str(error)})
            self.server_down = True
            return False
        self.is_open = True
        return True

    def _send(self, message: Message) -> str:
        reached("notify.claimed")
        self._add_picture(message)
        attempt = self._hand_over(message)
        reached("notify.handed_over")
        if line_is_broken(attempt):
            self.mailer.close()
            self.is_open = False
        return claims.end(message, attempt, self.at, self.on_end)

    def _hand_over(self, message: Message) -> Attempt:
        try:
            mail = mail_of(message)
        except ValueError as error:
            return Attempt(End.REFUSED, f"it cannot be written as a mail ({type(error).__name__})")
        return self.mailer.send(mail)

    def _add_picture(self, message: Message) -> None:
        if not message.wants_picture or message.picture is not None or self.draw is None:
            return
        drawn = self.draw(message)
        if drawn is None:
            return
        picture = Picture.objects.create(content=drawn.content, content_type=drawn.content_type, created_at=self.at)
        # The desk's mail and its copies, written at one moment, show the same place.
        alike = Message.objects.filter(request=message.request_id, created_at=message.created_at, wants_picture=True)
        alike.filter(picture=None).update(picture=picture)
        message.picture = picture
