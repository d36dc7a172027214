"""Reports of one thing: who leads, who follows, what each is told, and who may say so."""

from datetime import timedelta

import pytest

from geoserver_app import flow, flow_incidents
from geoserver_app.accounts.rights import Rights
from geoserver_app.accounts.roles import Role
from geoserver_app.catalog.models import Service
from geoserver_app.duplicates.models import Difference, Joining
from geoserver_app.intake.models import Incident, Review, ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.work.actor import REPORTER
from geoserver_app.work.errors import NotAllowed, WrongState
from geoserver_app.work.models import StatusChange
from geoserver_app.work.orders import Order
from geoserver_app.work.states import State
from geoserver_app.work.steps import Words
from layers.errors import Conflict, NotFound
from tests import life
from tests.duplicates.conftest import Reported
from tests.route.city import City

pytestmark = pytest.mark.django_db
LATER = life.MONDAY + timedelta(hours=2)


def now(request: ServiceRequest) -> ServiceRequest:
    return ServiceRequest.objects.get(pk=request.pk)


def told(name: str) -> list[str]:
    found = Message.objects.filter(to_address=f"{name}@example.org").order_by("pk")
    return list(found.values_list("kind", flat=True))


def lines(request: ServiceRequest) -> list[str]:
    return list(StatusChange.objects.filter(request=request).order_by("pk").values_list("kind", flat=True))


def closed(request: ServiceRequest, dora: Rights) -> ServiceRequest:
    return flow.transition(request.pk, to=State.CLOSED, by=dora, at=LATER, words=Words(resolution="repaired"))


def test_adding_oneself_makes_one_more_report_with_its_own_number(dora: Rights, reported: Reported) -> None:
    first = reported("ana")
    flow.transition(first.pk, to=State.IN_PROGRESS, by=dora, at=LATER)
    second = reported("beto", incident_id=first.incident_id, language="es")
    assert second.service_request_id != first.service_request_id
    assert (second.state, second.leads, second.incident_id) == ("in_progress", False, first.incident_id)
    assert told("beto") == ["receipt"]
    assert Message.objects.get(to_address="beto@example.org").language == "es"
    assert Incident.objects.count() == 1


def test_each_reporter_hears_of_the_end_in_the_own_language_and_once(dora: Rights, reported: Reported) -> None:
    first, second = reported("ana"), reported("beto", language="es")
    again = reported("ana", x=352.0)  # the same person, a second time
    flow_incidents.merge(first.pk, second.pk, again.pk, by=dora, at=LATER)
    closed(first, dora)
    assert {now(one).state for one in (first, second, again)} == {"closed"}
    assert told("ana").count("closed") == told("beto").count("closed") == 1
    assert Message.objects.get(to_address="beto@example.org", kind="closed").language == "es"


def test_merging_tells_nobody_and_stands_in_every_history(dora: Rights, reported: Reported) -> None:
    first, second = reported("ana"), reported("beto")
    before = Message.objects.count()
    flow_incidents.merge(first.pk, second.pk, by=dora, at=LATER, score=88)
    assert Message.objects.count() == before
    assert (lines(first)[-1], lines(second)[-1]) == ("joined", "joined")
    assert Joining.objects.get().score == 88
    assert StatusChange.objects.filter(kind="joined", request=second).get().by_id == dora.user_id


def test_a_report_that_was_merged_goes_back_to_where_it_stood(dora: Rights, reported: Reported) -> None:
    first, second = reported("ana"), reported("beto")
    own = second.incident_id
    flow.transition(first.pk, to=State.IN_PROGRESS, by=dora, at=LATER)
    flow_incidents.merge(first.pk, second.pk, by=dora, at=LATER)
    assert now(second).state == "in_progress"
    flow_incidents.take_out(second.pk, by=dora, at=LATER)
    back = now(second)
    assert (back.state, back.leads, back.incident_id, back.assignee_id) == ("assigned", True, own, None)
    assert lines(second)[-1] == "left"


