"""Work orders, and the answer of the resident afterwards."""

from datetime import timedelta

import pytest

from geoserver_app.work.actor import REPORTER, SYSTEM
from geoserver_app.work.errors import Incomplete, NotAllowed, WrongState
from geoserver_app.work.models import Satisfaction
from geoserver_app.work.orders import Order, cancel_order, complete_order, open_order
from geoserver_app.work.satisfaction import Reply, answer
from geoserver_app.work.steps import Words, reopen, transition
from tests.life import Town
from tests.work.test_steps import NOON, actor, opened, walk, write


def test_the_last_order_that_comes_back_done_is_the_field_action(almendra: Town) -> None:
    request = opened(almendra)
    by = actor(almendra, "liaison", request)
    first, _ = open_order(request, Order("8812", "night crew"), by=by, at=NOON)
    second, _ = open_order(request, Order("8813", "pavers"), by=by, at=NOON)
    assert complete_order(first, by=SYSTEM, at=NOON).present.state == "assigned"
    step = complete_order(second, by=SYSTEM, at=NOON + timedelta(days=1), done_at=NOON + timedelta(hours=3))
    assert (step.present.state, step.present.field_action_at) == ("done", NOON + timedelta(hours=3))


def test_an_order_ends_once(almendra: Town) -> None:
    request = opened(almendra)
    order, _ = open_order(request, Order("8812"), by=actor(almendra, "liaison", request), at=NOON)
    complete_order(order, by=SYSTEM, at=NOON)
    with pytest.raises(WrongState):
        complete_order(order, by=SYSTEM, at=NOON)


def test_a_number_of_a_department_is_given_once(almendra: Town) -> None:
    request = opened(almendra)
    by = actor(almendra, "liaison", request)
    open_order(request, Order("8812"), by=by, at=NOON)
    with pytest.raises(Incomplete):
        open_order(request, Order("8812"), by=by, at=NOON)


def test_with_an_open_order_a_request_is_not_closed(almendra: Town) -> None:
    request = opened(almendra)
    by = actor(almendra, "liaison", request)
    order, _ = open_order(request, Order("8812"), by=by, at=NOON)
    closing = Words(resolution="repaired")
    with pytest.raises(WrongState, match="8812"):
        transition(request, to="closed", by=by, at=NOON, words=closing)
    cancel_order(order, by=by, at=NOON)
    assert transition(request, to="closed", by=by, at=NOON, words=closing).present.state == "closed"


def test_the_liaison_of_another_department_orders_nothing(almendra: Town) -> None:
    request = opened(almendra)
    with pytest.raises(NotAllowed):
        open_order(request, Order(), by=actor(almendra, "warden", request), at=NOON)


def test_an_answer_is_kept_once_and_can_be_changed_for_thirty_days(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "closed")
    answer(request, Reply("yes", "courteous"), at=NOON)
    answer(request, Reply("no", comment="It is back."), at=NOON + timedelta(days=29))
    kept = Satisfaction.objects.get(request=request)
    assert (kept.resolved, kept.rating, kept.at, kept.changed_at) == ("no", "", NOON, NOON + timedelta(days=29))
    with pytest.raises(NotAllowed):
        answer(request, Reply("yes"), at=NOON + timedelta(days=31))


def test_a_first_answer_is_welcome_at_any_time(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "closed")
    assert answer(request, Reply("partly"), at=NOON + timedelta(days=400))


def test_after_reopening_and_closing_again_the_answer_can_be_given_anew(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "closed")
    answer(request, Reply("no"), at=NOON)
    request = write(reopen(request, by=REPORTER, at=NOON, calendar=almendra.calendar))
    later = NOON + timedelta(days=60)
    by = actor(almendra, "liaison", request)
    request = write(transition(request, to="closed", by=by, at=later, words=Words(resolution="repaired")))
    assert answer(request, Reply("yes"), at=later + timedelta(days=1)).change.data["resolved"] == ["no", "yes"]


def test_before_the_end_there_is_nothing_to_answer(almendra: Town) -> None:
    with pytest.raises(WrongState):
        answer(opened(almendra), Reply("yes"), at=NOON)


def test_the_words_of_an_answer_stay_out_of_the_history(almendra: Town) -> None:
    request = walk(almendra, opened(almendra), "closed")
    step = answer(request, Reply("no", comment="Call me: (559) 555-0142"), at=NOON)
    assert "555" not in step.change.note + str(step.change.data)
