"""From the form to a request: what is stored, once, and what is asked for first."""

import re
from typing import Any

import pytest
from django.test import Client

from geoserver_app.intake.models import Reporter
from tests.report.conftest import (
    BESIDE_A_LINE,
    KEY,
    MIDDLE_OF_MAIN_STREET,
    ON_A_LOT,
    OUTSIDE,
    Hall,
    photo_file,
    picture,
)


def at(place: tuple[float, float]) -> dict[str, str]:
    return {"lon": str(place[0]), "lat": str(place[1])}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_report_is_stored_as_it_was_told(hall: Hall) -> None:
    answer = hall.post(
        accuracy="12.5", method="device", description="Deep one\r\nby the school", name="Ana", email="ana@example.com",
        phone="(559) 555-0188", tell_by="email",
    )  # fmt: skip
    (stored,) = hall.stored()
    assert answer.status_code == 303 and stored.channel == "web"
    assert (stored.geom.x, stored.geom.y) == pytest.approx(MIDDLE_OF_MAIN_STREET)
    assert (stored.place_method, stored.accuracy_m) == ("device", 12.5)
    assert stored.description == "Deep one\nby the school"
    reporter = Reporter.objects.get(request=stored)
    assert (reporter.name, reporter.email, reporter.tell_by) == ("Ana", "ana@example.com", "email")


def test_nobody_has_to_say_who_he_is(hall: Hall) -> None:
    hall.post()
    assert not Reporter.objects.exists()


def test_the_next_page_tells_number_code_and_when_somebody_looks(hall: Hall) -> None:
    answer = hall.client.post("/report/", hall.form(), follow=True)
    (stored,) = hall.stored()
    assert stored.service_request_id in text(answer) and stored.access_code in text(answer)
    assert "Somebody looks at" in text(answer) or "is open" in text(answer)
    assert f"/requests/{stored.service_request_id}/?" in text(answer)


def test_the_page_s_language_is_the_report_s(hall: Hall) -> None:
    hall.client.get("/report/?lang=es")
    answer = hall.client.post("/report/", hall.form(), follow=True)
    assert hall.stored()[0].language == "es"
    assert "Gracias. Ya tenemos su reporte." in text(answer)


def test_a_double_tap_is_one_request(hall: Hall) -> None:
    first, second = hall.post(description="once"), hall.post(description="once")
    assert first.status_code == second.status_code == 303
    assert len(hall.stored()) == 1


def test_a_form_that_was_changed_after_sending_is_another_request(hall: Hall) -> None:
    hall.post(description="one")
    hall.post(description="another")
    assert [one.description for one in hall.stored()] == ["one", "another"]


def test_what_is_missing_is_said_field_by_field_and_nothing_is_lost(hall: Hall) -> None:
    answer = hall.post(service="", lon="", lat="", description="Look at this", tell_by="phone", name="Ana")
    assert answer.status_code == 422 and hall.stored() == []
    for said in ("Choose what the problem is.", "Say where it is", "Write the telephone number", "Look at this", "Ana"):
        assert said in text(answer)
    assert text(answer).count('href="#phone"') == 1 and f'value="{KEY}"' in text(answer)


@pytest.mark.parametrize("wrong", [{"email": "ana@"}, {"phone": "12"}, {"tell_by": "post"}, {"tell_by": "text"}])
def test_a_contact_that_cannot_work_is_refused(hall: Hall, wrong: dict[str, str]) -> None:
    assert hall.post(**wrong).status_code == 422


def test_answers_are_stored_cleaned(hall: Hall) -> None:
    hall.post(service="tree", **{"answer.tree.where": "strip", "answer.tree.since": " May "})
    (stored,) = hall.stored()
    assert dict(stored.answers.values_list("attribute__code", "value")) == {"where": "strip", "since": "May"}


