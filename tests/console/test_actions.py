"""Every action on a request, by the button of its page; refused in a sentence where it may not be."""

from typing import Any

import pytest
from django.utils import timezone

from geoserver_app import flow
from geoserver_app.accounts.roles import Role
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.work.models import Satisfaction, StatusChange, WorkOrder
from tests.console.conftest import Hall, address
from tests.link import squared


def fresh(request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=request.pk)


def last(request: ServiceRequest) -> StatusChange:
    return StatusChange.objects.filter(request=request).latest("pk")


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [("accept", "assigned", "accepted"), ("begin", "accepted", "in_progress"), ("done", "in_progress", "done"),
     ("triage", "assigned", "triage")],
)  # fmt: skip
def test_steps(hall: Hall, code: str, before: str, after: str) -> None:
    request = hall.request(state=before)
    answer = hall.act("liaison", request, code)
    assert answer.status_code == 303 and answer["Location"] == address(request)
    assert fresh(request).state == after and last(request).by == hall.town.people["liaison"]


def test_the_page_says_what_was_done(hall: Hall) -> None:
    request, client = hall.request(), hall.client("liaison")
    answer = client.post(f"{address(request)}act/accept/", follow=True)
    assert "Accepted." in answer.content.decode()


def test_closing_asks_once_more_and_shows_what_the_resident_is_told(hall: Hall) -> None:
    request = hall.request(language="es")
    sent = {"resolution": "repaired", "status_notes": "Quedó listo."}
    asked = hall.act("liaison", request, "close", **sent).content.decode()
    assert fresh(request).state == "assigned"
    assert "El trabajo está hecho." in asked and "Quedó listo." in asked
    hall.act("liaison", request, "close", **sent, confirmed="1")
    now = fresh(request)
    assert (now.state, now.resolution, now.status_notes) == ("closed", "repaired", "Quedó listo.")


def test_closing_without_a_resolution_says_what_is_missing_and_keeps_the_words(hall: Hall) -> None:
    request = hall.request()
    answer = hall.act("liaison", request, "close", note="Fixed by the night crew", confirmed="1")
    page = answer.content.decode()
    assert answer.status_code == 400 and "This field is required." in page and "Fixed by the night crew" in page


def test_closing_with_an_open_work_order_is_refused_in_a_sentence(hall: Hall) -> None:
    request = hall.request()
    hall.act("liaison", request, "order", number="8812", crew="Night crew")
    answer = hall.act("liaison", request, "close", resolution="repaired", confirmed="1")
    assert answer.status_code == 409
    assert "Work order 8812 is still open. Complete or cancel it first." in answer.content.decode()


def test_cancelling_needs_a_reason_and_is_confirmed(hall: Hall) -> None:
    request = hall.request()
    assert hall.act("liaison", request, "cancel", confirmed="1").status_code == 400
    assert hall.act("liaison", request, "cancel", note="Test report").status_code == 200
    assert fresh(request).state == "assigned"
    hall.act("liaison", request, "cancel", note="Test report", confirmed="1")
    assert fresh(request).state == "cancelled"


def test_handing_on_with_one_press_tells_the_desk_why(hall: Hall) -> None:
    request = hall.request()
    target = f"post:{hall.town.parking_post.pk}"
    answer = hall.act("liaison", request, "hand_on", target=target, reason="A car, not a hole.")
    now = fresh(request)
    assert (now.department, now.post, now.state) == (hall.town.parking, hall.town.parking_post, "assigned")
    assert answer["Location"] == "/console/"  # it is not the liaison's to see any more
    assert Message.objects.filter(request=request, kind="handed_on", body_text__contains="A car, not a hole.").exists()


def test_handing_on_to_nobody_is_refused(hall: Hall) -> None:
    answer = hall.act("liaison", hall.request(), "hand_on", reason="Not ours")
    assert answer.status_code == 400 and "Choose the desk that gets it." in answer.content.decode()


