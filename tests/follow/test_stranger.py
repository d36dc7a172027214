"""What somebody sees who has only a number, or guesses one."""

import re

import pytest
from django.test import Client

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.tracking import TrackingNumber
from tests.follow.conftest import page
from tests.life import Town

NOBODYS = str(TrackingNumber(26, 999_999))


def plain(html: str, *numbers: str) -> str:
    """A page without what differs on every page: tokens, and the number that was asked for."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)
    for number in numbers:
        html = html.replace(number, "NUMBER")
    return html


@pytest.mark.parametrize("written", ["{}-{}-{}", "{}{}{}", "{} {} {}", "{}.{}.{}", " {}/{}/{} "])
def test_the_box_takes_the_number_however_it_is_written(resident: Client, public: ServiceRequest, written: str) -> None:
    number = public.service_request_id
    answer = resident.post("/requests/", {"number": written.format(*number.split("-"))})
    assert (answer.status_code, answer["Location"]) == (302, f"/requests/{number}/")


def test_a_misheard_digit_is_told_and_shows_nobodys_request(resident: Client, public: ServiceRequest) -> None:
    number = public.service_request_id
    wrong = number[:5] + str((int(number[5]) + 1) % 10) + number[6:]
    answer = resident.post("/requests/", {"number": wrong})
    assert answer.status_code == 400
    assert "last digit does not fit" in answer.content.decode()


def test_a_public_request_shows_its_public_row_and_nothing_else(resident: Client, public: ServiceRequest) -> None:
    html = page(resident, public)
    assert "4500 block of W Olive Ave" in html and "A deep hole" in html and "With Public Works" in html
    for secret in ("4512", "Apt 9", "Rosa", "rosa@", "car is broken", public.access_code):
        assert secret not in html


def test_a_hidden_request_and_an_unknown_number_give_the_same_page(resident: Client, hidden: ServiceRequest) -> None:
    first = resident.get(f"/requests/{hidden.service_request_id}/")
    second = resident.get(f"/requests/{NOBODYS}/")
    assert first.status_code == second.status_code == 404
    assert plain(first.content.decode(), hidden.service_request_id) == plain(second.content.decode(), NOBODYS)
    assert dict(first.headers) | {"Content-Length": ""} == dict(second.headers) | {"Content-Length": ""}


@pytest.mark.parametrize("path", ["add/", "withdraw/", "reopen/", "answer/", "stop/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_of_a_request_does_anything_for_a_stranger(
    resident: Client, public: ServiceRequest, hidden: ServiceRequest, path: str, method: str
) -> None:
    ask = getattr(resident, method)
    known = [ask(f"/requests/{one.service_request_id}/{path}") for one in (public, hidden)]
    unknown = ask(f"/requests/{NOBODYS}/{path}")
    assert [answer.status_code for answer in (*known, unknown)] == [404, 404, 404]
    said = [plain(one.content.decode(), public.service_request_id, hidden.service_request_id) for one in known]
    assert said[0] == said[1] == plain(unknown.content.decode(), NOBODYS)
    assert not public.history.exists()


def test_a_number_written_otherwise_leads_to_the_one_address(resident: Client, public: ServiceRequest) -> None:
    number = public.service_request_id
    assert resident.get(f"/requests/{number.replace('-', '')}/")["Location"] == f"/requests/{number}/"


@pytest.mark.parametrize(
    "number", ["1", "%27%3B%20drop%20table", "26-000001-0", "%00", "999999999999999999", "<script>alert(1)</script>"]
)
def test_what_is_no_number_is_a_plain_404(resident: Client, almendra: Town, number: str) -> None:
    answer = resident.get(f"/requests/{number}/")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("text", ["", "\0", "x" * 5000, "<b>", "１２３", "26--", "🙂" * 30])
def test_the_box_survives_whatever_is_typed(resident: Client, almendra: Town, text: str) -> None:
    assert resident.post("/requests/", {"number": text, "code": text}).status_code == 400


def test_the_number_of_an_old_system_leads_to_a_public_request(resident: Client, almendra: Town) -> None:
    old = almendra.request(source="notes-2007", external_id="R-881", is_public=True)
    almendra.request(source="notes-2007", external_id="R-882")
    almendra.request(source="paper", external_id="7")
    assert resident.post("/requests/", {"number": "R-881"})["Location"] == f"/requests/{old.service_request_id}/"
    assert resident.post("/requests/", {"number": "R-882"}).status_code == 400


def test_pages_are_kept_out_of_caches_and_search_engines(resident: Client, public: ServiceRequest) -> None:
    answer = resident.get(f"/requests/{public.service_request_id}/")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_rough_place_says_that_it_is_rough(resident: Client, almendra: Town, public: ServiceRequest) -> None:
    almendra.pothole.privacy = "block_face"
    almendra.pothole.save()
    assert "Only the block is shown, not the house." in page(resident, public)


def test_everything_is_said_in_spanish_too(resident: Client, public: ServiceRequest) -> None:
    html = page(resident, public, HTTP_ACCEPT_LANGUAGE="es")
    assert "Con Obras Públicas" in html and "Bache" in html