def test_what_is_taken_out_of_a_closed_incident_is_open_again_and_its_reporter_hears(
    dora: Rights, reported: Reported
) -> None:
    first, second = reported("ana"), reported("beto")
    flow_incidents.merge(first.pk, second.pk, by=dora, at=LATER)
    closed(first, dora)
    flow_incidents.take_out(second.pk, by=dora, at=LATER)
    assert (now(first).state, now(second).state, now(second).closed_at) == ("closed", "assigned", None)
    assert told("beto") == ["receipt", "closed", "reopened"]


def test_those_that_came_along_go_along(dora: Rights, reported: Reported) -> None:
    a, b, c = reported("ana"), reported("beto"), reported("carla")
    flow_incidents.merge(b.pk, c.pk, by=dora, at=LATER)
    flow_incidents.merge(a.pk, c.pk, by=dora, at=LATER)  # any report of the other incident names it
    assert len({now(one).incident_id for one in (a, b, c)}) == 1
    flow_incidents.take_out(b.pk, by=dora, at=LATER)
    assert now(b).incident_id == now(c).incident_id != now(a).incident_id
    assert (now(b).leads, now(c).leads, now(a).leads) == (True, False, True)


def test_one_report_is_put_to_another_incident(dora: Rights, reported: Reported) -> None:
    a, b, c = reported("ana"), reported("beto"), reported("carla")
    flow_incidents.merge(a.pk, b.pk, by=dora, at=LATER)
    flow_incidents.move_report(b.pk, c.pk, by=dora, at=LATER)
    assert now(b).incident_id == now(c).incident_id != now(a).incident_id
    flow_incidents.move_report(a.pk, c.pk, by=dora, at=LATER)
    assert ServiceRequest.objects.values("incident").distinct().count() == 1


def test_another_report_leads(dora: Rights, reported: Reported) -> None:
    a, b = reported("ana"), reported("beto")
    flow_incidents.merge(a.pk, b.pk, by=dora, at=LATER)
    flow_incidents.let_lead(b.pk, by=dora, at=LATER)
    assert (now(a).leads, now(b).leads) == (False, True)
    closed(b, dora)
    assert now(a).state == "closed"


def test_work_is_done_on_the_one_that_leads(dora: Rights, reported: Reported) -> None:
    a, b = reported("ana"), reported("beto")
    flow_incidents.merge(a.pk, b.pk, by=dora, at=LATER)
    with pytest.raises(WrongState, match="one more report of 26-000001"):
        closed(b, dora)
    flow.note(b.pk, "Called back", public=False, by=dora, at=LATER)
    assert (now(b).state, lines(a).count("note_internal")) == ("assigned", 0)


def test_who_withdraws_the_first_report_withdraws_nobody_elses(dora: Rights, reported: Reported) -> None:
    a, b = reported("ana"), reported("beto")
    flow_incidents.merge(a.pk, b.pk, by=dora, at=LATER)
    flow.withdraw(a.pk, by=REPORTER, at=LATER)
    assert (now(a).state, now(a).leads) == ("cancelled", False)
    assert (now(b).state, now(b).leads) == ("assigned", True)


def test_a_reporter_for_whom_it_is_not_solved_goes_an_own_way(dora: Rights, reported: Reported) -> None:
    a, b = reported("ana"), reported("beto")
    flow_incidents.merge(a.pk, b.pk, by=dora, at=LATER)
    closed(a, dora)
    flow.reopen(b.pk, by=REPORTER, at=LATER, reason="Still there")
    assert (now(a).state, now(b).state, now(b).leads) == ("closed", "assigned", True)
    assert now(a).incident_id != now(b).incident_id
    assert StatusChange.objects.filter(request=a, note__contains="Still").count() == 0


def test_more_people_make_it_more_urgent_and_fewer_less(city: City, dora: Rights, reported: Reported) -> None:
    Service.objects.filter(code="pothole").update(people_for_high=3)
    first, second, third = reported("ana"), reported("beto"), reported("carla")
    flow_incidents.merge(first.pk, second.pk, by=dora, at=LATER)
    assert now(first).priority == "normal"
    flow_incidents.merge(first.pk, third.pk, by=dora, at=LATER)
    assert {now(one).priority for one in (first, second, third)} == {"high"}
    flow_incidents.take_out(third.pk, by=dora, at=LATER)
    assert {now(one).priority for one in (first, second, third)} == {"normal"}


