"""What becomes of a request after it was taken in: every change goes through flow, is written, and is told."""

from datetime import timedelta
from typing import Any

import pytest

from geoserver_app import flow
from geoserver_app.accounts.models import User
from geoserver_app.accounts.rights import Rights
from geoserver_app.accounts.roles import Role
from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import Answer, Media, Review, ServiceRequest
from geoserver_app.intake.submission import Contact, Photo
from geoserver_app.notify import outbox
from geoserver_app.notify.models import Message
from geoserver_app.work.actor import REPORTER
from geoserver_app.work.errors import NotAllowed, WrongState
from geoserver_app.work.models import Copy, Satisfaction, StatusChange, WorkOrder
from geoserver_app.work.orders import Order
from geoserver_app.work.satisfaction import Reply
from geoserver_app.work.states import State
from geoserver_app.work.steps import Words
from layers.errors import NotFound
from layers.models import Area
from tests import life
from tests.flow.conftest import Report
from tests.link.squared import at
from tests.route.city import City

pytestmark = pytest.mark.django_db
LATER = life.MONDAY + timedelta(hours=2)


@pytest.fixture
def dispatcher(city: City) -> Rights:
    city.hall.person("dora", Role.DISPATCHER)
    return city.hall.rights("dora")


@pytest.fixture
def liaison(city: City) -> Rights:
    city.hall.person("lena", Role.LIAISON, department=city.posts["streets"].department)
    return city.hall.rights("lena")


@pytest.fixture
def pothole(report: Report, told_by_mail: Contact) -> ServiceRequest:
    return flow.submit(report("pothole", contact=told_by_mail), at=life.MONDAY).request


def lines(request: ServiceRequest) -> list[str]:
    return list(StatusChange.objects.filter(request=request).order_by("pk").values_list("kind", flat=True))


def mails(request: ServiceRequest, to: str) -> list[str]:
    found = Message.objects.filter(request=request, to_address=to).order_by("pk")
    return list(found.values_list("kind", flat=True))


def test_from_done_to_closed_to_answered(pothole: ServiceRequest, liaison: Rights) -> None:
    for state in (State.ACCEPTED, State.IN_PROGRESS, State.DONE):
        flow.transition(pothole.pk, to=state, by=liaison, at=LATER)
    closed = flow.transition(pothole.pk, to=State.CLOSED, by=liaison, at=LATER, words=Words(resolution="repaired"))
    assert (closed.state, closed.resolution, closed.closed_at, closed.told_at) == ("closed", "repaired", LATER, None)
    assert closed.field_action_at == LATER
    flow.answer(pothole.pk, Reply("yes", "courteous", "Gracias"), at=LATER)
    assert Satisfaction.objects.get(request=pothole).resolved == "yes"
    assert mails(pothole, "rosalinda@example.org")[-1] == "closed"
    flow.reopen(pothole.pk, by=REPORTER, at=LATER, reason="It is back")
    again = ServiceRequest.objects.get(pk=pothole.pk)
    assert (again.state, again.closed_at, again.field_action_at) == ("assigned", None, None)
    assert lines(pothole) == ["status"] * 5 + ["answered", "reopened"]


def test_the_mail_that_arrived_is_the_third_moment(pothole: ServiceRequest, liaison: Rights) -> None:
    flow.transition(pothole.pk, to=State.CLOSED, by=liaison, at=LATER, words=Words(resolution="repaired"))
    message = Message.objects.get(request=pothole, kind="closed", recipient="reporter")
    message.state, message.sent_at = Message.State.SENT, LATER + timedelta(minutes=1)
    flow.message_ended(message)
    pothole.refresh_from_db()
    assert pothole.told_at == LATER + timedelta(minutes=1)
    assert lines(pothole)[-1] == "told"


def test_a_mail_that_failed_for_good_is_a_persons_matter(pothole: ServiceRequest) -> None:
    message = Message.objects.get(request=pothole, kind="liaison_new")
    message.state = Message.State.FAILED
    flow.message_ended(message)
    pothole.refresh_from_db()
    assert pothole.in_review
    assert Review.objects.get(request=pothole).reason == "mail_failed"


