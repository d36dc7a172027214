"""The outbox: what was told, word by word; failed mails; calls and letters that staff deliver."""

from typing import Any

import pytest
from django.utils import timezone

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message, Picture
from tests.console.conftest import Hall


def message(hall: Hall, request: ServiceRequest | None = None, **given: Any) -> Message:
    now = timezone.now()
    columns = {
        "jurisdiction": hall.town.jurisdiction, "request": request or hall.request(), "kind": "receipt",
        "channel": "email", "recipient": "reporter", "to_address": "rosa.lima@example.com", "language": "en",
        "subject": "Your report", "body_text": "We got it.", "created_at": now, "not_before": now,
        "body_html": "<html><head><title>x</title></head><body><p>We got it.</p></body></html>",
        "dedupe_key": f"test:{Message.objects.count()}", **given,
    }  # fmt: skip
    return Message.objects.create(**columns)


@pytest.mark.parametrize(("name", "status"), [
    ("dispatcher", 200), ("manager", 200), ("admin", 200), ("liaison", 403), ("agent", 403), ("council", 403),
    ("planner", 403), ("gis", 403), ("deputy", 403),
])  # fmt: skip
def test_who_reads_the_outbox(hall: Hall, name: str, status: int) -> None:
    one = message(hall)
    for path in ("/console/outbox/", f"/console/outbox/{one.pk}/", f"/console/outbox/{one.pk}/html/"):
        assert hall.client(name).get(path).status_code == status


def test_addresses_are_masked_for_who_may_not_see_reporters(hall: Hall) -> None:
    one = message(hall)
    for path in ("/console/outbox/", f"/console/outbox/{one.pk}/"):
        masked = hall.get("admin", path)
        assert "r…@example.com" in masked and "rosa.lima@" not in masked
        assert "rosa.lima@example.com" in hall.get("dispatcher", path)


def test_messages_about_what_is_sensitive_are_for_those_it_is_meant_for(hall: Hall) -> None:
    one = message(hall, hall.request(service=hall.town.tip))
    assert hall.client("dispatcher").get(f"/console/outbox/{one.pk}/").status_code == 404
    assert hall.client("dispatcher").get(f"/console/outbox/{one.pk}/html/").status_code == 404
    assert hall.client("manager").get(f"/console/outbox/{one.pk}/").status_code == 200


def test_the_mail_is_shown_shut_off_from_everything(hall: Hall) -> None:
    one = message(hall)
    page = hall.client("dispatcher").get(f"/console/outbox/{one.pk}/")
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    mail = hall.client("dispatcher").get(f"/console/outbox/{one.pk}/html/")
    policy = mail["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox allow-popups" in policy and "script-src" not in policy
    assert mail["X-Frame-Options"] == "SAMEORIGIN" and "no-store" in mail["Cache-Control"]


def test_the_picture_of_a_mail_stands_inside(hall: Hall) -> None:
    picture = Picture.objects.create(content=b"\x89PNG", content_type="image/png", created_at=timezone.now())
    one = message(hall, picture=picture, body_html='<html><head></head><body><img src="cid:place"></body></html>')
    mail = hall.client("dispatcher").get(f"/console/outbox/{one.pk}/html/").content.decode()
    assert 'src="data:image/png;base64,iVBORw=="' in mail


def test_a_failed_message_is_sent_again(hall: Hall) -> None:
    one = message(hall, state="failed", error="mailbox unknown", attempts=3)
    assert "mailbox unknown" in hall.get("dispatcher", "/console/outbox/?state=failed")
    hall.client("dispatcher").post(f"/console/outbox/{one.pk}/again/")
    one.refresh_from_db()
    assert (one.state, one.attempts) == ("pending", 0)
    answer = hall.client("dispatcher").post(f"/console/outbox/{one.pk}/again/", follow=True)
    assert "Only a message that failed can be sent again." in answer.content.decode()


def test_messages_are_narrowed_down(hall: Hall) -> None:
    one = message(hall, subject="First")
    message(hall, kind="closed", subject="Second")
    assert "Second" not in hall.get("dispatcher", "/console/outbox/?kind=receipt")
    number = one.request and one.request.service_request_id
    assert "Second" not in hall.get("dispatcher", f"/console/outbox/?request={number}")
    assert "No messages here." in hall.get("dispatcher", "/console/outbox/?state=failed")


def test_pages_of_messages(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geoserver_app.console.outbox_pages.PAGE", 1)
    first, second = message(hall, subject="First"), message(hall, subject="Second")
    page = hall.get("dispatcher", "/console/outbox/")
    assert "Second" in page and "First" not in page
    following = hall.get("dispatcher", f"/console/outbox/?after={second.pk}")
    assert "First" in following and first.pk < second.pk


def call(hall: Hall, **given: Any) -> Message:
    reporter = {"name": "Rosa Lima", "phone": "(559) 555-0155", "tell_by": "phone"}
    request = hall.request(state="closed", closed_at=timezone.now(), resolution="repaired", reporter=reporter)
    return message(hall, request, channel="phone", to_address="(559) 555-0155", kind="closed", body_html="", **given)


def test_a_call_is_ticked_off_and_the_resident_counts_as_told(hall: Hall) -> None:
    one = call(hall)
    assert "(559) 555-0155" in hall.get("agent", "/console/outbox/by-hand/")
    hall.client("agent").post(f"/console/outbox/by-hand/{one.pk}/")
    one.refresh_from_db()
    assert one.state == "sent" and one.sent_by == hall.town.people["agent"]
    assert ServiceRequest.objects.get(pk=one.request_id).told_at is not None


def test_a_call_in_vain_is_written_down(hall: Hall) -> None:
    one = call(hall)
    hall.client("agent").post(f"/console/outbox/by-hand/{one.pk}/", {"reached": "0"})
    one.refresh_from_db()
    assert (one.state, one.error) == ("failed", "nobody was reached")


def test_calls_of_others_are_not_seen_nor_ticked_off(hall: Hall) -> None:
    one = call(hall)
    assert "555-0155" not in hall.get("warden", "/console/outbox/by-hand/")
    hall.client("warden").post(f"/console/outbox/by-hand/{one.pk}/")
    one.refresh_from_db()
    assert one.state == "pending"
    assert hall.client("council").get("/console/outbox/by-hand/").status_code == 403


def test_a_call_that_somebody_else_made_is_told(hall: Hall) -> None:
    one = call(hall)
    hall.client("agent").post(f"/console/outbox/by-hand/{one.pk}/")
    answer = hall.client("dispatcher").post(f"/console/outbox/by-hand/{one.pk}/", follow=True)
    assert "Somebody has done it already." in answer.content.decode()
