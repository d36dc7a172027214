"""Whatever is merged, taken out, moved, closed and reopened in whatever order: it adds up and nobody is told twice."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geoserver_app import flow, flow_incidents
from geoserver_app.accounts.rights import Rights
from geoserver_app.duplicates.models import Joining
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.work.actor import REPORTER
from geoserver_app.work.joining import COMMON
from geoserver_app.work.models import StatusChange
from geoserver_app.work.states import CLOSED, State
from geoserver_app.work.steps import Words
from layers.errors import OneMapError
from tests import life
from tests.duplicates.conftest import Reported

pytestmark = pytest.mark.django_db
PEOPLE = ("ana", "beto", "carla", "dino")
Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "take_out", "move", "lead", "differ", "close", "begin", "reopen", "withdraw", "add"]),
        st.integers(0, 5),
        st.integers(0, 5),
    ),
    max_size=9,
)


class Undone(Exception):
    """Ends a try, so that the next one begins where this one did."""


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("merge", 0, 1), ("merge", 0, 2), ("add", 0, 0), ("add", 0, 0)])  # the last report raises the urgency
def test_any_sequence_adds_up(steps: list[Step], dora: Rights, reported: Reported) -> None:
    assert_adds_up(steps, dora, reported)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_hundred_and_fifty_sequences_add_up(steps: list[Step], dora: Rights, reported: Reported) -> None:
    assert_adds_up(steps, dora, reported)


def assert_adds_up(steps: list[Step], dora: Rights, reported: Reported) -> None:
    try:
        with transaction.atomic():
            requests = [reported(name, x=340.0 + 4 * at) for at, name in enumerate(PEOPLE)]
            clock = life.MONDAY
            for step in steps:
                clock += timedelta(minutes=5)
                _take(step, requests, dora, reported, clock)
                _adds_up(requests)
            raise Undone
    except Undone:
        pass


def _take(step: Step, requests: list[ServiceRequest], dora: Rights, reported: Reported, at: Any) -> None:
    """One step; where it may not be, nothing of it may stay."""
    what, one, two = step
    first, second = requests[one % len(requests)], requests[two % len(requests)]
    before = _everything()
    try:
        with transaction.atomic():
            _do(what, first.pk, second.pk, requests, dora, reported, at)
    except OneMapError:
        assert _everything() == before


def _do(
    what: str, one: int, two: int, requests: list[ServiceRequest], dora: Rights, reported: Reported, at: Any
) -> None:
    if what == "add":
        incident = ServiceRequest.objects.get(pk=one).incident_id
        requests.append(reported(f"more{len(requests)}", incident_id=incident))
        return
    steps: dict[str, Any] = {
        "merge": lambda: flow_incidents.merge(one, two, by=dora, at=at),
        "take_out": lambda: flow_incidents.take_out(one, by=dora, at=at),
        "move": lambda: flow_incidents.move_report(one, two, by=dora, at=at),
        "lead": lambda: flow_incidents.let_lead(one, by=dora, at=at),
        "differ": lambda: flow_incidents.not_the_same(one, two, by=dora, at=at),
        "close": lambda: flow.transition(one, to=State.CLOSED, by=dora, at=at, words=Words(resolution="repaired")),
        "begin": lambda: flow.transition(one, to=State.IN_PROGRESS, by=dora, at=at),
        "reopen": lambda: flow.reopen(one, by=REPORTER, at=at),
        "withdraw": lambda: flow.withdraw(one, by=REPORTER, at=at),
    }
    steps[what]()


def _everything() -> tuple[Any, ...]:
    rows = ServiceRequest.objects.order_by("pk").values_list("pk", "incident", "leads", *COMMON)
    return tuple(rows), StatusChange.objects.count(), Joining.objects.count(), Message.objects.count()


def _adds_up(requests: list[ServiceRequest]) -> None:
    rows = list(ServiceRequest.objects.order_by("pk"))
    assert len(rows) == len(requests)
    leading = [one.incident_id for one in rows if one.leads]
    # Each incident that has reports has one that leads, and no other.
    assert sorted(leading) == sorted({one.incident_id for one in rows})
    leaders = {one.incident_id: one for one in rows if one.leads}
    for one in rows:
        _stands_with(one, leaders[one.incident_id])
        _was_told_as_often_as_it_happened(one)
        # What the public sees is what was computed from the report's own place, and no joining has a part in it.
        assert (one.is_public, one.public_description) == (True, "")
    twice = Counter(Message.objects.values_list("request", "kind", "dedupe_key"))
    assert max(twice.values(), default=1) == 1


def _stands_with(one: ServiceRequest, leader: ServiceRequest) -> None:
    if (one.state in CLOSED and one.state != leader.state) or (leader.state in CLOSED and one.state in CLOSED):
        return  # withdrawn by its own reporter
    assert {name: getattr(one, name) for name in COMMON} == {name: getattr(leader, name) for name in COMMON}


def _was_told_as_often_as_it_happened(one: ServiceRequest) -> None:
    """A message about the end for each time that it ended, and none more; the same of beginning again."""
    told = Counter(one.messages.filter(recipient=Message.To.REPORTER).values_list("kind", flat=True))
    lines = StatusChange.objects.filter(request=one)
    ended = sum(1 for line in lines if line.to_state in CLOSED and line.from_state not in CLOSED)
    again = sum(1 for line in lines if line.from_state in CLOSED and line.to_state not in CLOSED)
    assert told["closed"] <= ended
    assert told["reopened"] <= again
    assert told["receipt"] <= 1


def test_taking_apart_what_was_merged_leaves_everything_where_it_was(dora: Rights, reported: Reported) -> None:
    requests = [reported(name, x=340.0 + 4 * at) for at, name in enumerate(PEOPLE)]
    before = list(ServiceRequest.objects.order_by("pk").values_list("pk", "incident", "leads", *COMMON))
    one, two, three, four = (request.pk for request in requests)
    flow_incidents.merge(three, four, by=dora)
    flow_incidents.merge(one, two, three, by=dora)
    for pk in (three, two, four):
        flow_incidents.take_out(pk, by=dora)
    assert list(ServiceRequest.objects.order_by("pk").values_list("pk", "incident", "leads", *COMMON)) == before