def test_a_required_question_is_asked_for_by_its_words(hall: Hall) -> None:
    answer = hall.post(service="tree")
    assert answer.status_code == 422
    assert "Question where? Please answer this question." in text(answer) and 'href="#q-tree-where"' in text(answer)


def test_a_question_that_hangs_on_an_answer_is_asked_then(hall: Hall) -> None:
    answer = hall.post(service="tree", **{"answer.tree.where": "wires"})
    assert 'href="#q-tree-sparks"' in text(answer)
    assert hall.post(service="tree", **{"answer.tree.where": "wires", "answer.tree.sparks": "no"}).status_code == 303


def test_a_stopper_says_whom_to_call_and_sends_nothing(hall: Hall) -> None:
    answer = hall.post(service="tree", **{"answer.tree.where": "wires", "answer.tree.sparks": "yes"})
    assert answer.status_code == 422 and hall.stored() == []
    shown = re.search(r'<div class="stopper" role="alert" data-stops="q-tree-sparks-yes">.*?</div>', text(answer), re.S)
    assert shown and "Stay away and call now." in shown[0] and 'href="tel:911"' in shown[0]


def test_answers_to_another_service_wait_for_a_change_of_mind(hall: Hall) -> None:
    answer = hall.post(do="refresh", service="weeds", **{"answer.tree.since": "since May"})
    assert '<input type="hidden" name="answer.tree.since" value="since May">' in text(answer)
    back = hall.post(do="refresh", service="weeds", pick="tree", **{"answer.tree.since": "since May"})
    assert re.search(r'value="since May" id="q-tree-since"', text(back))


def test_outside_of_the_city_says_whose_it_is_and_may_be_sent(hall: Hall) -> None:
    page = hall.post(do="refresh", **at(OUTSIDE))
    assert "outside the city limits" in text(page) and "(559) 555-0170" in text(page)
    assert hall.post(**at(OUTSIDE)).status_code == 303
    (stored,) = hall.stored()
    assert stored.in_review and stored.reviews.filter(reason="outside").exists()


def test_a_pin_beside_a_line_is_asked_about_once(hall: Hall) -> None:
    first = hall.post(service="weeds", accuracy="8", **at(BESIDE_A_LINE))
    assert first.status_code == 422 and "right beside a property line" in text(first)
    assert 'name="asked" value="where"' in text(first)
    assert hall.post(service="weeds", accuracy="8", asked="where", **at(BESIDE_A_LINE)).status_code == 303


def test_who_has_said_on_which_side_it_is_is_not_asked(hall: Hall) -> None:
    said = {"answer.weeds.where": "strip"}
    assert hall.post(service="weeds", accuracy="8", **at(BESIDE_A_LINE), **said).status_code == 303


def test_a_pin_far_from_any_line_is_not_asked_about(hall: Hall) -> None:
    assert hall.post(service="weeds", accuracy="3", **at(ON_A_LOT)).status_code == 303


def test_a_service_that_does_not_care_whose_ground_it_is_asks_nothing(hall: Hall) -> None:
    assert hall.post(service="pothole", accuracy="8", **at(BESIDE_A_LINE)).status_code == 303


def test_a_pin_near_a_street_light_means_it(hall: Hall) -> None:
    hall.post(service="street_light")
    (stored,) = hall.stored()
    assert stored.asset_id == hall.map.asset("L-utility") and stored.place_method == "asset"
    assert stored.accuracy_m is None


def test_who_says_that_it_is_none_of_them_keeps_the_pin(hall: Hall) -> None:
    hall.post(service="street_light", asset="none")
    (stored,) = hall.stored()
    assert stored.asset_id is None and (stored.geom.x, stored.geom.y) == pytest.approx(MIDDLE_OF_MAIN_STREET)


def test_an_asset_of_another_kind_is_not_taken(hall: Hall) -> None:
    hall.post(service="street_light", asset=str(hall.map.asset("T-city")), **at(ON_A_LOT))
    assert hall.stored()[0].asset_id is None