def test_one_person_who_reports_three_times_is_one_person(dora: Rights, reported: Reported) -> None:
    Service.objects.filter(code="pothole").update(people_for_high=2)
    first = reported("ana")
    for _again in range(2):
        reported("ana", incident_id=first.incident_id)
    assert now(first).priority == "normal"
    second = reported("beto", incident_id=first.incident_id)
    assert (now(first).priority, now(second).priority) == ("high", "high")


def test_a_liaison_of_another_department_may_not(city: City, dora: Rights, reported: Reported) -> None:
    city.hall.person("pat", Role.LIAISON, department=city.posts["parks"].department)
    city.hall.person("lena", Role.LIAISON, department=city.posts["streets"].department)
    city.hall.person("cal", Role.COUNCIL)
    a, b = reported("ana"), reported("beto")
    with pytest.raises(NotFound):
        flow_incidents.merge(a.pk, b.pk, by=city.hall.rights("pat"), at=LATER)
    with pytest.raises(NotAllowed):
        flow_incidents.merge(a.pk, b.pk, by=city.hall.rights("cal"), at=LATER)
    flow_incidents.merge(a.pk, b.pk, by=city.hall.rights("lena"), at=LATER)
    with pytest.raises(NotFound):
        flow_incidents.take_out(b.pk, by=city.hall.rights("pat"), at=LATER)


def test_what_few_may_see_is_never_one_with_what_all_may(dora: Rights, reported: Reported) -> None:
    open_to_all, hidden = reported("ana"), reported("beto")
    Service.objects.filter(code="tree").update(sensitive=True, privacy="hidden", text_publication="never",
                                               photo_publication="never")  # fmt: skip
    ServiceRequest.objects.filter(pk=hidden.pk).update(service=Service.objects.get(code="tree"))
    with pytest.raises((Conflict, NotFound)):
        flow_incidents.merge(open_to_all.pk, hidden.pk, by=dora, at=LATER)
    assert now(hidden).leads


def test_a_crew_on_its_way_keeps_its_request_in_the_lead(dora: Rights, reported: Reported) -> None:
    a, b = reported("ana"), reported("beto")
    flow.open_order(b.pk, Order(number="8812"), by=dora, at=LATER)
    with pytest.raises(WrongState, match="8812"):
        flow_incidents.merge(a.pk, b.pk, by=dora, at=LATER)
    flow_incidents.merge(b.pk, a.pk, by=dora, at=LATER)
    assert now(b).leads


def test_a_review_that_merging_settled_is_open_again_when_it_is_undone(dora: Rights, reported: Reported) -> None:
    a, b = reported("ana"), reported("beto")
    Review.objects.create(request=b, stage="link", reason="near_border", created_at=LATER)
    flow_incidents.merge(a.pk, b.pk, by=dora, at=LATER)
    assert not now(b).in_review
    flow_incidents.take_out(b.pk, by=dora, at=LATER)
    assert now(b).in_review and Review.objects.get(request=b).resolved_at is None


def test_not_the_same_is_kept_until_somebody_merges_them(dora: Rights, reported: Reported) -> None:
    a, b = reported("ana"), reported("beto")
    flow_incidents.not_the_same(b.pk, a.pk, by=dora, at=LATER)
    assert Difference.objects.get().first_id == a.pk
    flow_incidents.merge(a.pk, b.pk, by=dora, at=LATER)
    assert not Difference.objects.exists()


def test_who_adds_oneself_to_what_was_just_closed_is_heard_alone(dora: Rights, reported: Reported) -> None:
    first = reported("ana")
    closed(first, dora)
    late = reported("beto", incident_id=first.incident_id)
    assert (late.state, late.leads) == ("assigned", True)
    assert now(late).incident_id != first.incident_id


def test_who_adds_oneself_to_what_was_just_merged_follows_it(dora: Rights, reported: Reported) -> None:
    a, b = reported("ana"), reported("beto")
    old = b.incident_id
    flow_incidents.merge(a.pk, b.pk, by=dora, at=LATER)
    late = reported("carla", incident_id=old)
    assert (late.incident_id, late.leads) == (a.incident_id, False)
    flow_incidents.take_out(late.pk, by=dora, at=LATER)
    assert (now(late).state, now(late).leads) == ("assigned", True)
