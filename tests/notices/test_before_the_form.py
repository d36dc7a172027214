"""Whoever is about to report a known problem is told first; what they answer is counted, once."""

import re
from typing import Any

import pytest

from geoserver_app.duplicates.models import NoticeAnswer
from geoserver_app.intake.models import ServiceRequest
from tests.notices.conftest import IN_BEAT_1, IN_BEAT_2, STORM, TORMENTA, Office
from tests.report.conftest import KEY


def text(answer: Any) -> str:
    return str(answer.content.decode())


def answers() -> list[tuple[str, str, str]]:
    return list(NoticeAnswer.objects.order_by("pk").values_list("kind", "reason", "channel"))


def test_a_link_with_service_and_place_shows_what_is_known_before_the_form(office: Office) -> None:
    office.placed()
    page = text(office.client().get(f"/report/?service=pothole&lon={IN_BEAT_1[0]}&lat={IN_BEAT_1[1]}"))
    assert STORM in page and "Expected repair:" in page
    assert page.index(STORM) < page.index('id="details"') and "data-open" in page
    elsewhere = text(office.client().get(f"/report/?service=pothole&lon={IN_BEAT_2[0]}&lat={IN_BEAT_2[1]}"))
    assert "known-panel" not in elsewhere


def test_the_script_asks_for_the_panel_alone(office: Office) -> None:
    made = office.placed()
    part = text(office.client().get(f"/report/known?service=pothole&lon={IN_BEAT_1[0]}&lat={IN_BEAT_1[1]}&lang=es"))
    assert TORMENTA in part and f'name="known_ids" value="{made.pk}"' in part and "<form" not in part
    assert text(office.client().get("/report/known?service=pothole")).strip() == ""


def test_nothing_is_sent_before_the_notice_is_answered(office: Office) -> None:
    office.placed()
    answer = office.report(description="A lamp is out")
    assert answer.status_code == 200 and STORM in text(answer) and "A lamp is out" in text(answer)
    assert not ServiceRequest.objects.exists() and answers() == []


def test_nothing_more_needed_is_counted_once_and_thanked_for(office: Office) -> None:
    made = office.placed()
    browser = office.client()
    for _press in range(2):
        answer = office.report(browser=browser, do="", known="enough")
        assert answer.status_code == 303
    assert answers() == [("enough", "", "web")] and not ServiceRequest.objects.exists()
    thanks = text(browser.get(answer["Location"]))
    assert "Nothing more is needed" in thanks and STORM in thanks
    assert re.search(r"<dt>stopped</dt><dd>1</dd>", office.page("dispatcher", f"/console/notices/{made.pk}/"))


@pytest.mark.parametrize(
    ("pressed", "kept", "counted"),
    [
        ({"known": "anyway", "known_reason": "worse"}, "anyway:{pk}:worse", ("anyway", "worse", "web")),
        ({"known": "anyway", "known_reason": "<b>"}, "anyway:{pk}:", ("anyway", "", "web")),
        ({"known": "tell", "known_reason": "worse"}, "tell:{pk}:", ("tell", "", "web")),
    ],
)
def test_whoever_goes_on_is_asked_no_second_time_and_counted_with_the_reason(
    office: Office, pressed: dict[str, str], kept: str, counted: tuple[str, str, str]
) -> None:
    made = office.placed()
    browser, carried = office.client(), kept.format(pk=made.pk)
    page = text(office.report(browser=browser, do="", known_ids=str(made.pk), **pressed))
    assert f'name="known_kept" id="known-kept" value="{carried}"' in page and "data-open" not in page
    assert office.report(browser=browser, known_kept=carried).status_code == 303
    stored = ServiceRequest.objects.get()
    assert answers() == [counted] and NoticeAnswer.objects.get().request == stored
    shown = office.page("dispatcher", f"/console/notices/{made.pk}/")
    assert stored.service_request_id in shown
    assert stored.service_request_id not in office.page("warden", f"/console/notices/{made.pk}/")


def test_a_second_notice_asks_again(office: Office) -> None:
    first = office.placed()
    second = office.placed(where="city", text_en="Potholes after the storm: two weeks.")
    answer = office.report(known_kept=f"anyway:{first.pk}:different")
    assert answer.status_code == 200 and not ServiceRequest.objects.exists()
    assert office.report(known_kept=f"anyway:{first.pk},{second.pk}:different").status_code == 303
    assert NoticeAnswer.objects.count() == 2


def test_an_answer_that_makes_no_sense_is_none(office: Office) -> None:
    office.placed()
    for kept in ("enough:1:", "anyway", "anyway:1,2,x:", "anyway:" + "9" * 300 + ":"):
        assert office.report(known_kept=kept).status_code == 200
    assert text(office.client().get("/report/known/enough?ids=x")) and not ServiceRequest.objects.exists()


def test_enough_without_a_notice_sends_nothing_and_loses_nothing(office: Office) -> None:
    answer = office.report(do="", known="enough", description="My words")
    assert answer.status_code == 200 and "My words" in text(answer) and answers() == []


def test_the_call_taker_reads_it_out_in_the_callers_language(office: Office) -> None:
    office.placed()
    sent = {"draft": KEY[:16], "channel": "phone", "language": "es", "tell_by": "none", "service": "pothole",
            "lon": IN_BEAT_1[0], "lat": IN_BEAT_1[1], "where": "x", "place_label": "x"}  # fmt: skip
    browser = office.client("agent")
    assert TORMENTA in text(browser.post("/console/new/look/", sent))
    done = browser.post("/console/new/", {**sent, "do": "known"}, follow=True)
    assert "Counted with the known problem" in text(done)
    assert answers() == [("enough", "", "phone")] and not ServiceRequest.objects.exists()


def test_a_call_that_is_registered_all_the_same_is_counted_with_its_reason(office: Office) -> None:
    office.placed()
    sent = {"draft": KEY[:16], "channel": "phone", "language": "en", "tell_by": "none", "service": "pothole",
            "say": "Pothole", "lon": IN_BEAT_1[0], "lat": IN_BEAT_1[1], "where": "x", "place_label": "x",
            "known_reason": "still", "do": "send"}  # fmt: skip
    assert office.client("agent").post("/console/new/", sent).status_code == 302
    assert answers() == [("anyway", "still", "phone")]