def test_a_desk_of_another_city_cannot_be_named(hall: Hall) -> None:
    assert hall.act("liaison", hall.request(), "hand_on", reason="x", target="post:999999").status_code == 400


def test_handing_on_settles_what_was_to_decide(hall: Hall) -> None:
    request = hall.request(state="triage", department=None, post=None)
    hall.review(request, "no_rule", stage="route")
    hall.act("dispatcher", request, "hand_on", target=f"post:{hall.town.works_post.pk}", reason="Yours")
    assert not fresh(request).in_review and fresh(request).state == "assigned"


def test_referring_to_an_agency(hall: Hall) -> None:
    request = hall.request()
    hall.act("dispatcher", request, "refer", agency=hall.town.agency.pk, reason="A county road")
    assert (fresh(request).state, fresh(request).agency) == ("referred", hall.town.agency)


def test_naming_a_person_and_taking_it_oneself(hall: Hall) -> None:
    request, liaison = hall.request(), hall.town.people["liaison"]
    hall.act("dispatcher", request, "assign", assignee=liaison.pk)
    assert fresh(request).assignee == liaison
    hall.act("dispatcher", request, "take")
    assert fresh(request).assignee == hall.town.people["dispatcher"]
    hall.act("dispatcher", request, "assign", assignee="")
    assert fresh(request).assignee is None


def test_only_colleagues_of_the_department_can_be_named(hall: Hall) -> None:
    answer = hall.act("liaison", hall.request(), "assign", assignee=hall.town.people["warden"].pk)
    assert answer.status_code == 400


def test_notes_for_staff_stay_inside_and_public_ones_are_told(hall: Hall) -> None:
    request = hall.request(reporter={"email": "rosa@example.com", "tell_by": "email"})
    hall.act("liaison", request, "note", text="Ask Erik about the asphalt.")
    hall.act("liaison", request, "note", text="We come on Monday.", public="on")
    page = hall.get("liaison", address(request))
    assert "Ask Erik about the asphalt." in page and fresh(request).status_notes == "We come on Monday."
    assert Message.objects.filter(request=request, kind="note", body_text__contains="We come on Monday.").count() == 1


def test_an_agent_writes_notes_for_staff_only(hall: Hall) -> None:
    request = hall.request()
    hall.act("agent", request, "note", text="Called again.", public="on")
    assert not last(request).public and fresh(request).status_notes == ""


def test_priority(hall: Hall) -> None:
    request = hall.request()
    hall.act("liaison", request, "priority", priority="urgent", note="School next door")
    assert fresh(request).priority == "urgent"
    assert "Priority: Urgent" in hall.get("liaison", address(request))


def test_a_copy_for_another_desk(hall: Hall) -> None:
    request = hall.request()
    hall.act("liaison", request, "copy", post=hall.town.parking_post.pk)
    assert request.service_request_id in hall.get("warden", "/console/?tab=copies")


def test_work_orders_come_and_are_done(hall: Hall) -> None:
    request = hall.request()
    hall.act("liaison", request, "order", crew="Day crew", scheduled_on="2026-11-23", note="Bring a barricade")
    order = WorkOrder.objects.get(request=request)
    assert "Day crew" in hall.get("liaison", address(request))
    hall.act("liaison", request, "order_done", item=order.pk)
    assert fresh(request).state == "done"


def test_a_work_order_of_another_request_is_not_ended_by_this_one(hall: Hall) -> None:
    mine, other = hall.request(), hall.request(department=hall.town.parking, post=hall.town.parking_post)
    hall.act("warden", other, "order", crew="Tow truck")
    order = WorkOrder.objects.get(request=other)
    assert hall.act("liaison", mine, "order_done", item=order.pk).status_code == 404
    assert WorkOrder.objects.get(pk=order.pk).is_open


def closed(hall: Hall, **given: Any) -> ServiceRequest:
    return hall.request(state="closed", closed_at=timezone.now(), resolution="repaired", **given)