def test_a_moved_pin_links_routes_and_tells_again(
    city: City, report: Report, dispatcher: Rights, told_by_mail: Contact
) -> None:
    tree = flow.submit(report("tree", 150, 520, contact=told_by_mail), at=life.MONDAY).request
    assert tree.post_id == city.posts["parks"].pk
    lon, lat = at(210, 530)
    moved = flow.move(tree.pk, flow.Place(lon, lat), by=dispatcher, at=LATER, note="The caller meant the yard")
    assert moved.post_id == city.posts["code"].pk
    assert moved.parcel_id == city.squared.parcel("210")
    stored = ServiceRequest.objects.get(pk=tree.pk)
    assert stored.geom.coords == pytest.approx((lon, lat))
    assert stored.tile_x == moved.tile_x
    change = StatusChange.objects.get(request=tree, kind="moved")
    assert change.data["place"][1] == [lon, lat]
    assert (change.post_before_id, change.post_after_id) == (city.posts["parks"].pk, city.posts["code"].pk)
    assert mails(tree, "code@almendra.example") == ["handed_on"]
    assert tree.decisions.count() == 2


def test_a_place_that_was_missing_settles_its_review(report: Report, dispatcher: Rights, city: City) -> None:
    lost = flow.submit(report("pothole", x=None), at=life.MONDAY).request
    assert lost.in_review
    lon, lat = at(350, 700)
    found = flow.move(lost.pk, flow.Place(lon, lat), by=dispatcher, at=LATER)
    assert not found.in_review
    assert not Review.objects.filter(request=lost, resolved_at=None).exists()
    assert found.post_id == city.posts["streets"].pk


def test_another_service_has_its_own_answers_deadline_and_desk(
    city: City, pothole: ServiceRequest, dispatcher: Rights
) -> None:
    tree = city.services["tree"]
    changed = flow.recategorise(pothole.pk, tree, {"where": "fallen"}, by=dispatcher, at=LATER)
    assert (changed.service_id, changed.post_id, changed.priority) == (tree.pk, city.posts["waste"].pk, "high")
    assert ServiceRequest.objects.get(pk=pothole.pk).service_id == tree.pk
    assert list(Answer.objects.filter(request=pothole).values_list("attribute__code", "value")) == [("where", "fallen")]
    back = flow.recategorise(pothole.pk, city.services["pothole"], {}, by=dispatcher, at=LATER)
    assert not Answer.objects.filter(request=pothole).exists()
    data = StatusChange.objects.filter(request=pothole, kind="recategorised").order_by("pk").last()
    assert data is not None
    assert data.data["answers"] == [{"where": "fallen"}, {}]
    assert back.post_id == city.posts["streets"].pk


def test_staff_choose_between_areas(city: City, report: Report, dispatcher: Rights) -> None:
    near = flow.submit(report("pothole", 501, 700), at=life.MONDAY).request
    other = Area.objects.get(pk=city.squared.area("beat:1"))
    chosen = flow.choose_area(near.pk, other, by=dispatcher, at=LATER)
    assert other.pk in chosen.area_ids
    assert city.squared.area("beat:2") not in chosen.area_ids
    again = flow.place_again(near.pk, by=dispatcher, at=LATER)
    assert other.pk in again.area_ids


def test_handing_on_is_the_decision_that_was_waited_for(city: City, report: Report, dispatcher: Rights) -> None:
    outside = flow.submit(report(x=1500.0), at=life.MONDAY).request
    streets = city.posts["streets"]
    taken = flow.hand_on(outside.pk, streets.department, post=streets, by=dispatcher, reason="Ours by contract")
    assert (taken.state, taken.in_review, taken.post_id) == ("assigned", False, streets.pk)
    assert mails(outside, "streets@almendra.example") == ["handed_on"]


def test_looked_at_and_left_as_it_is(report: Report, dispatcher: Rights) -> None:
    outside = flow.submit(report(x=1500.0), at=life.MONDAY).request
    for review in Review.objects.filter(request=outside):
        flow.resolve_review(review.pk, by=dispatcher, at=LATER)
    outside.refresh_from_db()
    assert not outside.in_review
    assert "reviewed" in lines(outside)


