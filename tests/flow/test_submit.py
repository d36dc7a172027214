"""A report comes in: committed, placed, routed, begun, told; once, whatever happens."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from geoserver_app import flow
from geoserver_app.intake.models import Incident, Review, ServiceRequest
from geoserver_app.intake.submission import Contact
from geoserver_app.notify.models import Message
from geoserver_app.route.models import Decision
from geoserver_app.work.models import StatusChange
from geoserver_app.work.states import State
from tests import life
from tests.flow.conftest import Report
from tests.route.city import City

pytestmark = pytest.mark.django_db


def test_a_report_is_placed_routed_and_begun(city: City, report: Report) -> None:
    made = flow.submit(report("pothole", 350, 700)).request
    assert (made.state, made.department_id) == (State.ASSIGNED, city.posts["streets"].department_id)
    assert city.squared.area("beat:1") in made.area_ids
    assert made.expected_datetime is not None
    assert made.is_public
    assert made.public_geom is not None
    stored = ServiceRequest.objects.get(pk=made.pk)
    assert (stored.state, stored.area_ids, stored.post_id) == (made.state, made.area_ids, made.post_id)
    assert Decision.objects.get(request=made).is_current
    assert list(StatusChange.objects.filter(request=made).values_list("from_state", "to_state")) == [
        ("received", "assigned")
    ]


def test_desk_copies_and_reporter_are_told_in_the_same_transaction(
    city: City, report: Report, told_by_mail: Contact
) -> None:
    made = flow.submit(report("pothole", contact=told_by_mail)).request
    kinds = Message.objects.filter(request=made).order_by("kind").values_list("kind", "to_address")
    assert list(kinds) == [("liaison_new", "streets@almendra.example"), ("receipt", "rosalinda@example.org")]


def test_a_pin_without_an_address_is_told_by_what_stands_there(report: Report) -> None:
    lot, street = flow.submit(report("weeds", 210, 530)).request, flow.submit(report("pothole", 350, 500)).request
    subjects = [Message.objects.get(request=one, kind="liaison_new").subject for one in (lot, street)]
    assert "1200 Main St" in subjects[0]
    assert "Main St" in subjects[1]


def test_of_a_day_before_the_borders_moved_it_knows_both_areas(city: City, report: Report) -> None:
    # Since 2025 beat 1 reaches to x=500; before, x=350 was beat 2's.
    old = flow.submit(report(x=350, requested_datetime=life.local("2024-06-03 09:00")), at=life.MONDAY).request
    one, two = city.squared.area("beat:1"), city.squared.area("beat:2")
    assert two in old.area_ids
    assert one not in old.area_ids
    assert old.areas_today is not None
    assert one in old.areas_today
    assert flow.submit(report(x=350), at=life.MONDAY).request.areas_today is None


def test_the_same_sending_twice_is_one_request(report: Report) -> None:
    first = flow.submit(report(idempotency_key="0a" * 16))
    again = flow.submit(report(idempotency_key="0a" * 16, description="a second tap"))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.request.pk == first.request.pk
    assert ServiceRequest.objects.count() == Incident.objects.count() == 1
    assert Message.objects.filter(kind="liaison_new").count() == 1


def test_a_settled_report_is_not_settled_twice(report: Report) -> None:
    made = flow.submit(report()).request
    flow.settle(made.pk)
    assert StatusChange.objects.filter(request=made).count() == 1
    assert Decision.objects.filter(request=made).count() == 1


def test_without_a_place_it_waits_for_a_person(report: Report, told_by_mail: Contact) -> None:
    made = flow.submit(report(x=None, address_text="somewhere over there", contact=told_by_mail)).request
    assert made.in_review
    assert set(reasons(made)) == {"no_place"}
    assert not made.is_public or made.public_geom is None


def test_outside_the_city_it_waits_with_the_neighbor_named(report: Report) -> None:
    made = flow.submit(report(x=1500.0)).request
    assert made.in_review
    assert "outside" in reasons(made)
    assert Message.objects.filter(request=made, kind="triage_failed").exists()


STAGES = {
    "geocode": "geoserver_app.flow_placing.locate",
    "link": "geoserver_app.flow_placing.link",
    "route": "geoserver_app.route.decide.decide",
    "work": "geoserver_app.flow.open_request",
    "notify": "geoserver_app.notify.tell.opened",
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_raises_leaves_the_request_in_triage_with_a_review(
    stage: str, city: City, report: Report, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[Any] = []

    def broken(*args: Any, **given: Any) -> Any:
        calls.append(args)
        if stage == "work" and len(calls) > 1:
            return kept(*args, **given)
        raise ZeroDivisionError("the rule divides by nought")

    module, _, name = STAGES[stage].rpartition(".")
    kept = getattr(__import__(module, fromlist=[name]), name)
    monkeypatch.setattr(STAGES[stage], broken)
    made = flow.submit(report(address_text="12 Main St")).request
    made.refresh_from_db()
    assert calls
    assert (made.state, made.in_review, made.post_id) == (State.TRIAGE, True, city.posts["triage"].pk)
    review = Review.objects.get(request=made)
    assert (review.stage, review.reason, review.detail) == (stage, "stage_failed", {"error": "ZeroDivisionError"})
    assert Message.objects.filter(request=made, kind="triage_failed", to_address="triage@almendra.example").count() == 1
    assert not Decision.objects.filter(request=made).exists()


def test_where_even_triage_fails_the_report_is_kept_and_shown(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **given: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("geoserver_app.flow.open_request", broken)
    made = flow.submit(report()).request
    made.refresh_from_db()
    assert (made.state, made.in_review) == (State.RECEIVED, True)
    monkeypatch.undo()
    flow.settle(made.pk)
    made.refresh_from_db()
    assert made.state == State.ASSIGNED


def test_five_trees_go_to_five_departments(city: City, report: Report) -> None:
    def desk(x: float, y: float, **given: Any) -> int | None:
        return flow.submit(report("tree", x, y, **given)).request.post_id

    posts = city.posts
    assert desk(150, 520) == posts["parks"].pk
    assert desk(350, 500) == posts["forestry"].pk
    assert desk(210, 530) == posts["code"].pk
    assert desk(350, 500, answers={"where": "wires"}) == posts["utilities"].pk
    assert desk(350, 500, answers={"where": "fallen"}) == posts["waste"].pk


def reasons(request: ServiceRequest) -> list[str]:
    return list(Review.objects.filter(request=request, resolved_at=None).values_list("reason", flat=True))


def test_a_report_costs_few_statements(report: Report) -> None:
    flow.submit(report())  # what is kept from then on is read
    with CaptureQueriesContext(connection) as asked:
        made = flow.submit(report(contact=Contact(email="ana@example.com", tell_by="email"))).request
    assert made.state == State.ASSIGNED
    statements = [query["sql"] for query in asked if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 18, statements