def test_reopening(hall: Hall) -> None:
    request = closed(hall)
    hall.act("liaison", request, "reopen", reason="It is back")
    assert fresh(request).state == "assigned" and last(request).note == "It is back"


def test_the_resident_was_told_by_telephone(hall: Hall) -> None:
    request = closed(hall)
    hall.act("agent", request, "told", how="phone")
    assert fresh(request).told_at is not None
    assert "Resident told by telephone" in hall.get("agent", address(request))
    assert hall.act("agent", request, "told", how="phone").status_code == 409


def test_the_answer_is_asked_for_on_the_telephone(hall: Hall) -> None:
    request = closed(hall)
    hall.act("agent", request, "answer", resolved="partly", rating="courteous", comment="Half of it")
    answer = Satisfaction.objects.get(request=request)
    assert (answer.resolved, answer.rating, answer.via) == ("partly", "courteous", "phone")
    assert "Partly" in hall.get("agent", address(request))


def test_looking_at_a_decision_and_leaving_it(hall: Hall) -> None:
    request = hall.request()
    review = hall.review(request, "address_far_from_pin", metres=200, address="1 A St", lon=-119.7, lat=36.0)
    assert "The pin is right" in hall.get("dispatcher", address(request))
    hall.act("dispatcher", request, "looked_at", item=review.pk)
    assert not fresh(request).in_review
    assert "Looked at; it stays as it is" in hall.get("dispatcher", address(request))


def test_a_decision_of_another_request_is_not_settled_by_this_one(hall: Hall) -> None:
    request, other = hall.request(), hall.request()
    review = hall.review(other, "no_place")
    assert hall.act("dispatcher", request, "looked_at", item=review.pk).status_code == 404
    assert fresh(other).in_review


def test_the_pin_moves_to_the_address_with_one_press(hall: Hall) -> None:
    assert hall.paper
    request = hall.request(place=(150, 700))
    lon, lat = squared.at(250, 500)
    review = hall.review(request, "address_far_from_pin", metres=220, address="1 Main St", lon=lon, lat=lat)
    hall.act("dispatcher", request, "address", item=review.pk)
    moved = fresh(request)
    assert moved.geom is not None and moved.geom.coords == pytest.approx((lon, lat))
    assert moved.place_method == "address"


def test_choosing_the_area_of_a_place_in_a_gap(hall: Hall) -> None:
    beat = hall.paper.area("beat:2")
    request = hall.request(place=(500, 950))
    flow.place_again(request.pk, by=hall.town.rights("manager", timezone.now()))
    page = hall.get("manager", address(request))
    assert "Choose another area" in page
    hall.act("manager", request, "area", item=beat)
    assert beat in fresh(request).area_ids


def test_photos_are_released_and_hidden(hall: Hall) -> None:
    request = hall.request(is_public=True)
    photo = hall.photo(request)
    hall.act("liaison", request, "photo", item=photo.pk, public="on")
    photo.refresh_from_db()
    assert photo.is_public
    hall.act("liaison", request, "photo", item=photo.pk)
    photo.refresh_from_db()
    assert not photo.is_public


def test_the_text_is_released_shortened(hall: Hall) -> None:
    request = hall.request(is_public=True, description="Hole at Rosa's house")
    hall.act("liaison", request, "text", text="Hole in the street")
    assert fresh(request).public_description == "Hole in the street"
    hall.act("liaison", request, "hide_text")
    assert fresh(request).public_description == ""


def test_somebody_was_quicker_and_it_is_said_who(hall: Hall) -> None:
    request = hall.request()
    seen = 0
    hall.act("dispatcher", request, "hand_on", target=f"post:{hall.town.parking_post.pk}", reason="Cars")
    answer = hall.act("manager", request, "accept", seen=seen)
    page = answer.content.decode()
    assert answer.status_code == 409 and "Somebody was quicker: Dispatcher" in page
    assert "Handed on to Parking Control" in page and fresh(request).state == "assigned"


