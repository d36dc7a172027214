"""What each step makes the city tell, to whom, and that it is told once or not at all."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from geoserver_app.accounts.models import PostHolder
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify import outbox, tell
from geoserver_app.notify.case import RELATED, UNREAD, Case, case_of
from geoserver_app.notify.errors import NotByHand
from geoserver_app.notify.models import Message
from geoserver_app.work import copies, handing, steps
from geoserver_app.work.actor import REPORTER
from geoserver_app.work.opening import Outcome, open_request
from geoserver_app.work.present import Step
from geoserver_app.work.sight import staff_for
from geoserver_app.work.steps import Words
from tests.life import MONDAY, Town

NOON = MONDAY + timedelta(hours=3)
MAIL = {"tell_by": "email", "email": "maria@example.com"}
WHY = {"en": "A rule says so."}


def written(step: Step) -> ServiceRequest:
    """What flow does before it tells: the present goes into the row and onto the request."""
    request = step.change.request
    ServiceRequest.objects.filter(pk=request.pk).update(**step.present.columns())
    return ServiceRequest.objects.select_related("service", "jurisdiction", "department", "agency").get(pk=request.pk)


def case(town: Town, request: ServiceRequest, at: Any = NOON) -> Case:
    return case_of(request, calendar=town.calendar, at=at)


def opened(town: Town, *, copies: tuple[int, ...] = (), **given: Any) -> ServiceRequest:
    outcome = Outcome("normal", town.works.pk, town.works_post.pk, copies=copies)
    request = written(open_request(town.request(**given), outcome, calendar=town.calendar, at=MONDAY))
    tell.opened(case(town, request, MONDAY), why=WHY)
    return request


def step(town: Town, request: ServiceRequest, to: str, by: str = "liaison", at: Any = NOON) -> ServiceRequest:
    actor = staff_for(town.rights(by), request)
    words = Words(resolution="repaired") if to == "closed" else Words()
    made = steps.transition(request, to=to, by=actor, at=at, words=words)
    request = written(made)
    tell.step(case(town, request, at), made)
    return request


def told(**given: Any) -> list[tuple[str, str]]:
    """(kind, address) of every message, in the order in which they were written."""
    return list(Message.objects.filter(**given).order_by("pk").values_list("kind", "to_address"))


def test_a_new_request_goes_to_the_desk_the_copies_and_back_to_the_reporter(almendra: Town) -> None:
    opened(almendra, copies=(almendra.parking_post.pk,), reporter=MAIL)
    assert told() == [
        ("liaison_new", "public-works@almendra.example"),
        ("copy", "parking-control@almendra.example"),
        ("receipt", "maria@example.com"),
    ]


def test_three_mails_cost_three_queries(almendra: Town, django_assert_num_queries: Any) -> None:
    made = almendra.request(department=almendra.works, post=almendra.works_post, state="assigned", reporter=MAIL)
    copies.set_by_rule(made, [almendra.parking_post.pk], at=MONDAY)
    request = ServiceRequest.objects.select_related(*RELATED).defer(*UNREAD).get(pk=made.pk)
    with django_assert_num_queries(3):  # the desks with a copy, their mailboxes, one insert
        assert tell.opened(case(almendra, request)).messages == 3


def test_an_anonymous_reporter_is_told_nothing(almendra: Town) -> None:
    opened(almendra)
    assert told(recipient="reporter") == []


def test_telling_twice_of_one_event_tells_once(almendra: Town) -> None:
    request = opened(almendra, reporter=MAIL)
    tell.opened(case(almendra, request, MONDAY), why=WHY)
    assert len(told()) == 2


def test_what_was_imported_is_never_told_to_anybody(almendra: Town) -> None:
    request = opened(almendra, copies=(almendra.parking_post.pk,), reporter=MAIL, source="notes-2007")
    request = step(almendra, step(almendra, request, "accepted"), "closed")
    made = steps.reopen(request, by=REPORTER, at=NOON, calendar=almendra.calendar)
    tell.step(case(almendra, written(made)), made)
    tell.triage(case(almendra, request), [almendra.works_post.pk], ("no_rule",), cause="review")
    assert told() == []


def test_a_message_is_there_only_if_what_it_tells_is(almendra: Town) -> None:
    request = opened(almendra, reporter=MAIL)
    with pytest.raises(RuntimeError), transaction.atomic():
        step(almendra, request, "accepted")
        raise RuntimeError
    assert told(kind="stage") == []


def test_stages_go_to_the_reporter_and_to_those_with_a_copy(almendra: Town) -> None:
    request = opened(almendra, copies=(almendra.parking_post.pk,), reporter=MAIL)
    step(almendra, request, "accepted")
    assert told(kind="stage") == [("stage", "maria@example.com"), ("stage", "parking-control@almendra.example")]


def test_closing_is_told_to_everybody_who_got_a_copy_but_not_to_whoever_closed_it(almendra: Town) -> None:
    request = opened(almendra, copies=(almendra.parking_post.pk,), reporter=MAIL)
    step(almendra, request, "closed")
    assert told(kind="closed") == [("closed", "maria@example.com"), ("closed", "parking-control@almendra.example")]


def test_the_desk_hears_of_a_closing_by_somebody_else(almendra: Town) -> None:
    step(almendra, opened(almendra), "closed", by="dispatcher")
    assert told(kind="closed") == [("closed", "public-works@almendra.example")]


def test_handed_on_the_new_desk_reads_the_reason(almendra: Town) -> None:
    request = opened(almendra)
    made = handing.hand_on(
        request, almendra.parking, post=almendra.parking_post, by=staff_for(almendra.rights("liaison"), request),
        at=NOON, calendar=almendra.calendar, reason="A parked car covers it.",
    )  # fmt: skip
    tell.step(case(almendra, written(made)), made)
    handed = Message.objects.get(kind="handed_on")
    assert handed.to_address == "parking-control@almendra.example"
    assert "Reason: A parked car covers it." in handed.body_text


def test_an_agency_outside_gets_the_words_but_no_link_to_the_console(almendra: Town) -> None:
    request = opened(almendra, reporter=MAIL, description="A hole.")
    made = handing.refer(
        request, almendra.agency, by=staff_for(almendra.rights("liaison"), request), at=NOON, reason="County road."
    )
    tell.step(case(almendra, written(made)), made)
    referred = Message.objects.get(kind="agency")
    assert referred.to_address == "roads@county.example" and "A hole." in referred.body_text
    assert "/console/" not in referred.body_text and "maria" not in referred.body_text
    assert "(559) 555-0177" in Message.objects.get(kind="stage", recipient="reporter").body_text


def test_reopened_and_added_to_the_desk_reads_what_the_reporter_wrote(almendra: Town) -> None:
    request = step(almendra, opened(almendra, reporter=MAIL), "closed", by="dispatcher")
    made = steps.reopen(request, by=REPORTER, at=NOON, calendar=almendra.calendar, reason="It is back.")
    request = written(made)
    tell.step(case(almendra, request), made)
    added = steps.add_details(request, "Deeper now.", photos=2, by=REPORTER, at=NOON)
    tell.step(case(almendra, written(added)), added, photos=2)
    again, details = Message.objects.filter(recipient="post", kind__in=["reopened", "details_added"]).order_by("pk")
    assert "It is back." in again.body_text
    assert "Deeper now." in details.body_text and "New photos: 2" in details.body_text
    assert told(kind="reopened", recipient="reporter") == [("reopened", "maria@example.com")]


def test_an_internal_note_is_told_to_nobody_and_a_public_one_to_the_reporter(almendra: Town) -> None:
    request = opened(almendra, reporter=MAIL)
    by = staff_for(almendra.rights("liaison"), request)
    for public in (False, True):
        made = steps.add_note(request, "We come on Tuesday.", public=public, by=by, at=NOON)
        request = written(made)
        tell.step(case(almendra, request), made)
    assert told(kind="note") == [("note", "maria@example.com")]


def test_what_waits_for_a_decision_is_told_to_triage_with_the_reason(almendra: Town) -> None:
    request = almendra.request()
    tell.triage(case(almendra, request), [almendra.works_post.pk], ("near_line",), cause="review:1")
    mail = Message.objects.get(kind="triage_failed")
    assert "The pin is nearer to a line than it is accurate" in mail.body_text


def test_a_desk_without_a_mailbox_reaches_those_who_sit_there(almendra: Town) -> None:
    almendra.works_post.email = ""
    almendra.works_post.save()
    opened(almendra)
    assert told() == [("liaison_new", "liaison@almendra.example")]


def test_a_desk_without_anybody_is_reported_and_not_passed_over(almendra: Town) -> None:
    almendra.works_post.email = ""
    almendra.works_post.save()
    PostHolder.objects.all().delete()
    request = almendra.request(department=almendra.works, post=almendra.works_post, state="assigned")
    assert tell.opened(case(almendra, request)).unaddressed == (f"post {almendra.works_post.pk}",)


@pytest.mark.parametrize(
    ("way", "address", "kinds"),
    [
        ({"tell_by": "phone", "phone": "(559) 555-0142"}, "(559) 555-0142", ["closed"]),
        ({"tell_by": "text", "phone": "(559) 555-0142"}, "(559) 555-0142", ["receipt", "closed"]),
        ({"tell_by": "post", "postal_address": "12 Elm St"}, "12 Elm St", ["closed"]),
        ({"tell_by": "none", "email": "maria@example.com"}, "", []),
        ({"tell_by": "email", "email": ""}, "", []),
    ],
)
def test_everybody_is_told_the_way_they_asked_for(
    almendra: Town, way: dict[str, str], address: str, kinds: list[str]
) -> None:
    request = opened(almendra, reporter={**way, "language": "es"}, language="es")
    step(almendra, step(almendra, request, "accepted"), "closed")
    messages = Message.objects.filter(recipient="reporter").order_by("pk")
    assert [one.kind for one in messages] == kinds
    assert all(one.to_address == address and one.language == "es" for one in messages)


def test_staff_read_out_the_closing_in_the_residents_language_and_tick_it_off(almendra: Town) -> None:
    reporter = {"tell_by": "phone", "phone": "(559) 555-0142", "language": "es"}
    step(almendra, opened(almendra, reporter=reporter), "closed")
    (call,) = outbox.to_do_by_hand(almendra.rights("agent"))
    assert call.subject.startswith("Call back about request")
    assert "Bache, se cerró. El trabajo está hecho." in call.body_text
    ended: list[Message] = []
    done = outbox.done_by_hand(call.pk, by_id=almendra.people["agent"].pk, at=NOON, on_end=ended.append)
    assert (done.state, ended) == ("sent", [done])
    with pytest.raises(NotByHand):
        outbox.done_by_hand(call.pk, by_id=almendra.people["agent"].pk, at=NOON, on_end=ended.append)


def test_calls_are_shown_to_those_who_may_see_reporters_only(almendra: Town) -> None:
    reporter = {"tell_by": "phone", "phone": "(559) 555-0142"}
    step(almendra, opened(almendra, reporter=reporter), "closed")
    assert outbox.to_do_by_hand(almendra.rights("council")).count() == 0
    assert outbox.to_do_by_hand(almendra.rights("warden")).count() == 0


def test_the_outbox_is_read_by_those_who_may_and_never_beyond_their_requests(almendra: Town) -> None:
    opened(almendra, reporter=MAIL)
    sensitive = almendra.request(service=almendra.tip, department=almendra.works, reporter=MAIL)
    tell.receipt(case(almendra, sensitive))
    assert outbox.readable(almendra.rights("dispatcher")).count() == 2
    assert outbox.readable(almendra.rights("liaison")).count() == 0


def test_who_may_not_see_reporters_reads_a_masked_address(almendra: Town) -> None:
    from geoserver_app.accounts.roles import Role

    opened(almendra, reporter=MAIL)
    almendra.person("administrator", Role.ADMIN)
    rights = almendra.rights("administrator")
    shown = {outbox.address_shown(one, rights) for one in outbox.readable(rights)}
    assert shown == {"m…@example.com", "public-works@almendra.example"}


def test_who_wants_no_more_messages_gets_not_even_those_that_wait(almendra: Town) -> None:
    request = opened(almendra, reporter=MAIL)
    assert outbox.stop(request) == 1
    assert set(Message.objects.values_list("recipient", "state")) == {("post", "pending"), ("reporter", "suppressed")}


def test_old_messages_are_forgotten_and_that_they_were_sent_is_not(almendra: Town) -> None:
    opened(almendra, reporter=MAIL)
    Message.objects.update(state="sent", sent_at=MONDAY)
    assert outbox.forget(MONDAY + timedelta(days=179)) == 0
    assert outbox.forget(MONDAY + timedelta(days=181)) == 2
    assert not Message.objects.exclude(to_address="", body_text="", body_html="", subject="").exists()
    assert Message.objects.filter(state="sent", sent_at=MONDAY).count() == 2


def test_the_outbox_says_how_it_stands(almendra: Town) -> None:
    opened(almendra, reporter={"tell_by": "text", "phone": "(559) 555-0142"})
    Message.objects.filter(kind="liaison_new").update(state="failed")
    health = outbox.health(almendra.jurisdiction.pk, NOON)
    assert (health.waiting, health.failed, health.by_hand) == (0, 1, 1)
