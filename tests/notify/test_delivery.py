"""Mails against a real SMTP server: what arrives, what is tried again, what never arrives twice."""

from datetime import timedelta
from typing import Any

import pytest

from geoserver_app.notify import claims
from geoserver_app.notify.delivery import Delivered, Drawn, deliver_due
from geoserver_app.notify.models import Message
from geoserver_app.notify.outbox import send_again
from tests.life import MONDAY, Town
from tests.notify.mail_server import MailServer

SOON = MONDAY + timedelta(seconds=5)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def message(town: Town, address: str = "streets@almendra.example", **given: Any) -> Message:
    number = Message.objects.count()
    columns = {
        "jurisdiction": town.jurisdiction,
        "kind": "liaison_new",
        "recipient": "post",
        "to_address": address,
        "language": "en",
        "subject": f"New request {number}",
        "body_text": "Words.",
        "body_html": "<p>Words.</p><!--picture--><img src='cid:place'><!--/picture-->",
        "dedupe_key": f"key-{number}",
        "created_at": MONDAY,
        "not_before": MONDAY,
        **given,
    }
    return Message.objects.create(**columns)


def deliver(at: Any = SOON, limit: int = 50, **given: Any) -> Delivered:
    return deliver_due(limit, at, **{"on_end": lambda message: None, **given})


def state_of(one: Message) -> tuple[str, int, int]:
    one.refresh_from_db()
    return one.state, one.attempts, one.doubts


def test_a_mail_arrives_with_text_html_and_headers_that_machines_read(almendra: Town, mail_server: MailServer) -> None:
    sent = message(almendra, is_urgent=True, request=almendra.request(), stop_link="https://almendra.example/stop")
    assert deliver() == Delivered(sent=1)
    (mail,) = mail_server.received
    assert (mail["Subject"], mail["To"]) == ("New request 0", "streets@almendra.example")
    assert mail["From"] == "City of Almendra <onecall@almendra.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Importance"] == "high"
    assert mail["List-Unsubscribe"] == "<https://almendra.example/stop>"
    assert mail["References"].startswith("<onemap-request-")
    assert mail.get_body(("plain",)).get_content().strip() == "Words."
    assert mail.get_body(("html",)).get_content().strip() == "<p>Words.</p>"
    sent.refresh_from_db()
    assert (sent.state, sent.sent_at) == ("sent", SOON)


def test_the_picture_of_the_place_is_inside_the_mail_and_shared_by_the_copies(
    almendra: Town, mail_server: MailServer
) -> None:
    request = almendra.request()
    for address in ("one@almendra.example", "two@almendra.example"):
        message(almendra, address, request=request, wants_picture=True)
    drawn = []

    def draw(one: Message) -> Drawn:
        drawn.append(one.pk)
        return Drawn(PNG)

    deliver(draw=draw)
    assert len(drawn) == 1
    for mail in mail_server.received:
        assert mail.get_content_type() == "multipart/related"
        (image,) = [part for part in mail.walk() if part.get_content_maintype() == "image"]
        assert (image["Content-ID"], image.get_content()) == ("<place>", PNG)
        assert "cid:place" in mail.get_body(("html",)).get_content()


def test_a_place_that_cannot_be_drawn_is_told_without_a_picture(almendra: Town, mail_server: MailServer) -> None:
    message(almendra, request=almendra.request(), wants_picture=True)
    deliver(draw=lambda one: None)
    assert "cid:place" not in mail_server.received[0].get_body(("html",)).get_content()


def test_the_urgent_goes_first(almendra: Town, mail_server: MailServer) -> None:
    message(almendra, "later@almendra.example")
    message(almendra, "first@almendra.example", is_urgent=True)
    deliver()
    assert [mail["To"] for mail in mail_server.received] == ["first@almendra.example", "later@almendra.example"]


def test_nothing_is_sent_before_its_time_or_by_another_way(almendra: Town, mail_server: MailServer) -> None:
    message(almendra, not_before=SOON + timedelta(seconds=1))
    message(almendra, "(559) 555-0142", channel="phone")
    assert deliver() == Delivered()
    assert mail_server.received == []


def test_a_run_sends_no_more_than_its_limit(almendra: Town, mail_server: MailServer) -> None:
    for _ in range(3):
        message(almendra)
    assert deliver(limit=2).sent == 2


def test_an_address_that_is_refused_fails_at_once_and_is_told_to_staff(almendra: Town, mail_server: MailServer) -> None:
    mail_server.refuse = {"gone@almendra.example": "550 no such user"}
    gone, other = message(almendra, "gone@almendra.example"), message(almendra)
    ended: list[tuple[int, str]] = []
    assert deliver(on_end=lambda one: ended.append((one.pk, one.state))) == Delivered(sent=1, failed=1)
    assert ended == [(gone.pk, "failed"), (other.pk, "sent")]
    gone.refresh_from_db()
    assert gone.error == "the mail server answered 550"


