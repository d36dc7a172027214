"""The call-taker's form on the server: what becomes a request, what is refused, what is never lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from geoserver_app import flow_incidents
from geoserver_app.catalog.models import Service
from geoserver_app.intake.contact import phone_hash
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message
from tests.console_take.conftest import DRAFT, POTHOLE, form, logged_in
from tests.life import Town

NEW = "/console/new/"


def send(client: Client, **values: Any) -> Any:
    return client.post(NEW, form(do="send", **values))


def only() -> ServiceRequest:
    return ServiceRequest.objects.select_related("service", "department").get()


def test_what_was_taken_by_telephone_becomes_a_request(agent: Client, almendra: Town) -> None:
    contact = {"phone": "(559) 555-0163", "name": "Maria", "tell_by": "phone", "language": "es"}
    answer = send(agent, **POTHOLE, description="Deep hole", **contact)
    taken = only()
    assert answer["Location"] == f"{NEW}done/{taken.service_request_id}/"
    assert (taken.service.code, taken.channel, taken.language) == ("pothole", "phone", "es")
    assert (taken.geom.x, taken.geom.y, taken.place_method) == (-119.72, 36.0, "address")
    assert (taken.reporter.phone, taken.reporter.tell_by, taken.reporter.language) == ("(559) 555-0163", "phone", "es")


def test_number_and_code_are_read_out_by_whoever_took_it_only(agent: Client, almendra: Town) -> None:
    page = send(agent, **POTHOLE)["Location"]
    said = agent.get(page).content.decode()
    taken = only()
    assert f"The code is {taken.access_code}" in said
    assert logged_in(almendra, "dispatcher").get(page).status_code == 404
    assert logged_in(almendra, "agent").get(page).status_code == 404


@pytest.mark.parametrize("name", ["council"])
def test_the_form_is_for_those_who_take_requests(almendra: Town, name: str) -> None:
    client = logged_in(almendra, name)
    for path in (NEW, f"{NEW}services.json", f"{NEW}places.json", f"{NEW}done/26-000001-5/"):
        assert client.get(path).status_code == 403
    assert client.post(NEW, form(do="send", **POTHOLE)).status_code == 403
    assert client.post(f"{NEW}look/", form()).status_code == 403
    assert Client().get(NEW).status_code == 302
    assert Client().post(f"{NEW}look/", form()).status_code == 403


def test_sent_twice_it_is_one_request(agent: Client) -> None:
    assert send(agent, **POTHOLE)["Location"] == send(agent, **POTHOLE)["Location"]
    assert only()


def test_what_is_missing_is_asked_for_and_nothing_is_lost(agent: Client) -> None:
    answer = send(agent, description="They were upset", tell_by="email", email="no address")
    said = answer.content.decode()
    assert answer.status_code == 422
    for missing in ("Choose what it is about.", "This is no e-mail address.", "They were upset"):
        assert missing in said
    assert not ServiceRequest.objects.exists()


def test_telling_needs_a_way(agent: Client) -> None:
    assert "Needed, to tell the caller that way." in send(agent, **POTHOLE, tell_by="post").content.decode()


def test_a_place_is_wanted_unless_it_is_not_known(agent: Client) -> None:
    assert "Ask where it is" in send(agent, service="pothole").content.decode()
    assert send(agent, service="pothole", no_place="1").status_code == 302
    assert only().state == "triage"


def test_an_address_that_was_not_found_goes_to_review(agent: Client) -> None:
    assert send(agent, service="pothole", where="behind the old mill").status_code == 302
    taken = only()
    assert (taken.address_text, taken.geom, taken.in_review) == ("behind the old mill", None, True)


def test_a_changed_address_loses_the_place_that_was_chosen_before(agent: Client) -> None:
    send(agent, **{**POTHOLE, "where": "somewhere else"})
    assert only().geom is None


def test_a_required_question_must_be_asked(agent: Client) -> None:
    answer = send(agent, **{**POTHOLE, "service": "tree"})
    assert answer.status_code == 422
    assert "Please answer this question." in answer.content.decode()


def test_a_stopper_says_whom_to_call_instead(agent: Client) -> None:
    values = {**POTHOLE, "service": "tree", "q_live": "yes"}
    assert "Stay away and call 911." in agent.post(f"{NEW}look/", form(**values)).content.decode()
    answer = send(agent, **values)
    assert answer.status_code == 422
    assert not ServiceRequest.objects.exists()


def test_a_question_that_depends_on_an_answer_appears(agent: Client) -> None:
    values = {**POTHOLE, "service": "tree"}
    assert "how?" not in agent.post(f"{NEW}look/", form(**values)).content.decode()
    assert "how?" in agent.post(f"{NEW}look/", form(**values, q_live="no")).content.decode()


def test_answers_to_another_services_questions_do_not_disturb(agent: Client) -> None:
    assert send(agent, **POTHOLE, q_live="yes", q_how="old").status_code == 302


def test_a_voicemail_of_yesterday_keeps_its_time(agent: Client, almendra: Town) -> None:
    yesterday = timezone.now().astimezone(almendra.calendar.zone) - timedelta(days=1)
    send(agent, **{**POTHOLE, "channel": "voicemail"}, on_day=f"{yesterday:%Y-%m-%d}", on_time="19:40")
    taken = only()
    local = taken.requested_datetime.astimezone(almendra.calendar.zone)
    assert (taken.channel, f"{local:%H:%M}", local.date()) == ("voicemail", "19:40", yesterday.date())
    assert taken.received_at > taken.requested_datetime


@pytest.mark.parametrize(("day", "clock"), [("2199-01-01", "10:00"), ("2001-01-01", ""), ("soon", ""), ("", "25:00")])
def test_a_time_that_cannot_be_is_told(agent: Client, day: str, clock: str) -> None:
    answer = send(agent, **POTHOLE, on_day=day, on_time=clock)
    assert answer.status_code == 422
    assert 'id="on_day"' in answer.content.decode() and "aria-invalid" in answer.content.decode()


@pytest.mark.parametrize("channel", ["web", "open311", "pigeon", ""])
def test_a_channel_that_staff_do_not_take_counts_as_the_telephone(agent: Client, channel: str) -> None:
    send(agent, **{**POTHOLE, "channel": channel})
    assert only().channel == "phone"


@pytest.mark.parametrize(
    "values",
    [
        {"draft": "../../x", "lon": "NaN", "lat": "inf"},
        {"lon": "999", "lat": "999", "say": "\0", "q_live": ["yes", "no", "<b>"]},
        {"pick_place": "a|b|c|d", "pick_service": "<script>", "do": "fly"},
        {"description": "<script>alert(1)</script>" * 400, "name": "x" * 9000},
    ],
)
def test_hostile_forms_are_taken_calmly(agent: Client, values: dict[str, Any]) -> None:
    for path in (NEW, f"{NEW}look/"):
        answer = agent.post(path, form(**{**POTHOLE, **values}), follow=True)
        assert answer.status_code in {200, 422}
        assert "<script>alert" not in answer.content.decode()


def log(client: Client, **values: Any) -> Any:
    return client.post(NEW, form(**values), follow=True)


def test_a_frequent_question_is_logged_at_once(agent: Client, almendra: Town) -> None:
    choices = agent.get(f"{NEW}services.json").json()["choices"]
    assert [(one["code"], one["logs"]) for one in choices] == [("hours", True)]
    said = log(agent, quick="hours").content.decode()
    taken = only()
    assert "Logged as answered: City Hall hours" in said
    assert (taken.state, taken.resolution, taken.channel) == ("closed", "answered", "phone")
    assert taken.department == almendra.works and taken.told_at is not None
    assert not Message.objects.exists()


def test_a_question_that_needs_an_answer_is_not_logged_blindly(agent: Client) -> None:
    assert log(agent, quick="bill").status_code == 422
    assert not ServiceRequest.objects.exists()


def test_the_questions_asked_most_come_first(agent: Client, almendra: Town) -> None:
    often = Service.objects.get(code="hours")
    often.pk, often.code, often.name, often.position = None, "zz", "Asked often", 999
    often.save(force_insert=True)
    almendra.request(service=often, at=timezone.now())
    codes = [one["code"] for one in agent.get(f"{NEW}services.json").json()["choices"]]
    assert codes == ["zz", "hours"]


def test_a_call_that_was_answered_is_logged_with_what_was_said(agent: Client) -> None:
    log(agent, do="answered", service="tree", description="Told to call 911", phone="5595550163")
    taken = only()
    assert (taken.state, taken.description) == ("closed", "Told to call 911")
    assert not hasattr(taken, "reporter")


def test_an_answered_call_must_have_been_about_something(agent: Client) -> None:
    assert log(agent, do="answered").status_code == 422


def test_services_are_found_by_the_words_people_use(agent: Client) -> None:
    found = agent.get(f"{NEW}services.json", {"q": "fallen branch"}).json()["choices"]
    assert found[0]["code"] == "tree" and not found[0]["logs"]


def test_answers_stand_beside_the_form(agent: Client) -> None:
    assert "The answer to tree." in agent.post(f"{NEW}look/", form(service="tree")).content.decode()
    assert "The answer to fridays." in agent.post(f"{NEW}look/", form(say="open fridays")).content.decode()


def test_earlier_requests_of_the_caller_are_found_by_the_number_however_written(agent: Client, almendra: Town) -> None:
    before = almendra.request(reporter={"phone": "559-555-0163", "phone_hash": phone_hash("559-555-0163")})
    said = agent.post(f"{NEW}look/", form(phone="+1 (559) 555 0163")).content.decode()
    assert before.service_request_id in said
    assert before.service_request_id not in agent.post(f"{NEW}look/", form(phone="5595550199")).content.decode()


def test_a_caller_of_another_departments_is_not_shown_to_a_liaison(almendra: Town) -> None:
    before = almendra.request(
        department=almendra.parking, reporter={"phone": "5595550163", "phone_hash": phone_hash("5595550163")}
    )
    said = logged_in(almendra, "liaison").post(f"{NEW}look/", form(phone="5595550163")).content.decode()
    assert before.service_request_id not in said


def test_who_would_get_it_is_shown_before_it_is_sent(agent: Client) -> None:
    assert "Shown when it is known what and where." in agent.post(f"{NEW}look/", form()).content.decode()
    assert "Somebody at City Hall decides" in agent.post(f"{NEW}look/", form(**POTHOLE)).content.decode()
    assert not ServiceRequest.objects.exists()


def test_without_scripts_lists_are_buttons(agent: Client) -> None:
    page = agent.post(NEW, form(do="look", say="fallen branch"), follow=True).content.decode()
    assert 'name="pick_service" value="tree"' in page
    page = agent.post(NEW, form(pick_service="tree"), follow=True).content.decode()
    assert "live?" in page and f'name="draft" value="{DRAFT}"' in page


@pytest.fixture
def offered(agent: Client) -> ServiceRequest:
    """A pothole that the next caller may mean."""
    Service.objects.filter(code="pothole").update(duplicate_radius_m=30, duplicate_days=45)
    send(agent, **POTHOLE)
    return only()


def test_a_choice_that_was_merged_meanwhile_is_followed_and_told(
    agent: Client, almendra: Town, offered: ServiceRequest
) -> None:
    send(agent, **{**POTHOLE, "draft": "aaaaaaaaaaaaaaaa"}, same="none")
    kept = ServiceRequest.objects.latest("pk")
    flow_incidents.merge(kept.pk, offered.pk, by=almendra.rights("dispatcher"))
    answer = send(agent, **{**POTHOLE, "draft": "bbbbbbbbbbbbbbbb"}, same=str(offered))
    assert f"{offered} was put together with {kept} meanwhile" in agent.get(answer["Location"]).content.decode()
    assert ServiceRequest.objects.latest("pk").incident_id == kept.incident_id


def test_a_choice_that_was_closed_meanwhile_is_told_once_before_sending(agent: Client, offered: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=offered.pk).update(state="closed", closed_at=offered.received_at)
    again = {**POTHOLE, "draft": "aaaaaaaaaaaaaaaa"}
    answer = send(agent, **again, same=str(offered))
    assert answer.status_code == 422 and f"{offered} was closed meanwhile." in answer.content.decode()
    assert ServiceRequest.objects.count() == 1
    assert send(agent, **again).status_code == 302
    assert ServiceRequest.objects.latest("pk").leads