def test_a_note_of_somebody_else_stands_in_nobodys_way(hall: Hall) -> None:
    request = hall.request()
    hall.act("dispatcher", request, "note", text="Fyi")
    assert hall.act("liaison", request, "accept", seen=0).status_code == 303


def test_pressing_twice_is_told_and_changes_nothing(hall: Hall) -> None:
    request = hall.request()
    hall.act("liaison", request, "accept")
    answer = hall.act("liaison", request, "accept")
    assert answer.status_code == 409 and "“Accept” is not for you to do" in answer.content.decode()
    assert StatusChange.objects.filter(request=request).count() == 1


def test_an_unknown_action_is_not_found(hall: Hall) -> None:
    assert hall.act("liaison", hall.request(), "explode").status_code == 404


def test_looking_is_no_acting(hall: Hall) -> None:
    request = hall.request()
    assert hall.client("liaison").get(f"{address(request)}act/accept/").status_code == 405


def test_a_form_without_its_token_is_refused(hall: Hall) -> None:
    request = hall.request()
    client = hall.client("liaison", enforce_csrf_checks=True)
    assert client.post(f"{address(request)}act/accept/").status_code == 403
    assert fresh(request).state == "assigned"


def test_words_of_residents_are_shown_and_never_run(hall: Hall) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    request = hall.request(description=evil, address_text=evil, reporter={"name": evil})
    hall.act("liaison", request, "note", text=evil)
    hall.review(request, "no_place", address=evil)
    for path in (address(request), f"{address(request)}place/", f"{address(request)}service/", "/console/?tab=open"):
        page = hall.get("dispatcher", path)
        assert "<script>alert" not in page and "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_the_page_may_not_be_kept_by_anybody(hall: Hall) -> None:
    assert "no-store" in hall.client("liaison").get(address(hall.request()))["Cache-Control"]


def test_other_requests_of_the_caller_are_those_one_may_see(hall: Hall) -> None:
    from geoserver_app.intake.contact import phone_hash

    who = {"phone": "(559) 555-0155", "phone_hash": phone_hash("559 555 0155")}
    request = hall.request(reporter=who)
    seen = hall.request(reporter=who)
    unseen = hall.request(reporter=who, department=hall.town.parking, post=hall.town.parking_post)
    page = hall.get("liaison", address(request))
    assert seen.service_request_id in page and unseen.service_request_id not in page


def test_why_it_came_here_is_told_without_rules_too(hall: Hall) -> None:
    request = hall.request()
    assert "Nobody has decided yet who gets it." in hall.get("liaison", address(request))
    assert hall.client("liaison").get(f"{address(request)}why/").status_code == 200


def test_queries_of_a_page_are_bounded(hall: Hall, django_assert_max_num_queries: Any) -> None:
    request = hall.request(area_ids=[hall.paper.area("beat:1")], reporter={"phone": "1"})
    hall.review(request, "no_place")
    client = hall.client("dispatcher")
    for _ in range(3):
        hall.act("dispatcher", request, "note", text="x")
    with django_assert_max_num_queries(52):
        client.get(address(request))


def test_errors_are_spanish_on_a_spanish_page(hall: Hall) -> None:
    request = hall.request()
    client = hall.client("council")
    client.cookies["django_language"] = "es"
    page = client.post(f"{address(request)}act/accept/").content.decode()
    assert "Puede ver este reporte" in page


def test_a_second_scope_gives_no_more_than_each(hall: Hall) -> None:
    """The liaison of parking who is an aide too may look at what Public Works does, not work on it."""
    aide = hall.town.person("both", Role.COUNCIL)
    aide.assignments.create(jurisdiction=hall.town.jurisdiction, role=Role.LIAISON, department=hall.town.parking)
    request = hall.request()
    assert hall.act("both", request, "accept").status_code == 403
