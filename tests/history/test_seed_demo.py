"""The whole way: seed_demo into the database of a small town with Almendra's offices, services and rules."""

import copy
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from fixtures.history import contacts
from geoserver_app.catalog.form import check_answers
from geoserver_app.catalog.models import Service
from geoserver_app.commands import demo_city, demo_history
from geoserver_app.commands.demo_history import Seeding, stored, truth_file, wanted
from geoserver_app.intake.models import Reporter, Review, ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.published.models import SensitivePlan
from geoserver_app.work.models import StatusChange, WorkOrder
from geoserver_app.work.states import TRANSITIONS, State
from layers.errors import Conflict
from tests import life
from tests.history.conftest import AS_OF
from tests.link.squared import Squared

pytestmark = pytest.mark.django_db
N = 400
NOW = datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=life.ZONE)


def seeded(squared: Squared, requests: int = N, *, block: int = 150) -> Seeding:
    seeding = Seeding(squared.jurisdiction, wanted(squared.jurisdiction, requests, AS_OF, AS_OF))
    seeding.run(lambda _count: None, block=block)
    return seeding


def content() -> list[tuple[Any, ...]]:
    """Everything that a run made of each report, but what is drawn by lot: ids and codes."""
    fields = [
        field.attname for field in ServiceRequest._meta.concrete_fields
        if field.attname not in {"id", "incident_id", "access_code"}
    ]  # fmt: skip
    rows = ServiceRequest.objects.order_by("idempotency_key").values_list(*fields)
    lines = StatusChange.objects.order_by("request__idempotency_key", "at", "pk")
    return [*rows, *lines.values_list("kind", "at", "from_state", "to_state", "note", "by_id", "by_reporter")]


@pytest.fixture(scope="class")
def _history(_almendra: Squared, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeding]:
    """One history for the tests that only look at it; undone after them."""
    folder = tmp_path_factory.mktemp("history")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DATA_DIR=str(folder)):
        yield seeded(copy.deepcopy(_almendra))
        transaction.set_rollback(True)


@pytest.fixture
def history(_history: Seeding, db: None) -> Seeding:
    return _history


class TestWhatIsThere:
    def test_every_channel_and_year_as_the_shares_say(self, history: Seeding) -> None:
        found: Counter[tuple[str, int]] = Counter()
        for channel, requested in ServiceRequest.objects.values_list("channel", "requested_datetime"):
            found[channel, requested.astimezone(life.ZONE).year] += 1
        for year, counts in history.history.counts().items():
            assert {channel: found[channel, year] for channel in counts} == counts
        assert sum(sum(year.values()) for year in contacts.complete_years(N)) == N

    def test_lives_follow_the_table_of_states_and_the_clock(self, history: Seeding) -> None:
        for request in ServiceRequest.objects.prefetch_related("history"):
            lines = sorted(request.history.all(), key=lambda one: (one.at, one.pk))
            assert [one.to_state for one in lines[:-1]] == [one.from_state for one in lines[1:]]
            assert lines[-1].to_state == request.state
            assert all(one.at < NOW for one in lines)
            for one in lines:
                assert one.from_state == one.to_state or State(one.to_state) in TRANSITIONS[State(one.from_state)]
            moments = [request.requested_datetime, request.field_action_at, request.closed_at, request.told_at]
            known = [moment for moment in moments if moment is not None]
            assert known == sorted(known)

    def test_what_ended_left_nothing_to_look_at(self, history: Seeding) -> None:
        waiting = Review.objects.filter(resolved_at=None)
        assert not waiting.filter(request__state__in=["closed", "cancelled"]).exists()
        assert set(waiting.values_list("request_id", flat=True)) == set(
            ServiceRequest.objects.filter(in_review=True).values_list("pk", flat=True)
        )

    def test_nobody_is_told_and_everybody_is_invented(self, history: Seeding) -> None:
        assert not Message.objects.exists()
        assert not Reporter.objects.exclude(email="").exclude(email__endswith=".example").exists()
        assert not Reporter.objects.exclude(phone="").exclude(phone__contains="555-01").exists()

    def test_answers_are_such_as_the_forms_take(self, history: Seeding) -> None:
        services = {one.pk: one for one in Service.objects.prefetch_related("attributes")}
        for request in ServiceRequest.objects.prefetch_related("answers__attribute"):
            given = {one.attribute.code: one.value for one in request.answers.all()}
            checked = check_answers(services[request.service_id], given)
            assert not checked.errors, (services[request.service_id].code, given)
            assert checked.cleaned == given
            assert checked.stopper is None

    @pytest.mark.usefixtures("history")
    def test_one_database_holds_one_history(self, _almendra: Squared) -> None:
        assert wanted(_almendra.jurisdiction, None, None, life.MONDAY.date()).as_of == AS_OF
        with pytest.raises(Conflict, match="A history of 400 requests as of 2026-11-20 is there already"):
            wanted(_almendra.jurisdiction, 500, None, AS_OF)

    @pytest.mark.usefixtures("history")
    def test_no_order_is_open_on_what_is_closed(self) -> None:
        assert_no_order_is_open_on_what_is_closed()

    def test_the_truth_stands_in_a_file(self, history: Seeding) -> None:
        told = json.loads(truth_file().read_text(encoding="utf-8"))
        assert told["requests"] == N
        assert told["as_of"] == "2026-11-20"
        assert set(told["rates"]) == {"N1", "N2", "N01"}
        assert told["contacts"]["2025"] == history.history.counts()[2025]
        assert {spot["service"] for spot in told["hot_spots"]} >= {"graffiti", "pothole"}
        assert len(told["repeat_places"]) <= 40


def assert_no_order_is_open_on_what_is_closed() -> None:
    assert WorkOrder.objects.exists()
    assert not WorkOrder.objects.filter(request__state__in=["closed", "cancelled"], done_at=None).exists()


@pytest.mark.slow
def test_in_a_longer_history_no_order_is_open_on_what_is_closed(almendra: Squared) -> None:
    seeded(almendra, 1_500, block=1_000)
    assert_no_order_is_open_on_what_is_closed()


def test_a_run_that_was_broken_off_goes_on_to_the_same_end(almendra: Squared) -> None:
    whole = seeded(almendra, 200)
    told = content()
    _forget_all()
    blocks = 0

    def killed(_count: int) -> None:
        nonlocal blocks
        blocks += 1
        if blocks == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Seeding(almendra.jurisdiction, whole.history.order).run(killed, block=50)
    there = stored(almendra.jurisdiction)
    assert there is not None
    assert there.requests == 100
    seeded(almendra, 200)
    assert content() == told


def _forget_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("truncate intake_servicerequest, intake_incident, intake_runningnumber cascade")
        cursor.execute("set constraints all deferred")


def test_the_command_says_what_it_did_and_does_it_once(
    almendra: Squared, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.DEMO = True
    monkeypatch.setattr(demo_city, "is_complete", lambda: True)
    monkeypatch.setattr(demo_history, "DEFAULT_REQUESTS", 60)
    call_command("seed_demo", "--as-of", "2026-11-20")
    assert "Wrote 7" in capsys.readouterr().out
    assert SensitivePlan.objects.get().begun_on == date(2026, 11, 20)
    call_command("seed_demo")
    assert "The history up to 2026-11-20 is there: 7" in capsys.readouterr().out


def test_it_is_refused_with_any_database_but_the_demo(almendra: Squared, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(Conflict, match="DEMO=1"):
        call_command("seed_demo")
