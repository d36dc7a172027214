"""Number and code: what opens, what does not, and how often one may try."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from geoserver_app.follow import codes, limits
from geoserver_app.follow.models import CodeAttempts
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.tracking import TrackingNumber
from tests.follow.conftest import page, unlocked
from tests.follow.test_stranger import NOBODYS, plain
from tests.life import Town


@pytest.fixture
def one_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hour of counting ends while a test counts."""
    noon = timezone.now().replace(hour=12)

    def at_noon(number: str, address: str, _at: datetime) -> limits.Try:
        return limits.take_try(number, address, noon)

    monkeypatch.setattr(codes, "take_try", at_noon)


def test_the_code_opens_all_that_is_ones_own(resident: Client, public: ServiceRequest) -> None:
    html = page(unlocked(resident, public), public)
    for own in ("My car is broken", "4512 W Olive Ave, Apt 9", "r…@example.com"):
        assert own in html
    assert public.access_code not in html


@pytest.mark.parametrize("written", ["acdefh", "ACD EFH", "acd-efh"])
def test_the_code_may_be_written_in_any_way(resident: Client, hidden: ServiceRequest, written: str) -> None:
    answer = resident.post(f"/requests/{hidden.service_request_id}/", {"code": written})
    assert answer.status_code == 302
    assert "They sell at night" in page(resident, hidden)


def test_a_wrong_code_says_the_same_for_a_hidden_request_and_for_none(resident: Client, hidden: ServiceRequest) -> None:
    first = resident.post(f"/requests/{hidden.service_request_id}/", {"code": "WRONGX"})
    second = resident.post(f"/requests/{NOBODYS}/", {"code": "WRONGX"})
    assert first.status_code == second.status_code == 404
    assert plain(first.content.decode(), hidden.service_request_id) == plain(second.content.decode(), NOBODYS)
    boxes = [resident.post("/requests/", {"number": n, "code": "WRONGX"}) for n in (hidden.service_request_id, NOBODYS)]
    assert boxes[0].status_code == boxes[1].status_code == 404
    said = [plain(b.content.decode(), hidden.service_request_id, NOBODYS) for b in boxes]
    assert said[0] == said[1]


def test_a_wrong_code_does_the_same_work_for_a_hidden_request_and_for_none(
    resident: Client, hidden: ServiceRequest
) -> None:
    counts = []
    resident.get(f"/requests/{NOBODYS}/")  # the first page of all reads the city that is kept from then on
    for number in (hidden.service_request_id, NOBODYS):
        with CaptureQueriesContext(connection) as asked:
            resident.post(f"/requests/{number}/", {"code": "WRONGX"})
        # The first try of an hour sweeps old rows as well.
        counts.append([query["sql"].split()[0] for query in asked if not query["sql"].startswith("delete")])
    assert counts[0] == counts[1]


def test_after_too_many_wrong_codes_even_the_right_one_waits(
    resident: Client, hidden: ServiceRequest, one_hour: None
) -> None:
    for _ in range(limits.TRIES_FOR_A_NUMBER):
        resident.post(f"/requests/{hidden.service_request_id}/", {"code": "WRONGX"}, REMOTE_ADDR="192.0.2.7")
    answer = resident.post(f"/requests/{hidden.service_request_id}/", {"code": hidden.access_code})
    assert answer.status_code == 429
    assert "Too many wrong codes" in answer.content.decode()


def test_an_unknown_number_is_limited_alike(resident: Client, almendra: Town, one_hour: None) -> None:
    statuses = [
        resident.post(f"/requests/{NOBODYS}/", {"code": "WRONGX"}).status_code
        for _ in range(limits.TRIES_FOR_A_NUMBER + 1)
    ]
    assert statuses == [404] * limits.TRIES_FOR_A_NUMBER + [429]


def test_one_address_cannot_try_many_numbers(
    resident: Client, hidden: ServiceRequest, one_hour: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TRIES_FROM_AN_ADDRESS", 3)
    tried = [str(TrackingNumber(26, running)) for running in range(500, 504)]
    answers = [resident.post(f"/requests/{number}/", {"code": "WRONGX"}).status_code for number in tried]
    assert answers == [404, 404, 404, 429]
    elsewhere = resident.post(
        f"/requests/{hidden.service_request_id}/", {"code": hidden.access_code}, REMOTE_ADDR="192.0.2.9"
    )
    assert elsewhere.status_code == 302


def test_right_codes_do_not_count(resident: Client, hidden: ServiceRequest) -> None:
    for _ in range(limits.TRIES_FOR_A_NUMBER + 5):
        unlocked(resident, hidden)
    assert set(CodeAttempts.objects.values_list("count", flat=True)) == {0}


def test_counts_name_neither_number_nor_address_and_are_swept(resident: Client, hidden: ServiceRequest) -> None:
    limits.take_try("26-1", "192.0.2.1", timezone.now() - timedelta(days=3))
    resident.post(f"/requests/{hidden.service_request_id}/", {"code": "WRONGX"}, REMOTE_ADDR="192.0.2.7")
    rows = list(CodeAttempts.objects.all())
    assert len(rows) == 2
    assert all(len(bytes(row.key)) == 16 for row in rows)


def test_another_browser_is_a_stranger_still(resident: Client, hidden: ServiceRequest) -> None:
    unlocked(resident, hidden)
    assert Client().get(f"/requests/{hidden.service_request_id}/").status_code == 404


def test_one_code_opens_one_request(resident: Client, almendra: Town, hidden: ServiceRequest) -> None:
    other = almendra.request(access_code="TTTTTT", description="of somebody else")
    unlocked(resident, hidden)
    assert resident.get(f"/requests/{other.service_request_id}/").status_code == 404


def test_it_is_closed_on_this_device_by_a_button(resident: Client, hidden: ServiceRequest) -> None:
    unlocked(resident, hidden)
    assert resident.post(f"/requests/{hidden.service_request_id}/close/").status_code == 302
    assert resident.get(f"/requests/{hidden.service_request_id}/").status_code == 404


def test_the_session_gets_a_new_key_with_the_code(resident: Client, hidden: ServiceRequest) -> None:
    session = resident.session
    session["planted"] = True
    session.save()
    before = resident.cookies["sessionid"].value
    unlocked(resident, hidden)
    assert resident.cookies["sessionid"].value != before


def test_forms_of_other_sites_are_refused(hidden: ServiceRequest) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/requests/{hidden.service_request_id}/", {"code": "ACDEFH"}).status_code == 403