def test_what_needs_no_place_is_stored_without_one(hall: Hall) -> None:
    assert hall.post(service="question").status_code == 422  # says nothing at all
    assert hall.post(service="question", description="When is the fair?").status_code == 303
    assert hall.stored()[0].geom is None


def test_photos_go_with_the_report_made_safe(hall: Hall) -> None:
    answer = hall.client.post("/report/", {**hall.form(), "photos": [photo_file(content=picture((36, 119)))]})
    (stored,) = hall.stored()
    assert answer.status_code == 303 and stored.media.count() == 1


def test_a_photo_survives_an_error_in_the_form(hall: Hall) -> None:
    page = hall.client.post("/report/", {**hall.form(service=""), "photos": [photo_file()]})
    token = re.search(r'name="photo" value="([^"]+)"', text(page))
    assert token is not None
    hall.post(photo=token[1])
    assert hall.stored()[0].media.count() == 1


def test_a_file_that_is_no_photo_is_named_and_the_others_stay(hall: Hall) -> None:
    files = [photo_file(), photo_file("virus.exe", b"MZ nothing")]
    page = hall.client.post("/report/", {**hall.form(), "photos": files})
    assert page.status_code == 422 and "“virus.exe” could not be taken" in text(page)
    assert text(page).count('name="photo" value=') == 1 and hall.stored() == []


def test_more_photos_than_fit_are_refused(hall: Hall) -> None:
    page = hall.client.post("/report/", {**hall.form(), "photos": [photo_file(f"{n}.jpg") for n in range(6)]})
    assert page.status_code == 422 and "Up to 5 photos" in text(page)


def test_a_forged_photo_is_asked_for_again(hall: Hall) -> None:
    page = hall.post(photo="../../secret:1:xx")
    assert page.status_code == 422 and "not there any more" in text(page) and hall.stored() == []


def test_programs_are_asked_whether_they_are_people(hall: Hall) -> None:
    page = hall.post(website="http://spam.example")
    assert page.status_code == 422 and "If you are a person" in text(page) and hall.stored() == []


def test_a_flood_is_slowed_and_the_form_kept(hall: Hall, one_stretch: None) -> None:
    answers = [hall.post(description=f"number {n}") for n in range(13)]
    assert [one.status_code for one in answers] == [303] * 12 + [429]
    assert "number 12" in text(answers[-1]) and len(hall.stored()) == 12
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.post("/report/", hall.form(description="another home")).status_code == 303


def test_a_form_from_another_site_is_refused(hall: Hall) -> None:
    assert Client(enforce_csrf_checks=True).post("/report/", hall.form()).status_code == 403


def test_a_key_that_was_not_given_opens_nothing(hall: Hall) -> None:
    for key in ("", "1", "1:abc:def", "%00"):
        assert hall.client.get("/report/sent/", {"key": key}).status_code == 302


FIELDS = (
    "key service lon lat accuracy method asset address description name email phone postal tell_by photo view asked"
    " pick q answer.tree.where answer.tree.since move choose drop do"
)
HOSTILE = ["\0", "' or 1=1 --", "NaN", "1e999", "-999", "<script>alert(1)</script>", "é" * 6000]


@pytest.mark.parametrize("all_of_them", [pytest.param(True, marks=pytest.mark.slow), False], ids=["all", "some"])
@pytest.mark.parametrize("name", FIELDS.split())
def test_no_value_of_any_field_breaks_the_page(hall: Hall, name: str, all_of_them: bool) -> None:
    """Each day every field with one value, and every value in a few fields."""
    for value in HOSTILE if all_of_them else [HOSTILE[FIELDS.split().index(name) % len(HOSTILE)]]:
        answer = hall.post(**{"service": "tree", name: value})
        assert answer.status_code in {200, 303, 422}, value[:20]
        assert "<script>alert" not in text(answer)