def test_what_is_no_address_at_all_fails_without_harming_the_others(almendra: Town, mail_server: MailServer) -> None:
    bad, good = message(almendra, "not an address\nBcc: x@y.example"), message(almendra)
    deliver()
    assert (state_of(bad)[0], state_of(good)[0]) == ("failed", "sent")


def test_a_server_that_says_later_is_asked_again_later_and_later(almendra: Town, mail_server: MailServer) -> None:
    mail_server.refuse = {"busy@almendra.example": "451 try later"}
    busy = message(almendra, "busy@almendra.example")
    at, waits = SOON, []
    while state_of(busy)[0] == "pending":
        deliver(at)
        busy.refresh_from_db()
        waits.append(busy.not_before - at)
        at = max(at, busy.not_before)
    assert tuple(waits[:-1]) == claims.WAITS
    assert state_of(busy) == ("failed", len(claims.WAITS) + 1, 0)


def test_while_the_server_is_away_nothing_is_tried_and_nothing_is_lost(almendra: Town, mail_server: MailServer) -> None:
    mail_server.stop()
    waiting = message(almendra)
    assert deliver() == Delivered(server_down=True)
    assert state_of(waiting) == ("pending", 0, 0)
    mail_server.start()
    assert deliver() == Delivered(sent=1)


def test_without_a_mail_server_messages_wait(almendra: Town, settings: Any) -> None:
    settings.MAIL_READY = False
    waiting = message(almendra)
    assert deliver() == Delivered(server_down=True)
    assert state_of(waiting) == ("pending", 0, 0)


@pytest.mark.parametrize(("cut", "copies"), [("before", 0), ("after", 2)])
def test_a_line_that_breaks_is_tried_once_more_and_never_again(
    almendra: Town, mail_server: MailServer, cut: str, copies: int
) -> None:
    mail_server.cut = cut
    doubtful = message(almendra)
    assert deliver() == Delivered(later=1)
    assert state_of(doubtful) == ("pending", 1, 1)
    assert deliver(SOON + timedelta(hours=1)) == Delivered(failed=1)
    assert deliver(SOON + timedelta(hours=9)) == Delivered()
    assert len(mail_server.received) == copies
    # Both copies are one message for a mail program.
    assert len({mail["Message-ID"] for mail in mail_server.received}) <= 1


def test_after_a_broken_line_the_next_mail_gets_a_new_one(almendra: Town, mail_server: MailServer) -> None:
    mail_server.refuse = {"closing@almendra.example": "421 closing"}
    message(almendra, "closing@almendra.example")
    message(almendra)
    assert deliver() == Delivered(sent=1, later=1)


def test_what_a_dead_worker_held_is_taken_back_after_its_lease_once(almendra: Town, mail_server: MailServer) -> None:
    held = message(almendra, state="sending", claimed_at=SOON, attempts=1)
    assert deliver(SOON + claims.LEASE) == Delivered()
    later = SOON + claims.LEASE + timedelta(seconds=1)
    deliver(later)
    assert state_of(held) == ("pending", 1, 1)
    assert deliver(later + claims.WAITS[0]) == Delivered(sent=1)


def test_a_message_held_by_two_workers_that_died_is_left_to_staff(almendra: Town, mail_server: MailServer) -> None:
    held = message(almendra, state="sending", claimed_at=SOON, attempts=2, doubts=1)
    ended: list[str] = []
    assert deliver(SOON + timedelta(hours=1), on_end=lambda one: ended.append(one.state)) == Delivered(failed=1)
    assert (state_of(held), ended, mail_server.received) == (("failed", 2, 2), ["failed"], [])


def test_an_attempt_that_outlived_its_lease_writes_nothing(almendra: Town, mail_server: MailServer) -> None:
    slow = message(almendra)
    mine = claims.claim(SOON)
    assert mine is not None
    deliver(SOON + timedelta(hours=1))
    from geoserver_app.notify.smtp import Attempt, End

    claims.end(mine, Attempt(End.REFUSED), SOON, lambda one: None)
    assert state_of(slow) == ("pending", 1, 1)


def test_what_waited_for_a_week_is_given_to_staff_instead(almendra: Town, mail_server: MailServer) -> None:
    stale = message(almendra)
    assert deliver(MONDAY + timedelta(days=8)) == Delivered(failed=1)
    assert (state_of(stale)[0], mail_server.received) == ("failed", [])


def test_staff_can_send_what_failed_again(almendra: Town, mail_server: MailServer) -> None:
    failed = message(almendra, state="failed", attempts=8, doubts=2)
    send_again(failed.pk, at=SOON)
    assert deliver() == Delivered(sent=1)


def test_what_follows_from_sending_is_written_with_it_or_not_at_all(almendra: Town, mail_server: MailServer) -> None:
    class Interrupted(RuntimeError):
        pass

    def on_end(one: Message) -> None:
        raise Interrupted

    sent = message(almendra)
    with pytest.raises(Interrupted):
        deliver(on_end=on_end)
    # The server has it, we do not know: one more try, after the lease.
    assert state_of(sent) == ("sending", 1, 0)
