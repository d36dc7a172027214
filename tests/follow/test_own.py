"""What somebody does with the own request: adds to it, withdraws it, has it opened again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from geoserver_app.follow import acts
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.work.history import Kind
from tests.follow.conftest import closed, jpeg, page, unlocked
from tests.life import Town


@pytest.fixture
def own(resident: Client, public: ServiceRequest) -> Client:
    return unlocked(resident, public)


def send(client: Client, request: ServiceRequest, page_name: str, **values: Any) -> Any:
    return client.post(f"/requests/{request.service_request_id}/{page_name}/", values, follow=True)


def file(color: str = "red", name: str = "IMG_0001.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(color), "image/jpeg")


def test_words_and_photos_are_added_and_the_desk_is_told(own: Client, public: ServiceRequest) -> None:
    html = send(own, public, "add", text="It is deeper now", photos=[file(), file("blue")]).content.decode()
    assert "Thank you. We have added it." in html and "It is deeper now" in html
    assert public.media.filter(stage="added", is_public=False).count() == 2
    assert Message.objects.filter(request=public, kind="details_added").exists()


def test_what_is_added_is_not_public(own: Client, public: ServiceRequest) -> None:
    send(own, public, "add", text="My name is Rosa", photos=[file()])
    html = page(Client(), public)
    assert "My name is Rosa" not in html and "/photos/" not in html


def test_a_double_tap_adds_once(own: Client, public: ServiceRequest) -> None:
    for _ in range(2):
        assert send(own, public, "add", text="It is deeper now", photos=[file()]).status_code == 200
    assert public.history.filter(kind=Kind.DETAILS).count() == 1
    assert public.media.count() == 1


def test_the_same_photo_with_other_words_is_kept_once(own: Client, public: ServiceRequest) -> None:
    send(own, public, "add", text="one", photos=[file()])
    send(own, public, "add", text="two", photos=[file()])
    assert (public.history.filter(kind=Kind.DETAILS).count(), public.media.count()) == (2, 1)


def test_nothing_is_no_addition(own: Client, public: ServiceRequest) -> None:
    answer = send(own, public, "add", text="   ")
    assert answer.status_code == 422
    assert "Write what you would like to add" in answer.content.decode()


def test_what_is_no_photo_is_told_and_the_words_stay(own: Client, public: ServiceRequest, settings: Any) -> None:
    bad = SimpleUploadedFile("virus.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    answer = send(own, public, "add", text="Look here", photos=[bad])
    assert answer.status_code == 422
    assert "no photo that we can read" in answer.content.decode() and "Look here" in answer.content.decode()
    assert not any(Path(settings.MEDIA_ROOT).rglob("*.jpg"))


def test_too_many_photos_are_refused(own: Client, public: ServiceRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert send(own, public, "add", photos=[file() for _ in range(6)]).status_code == 422
    monkeypatch.setattr(acts, "MOST_PHOTOS_IN_ALL", 1)
    send(own, public, "add", photos=[file("red")])
    assert send(own, public, "add", photos=[file("blue")]).status_code == 422
    assert public.media.count() == 1


def test_one_cannot_write_without_end(own: Client, public: ServiceRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_ADDITIONS_A_DAY", 2)
    statuses = [send(own, public, "add", text=f"more {number}").status_code for number in range(3)]
    assert statuses == [200, 200, 422]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ secret }}", "a\0b", "🙂", "x" * 4000])
def test_words_are_shown_as_they_were_written(own: Client, public: ServiceRequest, text: str) -> None:
    answer = send(own, public, "add", text=text)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_words_that_are_too_long_are_told(own: Client, public: ServiceRequest) -> None:
    assert send(own, public, "add", text="x" * 4001).status_code == 422


def test_one_withdraws_it_once(own: Client, public: ServiceRequest) -> None:
    for _ in range(2):
        html = send(own, public, "withdraw", reason="It is gone").content.decode()
        assert "You have withdrawn this request." in html
    public.refresh_from_db()
    assert public.state == "cancelled"
    assert public.history.filter(to_state="cancelled").count() == 1
    assert "It was withdrawn by the person who reported it." in page(Client(), public)
    assert "It is gone" not in page(Client(), public)


def test_it_is_opened_again_within_thirty_days(own: Client, almendra: Town, public: ServiceRequest) -> None:
    closed(almendra, public)
    assert "Not done, or back again?" in page(own, public)
    html = send(own, public, "reopen", reason="The hole is back").content.decode()
    assert "Your request is open again." in html
    public.refresh_from_db()
    assert public.state == "assigned"
    assert send(own, public, "reopen", reason="The hole is back").status_code == 200
    assert public.history.filter(kind=Kind.REOPENED).count() == 1


def test_reopening_wants_a_reason(own: Client, almendra: Town, public: ServiceRequest) -> None:
    closed(almendra, public)
    assert send(own, public, "reopen", reason=" ").status_code == 422
    public.refresh_from_db()
    assert public.state == "closed"


def test_after_thirty_days_it_is_not_opened_any_more(own: Client, almendra: Town, public: ServiceRequest) -> None:
    closed(almendra, public)
    ServiceRequest.objects.filter(pk=public.pk).update(closed_at=timezone.now() - timedelta(days=31))
    assert "Not done, or back again?" not in page(own, public)
    answer = send(own, public, "reopen", reason="The hole is back")
    assert answer.status_code == 422
    assert "for 30 days" in answer.content.decode()


def test_a_closed_request_takes_no_additions(own: Client, almendra: Town, public: ServiceRequest) -> None:
    closed(almendra, public)
    assert send(own, public, "add", text="And now?").status_code == 422


def test_the_page_says_how_one_is_told(own: Client, resident: Client, almendra: Town) -> None:
    anonymous = almendra.request(access_code="TTTTTT")
    assert "You get no messages." in page(unlocked(resident, anonymous), anonymous)


def test_the_line_says_where_it_stands(own: Client, almendra: Town, public: ServiceRequest) -> None:
    assert 'class="is-now" aria-current="step"' in page(own, public)
    closed(almendra, public)
    html = page(own, public)
    assert "The work has been done." in html and html.count('class="is-done"') == 4


def test_a_late_request_says_that_it_is_late(own: Client, public: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=public.pk).update(expected_datetime=timezone.now() - timedelta(days=1))
    assert "It is late; we are sorry." in page(own, public)


def test_one_referred_says_whose_job_it_is_and_their_number(
    own: Client, almendra: Town, public: ServiceRequest
) -> None:
    ServiceRequest.objects.filter(pk=public.pk).update(state="referred", agency=almendra.agency)
    html = page(Client(), public)
    assert "County Road Department" in html and "(559) 555-0177" in html
