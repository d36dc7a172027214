"""Signed links out of mails: what each opens, that the key leaves the address, stopping in one step."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.notify.links import LIFETIME, Purpose, signed_link
from geoserver_app.work.models import Satisfaction
from tests.follow.conftest import closed, page, unlocked
from tests.life import Town


def link(
    town: Town, request: ServiceRequest, purpose: Purpose, at: datetime | None = None, language: str = "en"
) -> str:
    full = urlsplit(signed_link(request, purpose, hall=town.hall, language=language, at=at or timezone.now()))
    return f"{full.path}?{full.query}"


def test_the_link_opens_ones_own_and_leaves_the_address(
    resident: Client, almendra: Town, hidden: ServiceRequest
) -> None:
    answer = resident.get(link(almendra, hidden, Purpose.OWN))
    assert (answer.status_code, answer["Location"]) == (302, f"/requests/{hidden.service_request_id}/")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "They sell at night" in page(resident, hidden)


def test_the_link_brings_its_language(resident: Client, almendra: Town, public: ServiceRequest) -> None:
    resident.get(link(almendra, public, Purpose.OWN, language="es"))
    assert '<html lang="es">' in page(resident, public)


def test_a_changed_or_old_link_shows_no_more_than_to_a_stranger(
    resident: Client, almendra: Town, hidden: ServiceRequest
) -> None:
    old = timezone.now() - LIFETIME[Purpose.OWN] - timedelta(days=1)
    for bad in (link(almendra, hidden, Purpose.OWN) + "x", link(almendra, hidden, Purpose.OWN, at=old)):
        answer = resident.get(bad, follow=True)
        assert answer.status_code == 404
        assert "They sell at night" not in answer.content.decode()
        assert "This link has ended" in answer.content.decode()


def test_the_key_of_one_request_opens_no_other(
    resident: Client, almendra: Town, hidden: ServiceRequest, public: ServiceRequest
) -> None:
    key = link(almendra, public, Purpose.OWN).partition("?")[2]
    assert resident.get(f"/requests/{hidden.service_request_id}/?{key}", follow=True).status_code == 404


@pytest.mark.parametrize("purpose", [Purpose.ANSWER, Purpose.STOP])
def test_a_link_for_one_thing_opens_no_other(
    resident: Client, almendra: Town, hidden: ServiceRequest, purpose: Purpose
) -> None:
    resident.get(link(almendra, hidden, purpose), follow=True)
    assert resident.get(f"/requests/{hidden.service_request_id}/").status_code == 404
    other = {Purpose.ANSWER: "stop", Purpose.STOP: "answer"}[purpose]
    assert resident.get(f"/requests/{hidden.service_request_id}/{other}/").status_code == 404


def reply(client: Client, request: ServiceRequest, **values: str) -> int:
    return int(client.post(f"/requests/{request.service_request_id}/answer/", values).status_code)


def test_the_answer_is_given_by_the_mails_link_and_changed(
    resident: Client, almendra: Town, public: ServiceRequest
) -> None:
    closed(almendra, public)
    html = resident.get(link(almendra, public, Purpose.ANSWER), follow=True).content.decode()
    assert "Was it resolved?" in html and "Rosa" not in html
    assert reply(resident, public, resolved="no", rating="courteous", comment="Still a hole") == 302
    given = Satisfaction.objects.get(request=public)
    assert (given.resolved, given.rating, given.comment, given.via) == ("no", "courteous", "Still a hole", "email")
    assert "Still a hole" in page(resident, public, "answer/")
    assert reply(resident, public, resolved="partly") == 302
    given.refresh_from_db()
    assert (given.resolved, given.rating) == ("partly", "")


def test_the_answer_is_given_by_number_and_code(resident: Client, almendra: Town, public: ServiceRequest) -> None:
    closed(almendra, public)
    number = public.service_request_id
    assert 'name="next" value="answer"' in resident.get(f"/requests/{number}/answer/").content.decode()
    opened = resident.post(f"/requests/{number}/", {"code": public.access_code, "next": "answer"})
    assert opened["Location"] == f"/requests/{number}/answer/"
    assert reply(resident, public, resolved="yes") == 302
    assert Satisfaction.objects.get(request=public).via == "web"


@pytest.mark.parametrize("values", [{}, {"resolved": "maybe"}, {"resolved": "yes", "comment": "x" * 4001}])
def test_an_answer_that_is_none_is_told(
    resident: Client, almendra: Town, public: ServiceRequest, values: dict[str, str]
) -> None:
    closed(almendra, public)
    assert reply(unlocked(resident, public), public, **values) == 422
    assert not Satisfaction.objects.exists()


def test_an_answer_waits_for_the_end(resident: Client, public: ServiceRequest) -> None:
    assert reply(unlocked(resident, public), public, resolved="yes") == 409


def test_an_old_answer_stays_as_it_is(resident: Client, almendra: Town, public: ServiceRequest) -> None:
    closed(almendra, public)
    reply(unlocked(resident, public), public, resolved="yes")
    long_ago = timezone.now() - timedelta(days=40)
    Satisfaction.objects.update(at=long_ago)
    ServiceRequest.objects.filter(pk=public.pk).update(closed_at=long_ago)
    assert reply(resident, public, resolved="no") == 403


def is_told(request: ServiceRequest) -> bool:
    return Reporter.objects.filter(request=request).exclude(tell_by="none").exists()


def test_a_scanner_that_opens_every_link_stops_nothing(
    resident: Client, almendra: Town, public: ServiceRequest
) -> None:
    html = resident.get(link(almendra, public, Purpose.STOP), follow=True).content.decode()
    assert "Stop the messages?" in html
    assert is_told(public)


def test_the_button_stops_the_messages(almendra: Town, public: ServiceRequest) -> None:
    strict = Client(enforce_csrf_checks=True)
    html = strict.get(link(almendra, public, Purpose.STOP), follow=True).content.decode()
    path = f"/requests/{public.service_request_id}/stop/"
    assert strict.post(path).status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', html)
    assert token is not None
    said = strict.post(path, {"csrfmiddlewaretoken": token[1]}).content.decode()
    assert "You get no more messages" in said
    assert not is_told(public)


def test_a_mail_program_stops_in_one_step_without_a_token(almendra: Town, public: ServiceRequest) -> None:
    program = Client(enforce_csrf_checks=True)
    answer = program.post(link(almendra, public, Purpose.STOP), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 204
    assert not is_told(public)


@pytest.mark.parametrize("purpose", [Purpose.OWN, Purpose.ANSWER])
def test_one_step_needs_the_right_key(almendra: Town, public: ServiceRequest, purpose: Purpose) -> None:
    program = Client(enforce_csrf_checks=True)
    key = link(almendra, public, purpose).partition("?")[2]
    assert program.post(f"/requests/{public.service_request_id}/stop/?{key}").status_code == 403
    assert is_told(public)