def test_nobody_does_what_is_not_theirs(city: City, pothole: ServiceRequest, liaison: Rights) -> None:
    city.hall.person("pat", Role.LIAISON, department=city.posts["parks"].department)
    stranger, other = Rights(), city.hall.rights("pat")
    lon, lat = at(350, 700)
    attempts: list[Any] = [
        lambda by: flow.transition(pothole.pk, to=State.ACCEPTED, by=by),
        lambda by: flow.move(pothole.pk, flow.Place(lon, lat), by=by),
        lambda by: flow.note(pothole.pk, "Hello", public=True, by=by),
        lambda by: flow.publish_text(pothole.pk, "Hello", by=by),
        lambda by: flow.copy_to(pothole.pk, city.posts["parks"], by=by),
        lambda by: flow.place_again(pothole.pk, by=by),
    ]
    for attempt in attempts:
        for by in (stranger, other):
            with pytest.raises((NotFound, NotAllowed)):
                attempt(by)
        with pytest.raises(NotAllowed):
            attempt(REPORTER)
    assert lines(pothole) == ["status"]


def test_a_reporter_adds_photos_and_words(pothole: ServiceRequest, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    photo = Photo(b"jpeg", b"small", 10, 10, "0" * 64)
    flow.add_details(pothole.pk, "It is deeper now", photos=[photo], at=LATER)
    assert Media.objects.get(request=pothole).stage == "added"
    assert mails(pothole, "streets@almendra.example") == ["liaison_new", "details_added"]


def test_words_are_released_by_staff_and_stay_when_it_moves(
    city: City, report: Report, dispatcher: Rights, liaison: Rights
) -> None:
    Service.objects.filter(pk=city.services["pothole"].pk).update(text_publication="after_look")
    made = flow.submit(report(description="Deep, call 559-555-0131"), at=life.MONDAY).request
    assert made.public_description == ""
    flow.publish_text(made.pk, "Deep", by=liaison, at=LATER)
    lon, lat = at(352, 701)
    moved = flow.move(made.pk, flow.Place(lon, lat), by=dispatcher, at=LATER)
    assert moved.public_description == "Deep"
    Service.objects.filter(pk=city.services["pothole"].pk).update(text_publication="never")
    with pytest.raises(NotAllowed):
        flow.publish_text(made.pk, "Deeper", by=liaison, at=LATER)


def test_the_last_work_order_takes_the_field_action(pothole: ServiceRequest, liaison: Rights) -> None:
    flow.open_order(pothole.pk, Order(number="WO-1", crew="3"), by=liaison, at=LATER)
    order = WorkOrder.objects.get(request=pothole)
    done = flow.complete_order(order.pk, by=liaison, at=LATER)
    assert (done.state, done.field_action_at) == ("done", LATER)


def test_assigned_copied_told_and_stopped(
    city: City, pothole: ServiceRequest, liaison: Rights, dispatcher: Rights
) -> None:
    lena = User.objects.get(username="lena")
    assert flow.assign(pothole.pk, lena, by=liaison, at=LATER).assignee_id == lena.pk
    flow.copy_to(pothole.pk, city.posts["parks"], by=dispatcher, at=LATER)
    assert Copy.objects.filter(request=pothole, post=city.posts["parks"]).exists()
    flow.stop_messages(pothole.pk)
    flow.transition(pothole.pk, to=State.CLOSED, by=liaison, at=LATER, words=Words(resolution="repaired"))
    assert "closed" not in mails(pothole, "rosalinda@example.org")
    told = flow.told(pothole.pk, how="phone", by=liaison, at=LATER)
    assert told.told_at == LATER
    assert outbox.readable(dispatcher).filter(request=pothole).exists()


def test_a_withdrawn_request_is_closed_once(pothole: ServiceRequest) -> None:
    gone = flow.withdraw(pothole.pk, at=LATER)
    assert (gone.state, gone.closed_at) == ("cancelled", LATER)
    with pytest.raises(WrongState):
        flow.withdraw(pothole.pk, at=LATER)


@pytest.mark.parametrize("change", [flow.resolve_review, flow.complete_order, flow.cancel_order, flow.settle])
def test_what_is_not_there_is_said_plainly(change: Any, db: None) -> None:
    with pytest.raises(NotFound):
        change(987654321) if change is flow.settle else change(987654321, by=REPORTER)
