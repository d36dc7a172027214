"""A request goes its way: who may take which step, and what it leaves in the row and in the history."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work import handing, steps
from geoserver_app.work.actor import REPORTER, SYSTEM, Actor
from geoserver_app.work.errors import Incomplete, NotAllowed, WrongState
from geoserver_app.work.models import StatusChange
from geoserver_app.work.opening import Outcome, open_request, reroute
from geoserver_app.work.present import Step
from geoserver_app.work.sight import staff_for
from geoserver_app.work.states import TRANSITIONS, State, next_states
from geoserver_app.work.steps import Words
from tests.life import MONDAY, Town, local

NOON = local("2026-11-16 12:00")


def write(step: Step) -> ServiceRequest:
    """What flow does with a step: the present goes into the row."""
    request = step.change.request
    ServiceRequest.objects.filter(pk=request.pk).update(**step.present.columns())
    return ServiceRequest.objects.select_related("service", "jurisdiction").get(pk=request.pk)


def opened(town: Town, **given: object) -> ServiceRequest:
    outcome = Outcome(priority="normal", department_id=town.works.pk, post_id=town.works_post.pk)
    return write(open_request(town.request(**given), outcome, calendar=town.calendar, at=MONDAY))


def actor(town: Town, name: str, request: ServiceRequest) -> Actor:
    return staff_for(town.rights(name), request)


def walk(town: Town, request: ServiceRequest, *states: str, by: str = "liaison") -> ServiceRequest:
    for state in states:
        words = Words(resolution="repaired") if state == "closed" else Words()
        request = write(steps.transition(request, to=state, by=actor(town, by, request), at=NOON, words=words))
    return request


def test_every_state_has_its_row_in_the_table_and_leads_somewhere() -> None:
    assert set(TRANSITIONS) == set(State)
    assert all(TRANSITIONS[state] for state in State)


def test_every_state_can_be_reached_and_can_reach_the_end() -> None:
    def reached(start: State) -> set[State]:
        seen, todo = {start}, [start]
        while todo:
            for after in TRANSITIONS[todo.pop()]:
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
        return seen

    assert reached(State.RECEIVED) == set(State)
    assert all(State.CLOSED in reached(state) for state in State)


def test_opening_gives_department_priority_and_deadline(almendra: Town) -> None:
    request = opened(almendra)
    assert (request.state, request.department, request.post) == ("assigned", almendra.works, almendra.works_post)
    # Three open days after Monday: the closing on Thursday.
    assert request.expected_datetime == local("2026-11-19 18:00")


def test_a_request_is_opened_once(almendra: Town) -> None:
    request = opened(almendra)
    with pytest.raises(WrongState):
        open_request(request, Outcome("normal", almendra.works.pk), calendar=almendra.calendar, at=NOON)


def test_without_anybody_to_give_it_to_it_begins_in_triage(almendra: Town) -> None:
    request = write(open_request(almendra.request(), Outcome("normal"), calendar=almendra.calendar, at=MONDAY))
    assert (request.state, request.department) == ("triage", None)


def test_what_an_agency_gets_has_no_deadline_of_the_citys(almendra: Town) -> None:
    outcome = Outcome("normal", agency_id=almendra.agency.pk)
    request = write(open_request(almendra.request(), outcome, calendar=almendra.calendar, at=MONDAY))
    assert (request.state, request.expected_datetime) == ("referred", None)


def test_from_accepted_to_closed_the_three_moments_are_three(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "accepted", "in_progress", "done")
    closing = NOON + timedelta(hours=2)
    step = steps.transition(
        request, to="closed", by=actor(almendra, "liaison", request), at=closing, words=Words(resolution="repaired")
    )
    request = write(step)
    assert (request.field_action_at, request.closed_at, request.told_at) == (NOON, closing, None)
    request = write(steps.told(request, how="phone", by=actor(almendra, "liaison", request), at=closing + timedelta(1)))
    assert request.told_at == closing + timedelta(1)


def test_the_history_tells_every_step_with_who_and_when(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "accepted", "done", "closed")
    told = [(c.from_state, c.to_state, c.by and c.by.username) for c in request.history.select_related("by")]
    assert told == [
        ("received", "assigned", None),
        ("assigned", "accepted", "liaison"),
        ("accepted", "done", "liaison"),
        ("done", "closed", "liaison"),
    ]


def test_whoever_accepts_has_it(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "accepted")
    assert request.assignee == almendra.people["liaison"]


def test_what_was_done_earlier_in_the_field_is_dated_by_when_it_was_done(almendra: Town) -> None:
    request = opened(almendra)
    earlier = MONDAY + timedelta(minutes=20)
    words = Words(field_action_at=earlier)
    step = steps.transition(request, to="done", by=actor(almendra, "liaison", request), at=NOON, words=words)
    assert step.present.field_action_at == earlier


@pytest.mark.parametrize("moment", [MONDAY - timedelta(minutes=1), NOON + timedelta(minutes=1)])
def test_a_field_action_lies_between_the_report_and_now(almendra: Town, moment: datetime) -> None:
    request = opened(almendra)
    with pytest.raises(Incomplete):
        steps.transition(
            request, to="done", by=actor(almendra, "liaison", request), at=NOON,
            words=Words(field_action_at=moment),
        )  # fmt: skip


def test_closing_as_fixed_says_when_it_was_fixed_also_without_a_step_before(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "closed")
    assert request.field_action_at == NOON


def test_closing_as_not_found_claims_no_field_action(almendra: Town) -> None:
    request = opened(almendra)
    words = Words(resolution="not-found")
    step = steps.transition(request, to="closed", by=actor(almendra, "liaison", request), at=NOON, words=words)
    assert step.present.field_action_at is None


@pytest.mark.parametrize("code", ["", "no-such-code"])
def test_closing_needs_a_resolution_of_the_citys(almendra: Town, code: str) -> None:
    request = opened(almendra)
    with pytest.raises(Incomplete):
        steps.transition(
            request, to="closed", by=actor(almendra, "liaison", request), at=NOON, words=Words(resolution=code)
        )


def test_cancelling_needs_a_note_of_staff(almendra: Town) -> None:
    request = opened(almendra)
    with pytest.raises(Incomplete):
        steps.transition(request, to="cancelled", by=actor(almendra, "liaison", request), at=NOON)


def test_the_reporter_may_withdraw_without_a_reason(almendra: Town) -> None:
    request = write(steps.transition(opened(almendra), to="cancelled", by=REPORTER, at=NOON))
    assert (request.state, request.closed_at) == ("cancelled", NOON)


def test_the_liaison_of_another_department_may_do_nothing(almendra: Town) -> None:
    request = opened(almendra)
    other = actor(almendra, "warden", request)
    assert next_states(request.state, other) == ()
    with pytest.raises(NotAllowed):
        steps.transition(request, to="accepted", by=other, at=NOON)


def test_the_call_taker_closes_what_was_a_question_but_not_the_work_of_others(almendra: Town) -> None:
    asked = almendra.request()
    agent = actor(almendra, "agent", asked)
    assert State.CLOSED in next_states("received", agent)
    assert State.CLOSED not in next_states("in_progress", agent)


def test_a_council_aide_reads_only(almendra: Town) -> None:
    request = opened(almendra)
    assert next_states(request.state, actor(almendra, "council", request)) == ()


def test_a_second_close_from_another_tab_is_refused(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "closed")
    with pytest.raises(WrongState):
        steps.transition(request, to="closed", by=SYSTEM, at=NOON)


def test_words_for_everybody_and_for_staff_are_two_lines(almendra: Town) -> None:
    request = opened(almendra)
    words = Words(note="Needs the big roller.", status_notes="We come on Tuesday.")
    step = steps.transition(request, to="accepted", by=actor(almendra, "liaison", request), at=NOON, words=words)
    lines = [(c.kind, c.note, c.public) for c in request.history.all()][1:]
    assert lines == [("note_internal", "Needs the big roller.", False), ("status", "We come on Tuesday.", True)]
    assert step.present.status_notes == "We come on Tuesday."


def test_reopened_it_waits_where_it_was_with_a_new_deadline_and_no_moments(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "done", "closed")
    again = local("2026-11-30 10:00")
    step = steps.reopen(request, by=REPORTER, at=again, calendar=almendra.calendar, reason="It is back.")
    request = write(step)
    assert (request.state, request.department, request.resolution) == ("assigned", almendra.works, "")
    assert (request.field_action_at, request.closed_at) == (None, None)
    assert request.expected_datetime == local("2026-12-03 18:00")
    assert step.change.data["closed_at"] == [NOON.astimezone(UTC).isoformat(), None]


def test_the_reporter_may_reopen_for_thirty_days_staff_for_ever(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "closed")
    late = NOON + timedelta(days=30, seconds=1)
    with pytest.raises(NotAllowed):
        steps.reopen(request, by=REPORTER, at=late, calendar=almendra.calendar)
    assert steps.reopen(request, by=actor(almendra, "liaison", request), at=late, calendar=almendra.calendar)


def test_only_what_is_closed_is_reopened(almendra: Town) -> None:
    with pytest.raises(WrongState):
        steps.reopen(opened(almendra), by=REPORTER, at=NOON, calendar=almendra.calendar)


def test_handed_on_it_waits_anew_and_keeps_its_deadline(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "accepted")
    due = request.expected_datetime
    step = handing.hand_on(
        request, almendra.parking, post=almendra.parking_post, by=actor(almendra, "liaison", request), at=NOON,
        calendar=almendra.calendar, reason="A parked car covers it.",
    )  # fmt: skip
    request = write(step)
    assert step.handed_on
    assert (request.state, request.department, request.assignee) == ("assigned", almendra.parking, None)
    assert request.expected_datetime == due
    # It is not Public Works' any more.
    assert next_states(request.state, actor(almendra, "liaison", request)) == ()


def test_handing_on_needs_a_reason_and_another_desk(almendra: Town) -> None:
    request = opened(almendra)
    by = actor(almendra, "liaison", request)
    with pytest.raises(Incomplete):
        handing.hand_on(request, almendra.parking, post=None, by=by, at=NOON, calendar=almendra.calendar, reason="  ")
    with pytest.raises(WrongState):
        handing.hand_on(
            request, almendra.works, post=almendra.works_post, by=by, at=NOON, calendar=almendra.calendar, reason="x"
        )


def test_a_desk_of_another_department_is_refused(almendra: Town) -> None:
    request = opened(almendra)
    with pytest.raises(Incomplete):
        handing.hand_on(
            request, almendra.parking, post=almendra.works_post, by=actor(almendra, "liaison", request), at=NOON,
            calendar=almendra.calendar, reason="x",
        )  # fmt: skip


def test_referred_to_an_agency_somebody_here_still_asks_after_it(almendra: Town) -> None:
    request = opened(almendra)
    request = write(handing.refer(request, almendra.agency, by=actor(almendra, "liaison", request), at=NOON))
    assert (request.state, request.agency, request.department) == ("referred", almendra.agency, almendra.works)
    assert request.expected_datetime is not None
    back = handing.hand_on(
        request, almendra.works, post=almendra.works_post, by=actor(almendra, "dispatcher", request), at=NOON,
        calendar=almendra.calendar, reason="The county says that the road is ours.",
    )  # fmt: skip
    assert back.present.agency_id is None


def test_a_person_is_named_and_the_line_keeps_the_name(almendra: Town) -> None:
    request = opened(almendra)
    step = handing.assign(request, almendra.people["liaison"], by=actor(almendra, "dispatcher", request), at=NOON)
    assert step.present.assignee_id == almendra.people["liaison"].pk
    assert step.change.data["assignee"] == [None, "Liaison"]


def test_a_pin_moved_into_anothers_district_hands_it_over_with_a_line(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "accepted")
    outcome = Outcome("normal", almendra.parking.pk, almendra.parking_post.pk)
    step = reroute(
        request, outcome, because="moved", service=request.service, by=actor(almendra, "dispatcher", request),
        calendar=almendra.calendar, at=NOON, data={"place": [[1, 2], [3, 4]]},
    )  # fmt: skip
    request = write(step)
    assert (request.state, request.department, request.assignee) == ("assigned", almendra.parking, None)
    assert (step.change.kind, step.change.data["place"]) == ("moved", [[1, 2], [3, 4]])


def test_a_pin_moved_within_the_district_takes_nothing_out_of_anybodys_hands(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "in_progress")
    outcome = Outcome("normal", almendra.works.pk, almendra.works_post.pk)
    step = reroute(
        request, outcome, because="moved", service=request.service, by=SYSTEM, calendar=almendra.calendar, at=NOON
    )
    assert (step.present.state, step.present.assignee_id) == ("in_progress", almendra.people["liaison"].pk)


def test_another_service_brings_its_own_deadline_from_the_same_start(almendra: Town) -> None:
    request = opened(almendra)
    outcome = Outcome("high", almendra.parking.pk, almendra.parking_post.pk)
    step = reroute(
        request, outcome, because="recategorised", service=almendra.driveway, by=SYSTEM, calendar=almendra.calendar,
        at=NOON,
    )  # fmt: skip
    assert step.present.expected_datetime == local("2026-11-16 11:00")


def test_a_closed_request_that_is_moved_stays_closed(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "closed")
    step = reroute(
        request, Outcome("normal", almendra.parking.pk), because="moved", service=request.service, by=SYSTEM,
        calendar=almendra.calendar, at=NOON,
    )  # fmt: skip
    assert not step.state_changed and step.present.department_id == almendra.works.pk


def test_a_note_after_the_closing_leaves_the_closing_time_as_updated(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "closed")
    step = steps.add_note(
        request, "Thank you for waiting.", public=True, by=actor(almendra, "liaison", request),
        at=NOON + timedelta(days=2),
    )  # fmt: skip
    assert step.present.updated_datetime == request.closed_at
    assert step.present.status_notes == "Thank you for waiting."


def test_a_change_is_appended_and_cannot_be_edited(almendra: Town) -> None:
    request = opened(almendra)
    with pytest.raises(IntegrityError, match="appended, never edited"), transaction.atomic():
        StatusChange.objects.filter(request=request).update(note="It was never here.")
    with pytest.raises(IntegrityError, match="appended, never edited"), transaction.atomic():
        StatusChange.objects.filter(request=request).delete()
    assert request.history.count() == 1
