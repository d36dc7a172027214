"""Processes that take reports in and mail are killed; what was acknowledged is there and reaches its end.

The contract: a number that somebody was given is in the database. Whatever is in the database is placed, routed, begun
and told exactly once, by the worker if the process that took it in has died. A mail arrives at least once, and at most
once more than intended (notify/delivery.py).
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from geoserver_app import flow
from geoserver_app.accounts.roles import Role
from geoserver_app.intake import store
from geoserver_app.intake.models import Incident, RunningNumber, ServiceRequest
from geoserver_app.intake.store import Stored
from geoserver_app.intake.submission import Contact, Submission
from geoserver_app.notify import claims
from geoserver_app.notify.delivery import deliver_due
from geoserver_app.notify.models import Message
from geoserver_app.route.models import Decision
from geoserver_app.work.models import StatusChange
from tests import life
from tests.flow.conftest import with_rules
from tests.link.squared import at
from tests.notify.mail_server import MailServer
from tests.route.city import City
from tests.worker import run_jobs

# Each day right after the number was given, in the middle, and before the commit of what was decided.
EVERYDAY_PLACES = ("stored", "linked", "before_commit")
FURTHER_PLACES = ("located", "routed", "opened", "told", "settled")
PLACES = (*EVERYDAY_PLACES, *(pytest.param(place, marks=pytest.mark.slow) for place in FURTHER_PLACES))


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> City:
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")  # Django does not empty the tables of jobs
    return with_rules(tmp_path)


@pytest.fixture
def mail_server(settings: object) -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    server.into(settings)
    yield server
    server.stop()


def report_of(city: City, number: int) -> Submission:
    lon, lat = at(300 + number % 150, 700)
    return Submission(
        city.squared.jurisdiction.pk,
        city.services["pothole"].pk,
        "web",
        lon=lon,
        lat=lat,
        place_method="pin",
        address_text="120 Main St",
        contact=Contact(email=f"neighbor{number}@example.org", tell_by="email"),
        idempotency_key=f"sending-{number}",
        requested_datetime=life.MONDAY,
    )


def killed(
    work: Callable[[int], None], *, after: float | None = None, since_first: bool = False, failpoint: str = ""
) -> list[str]:
    """Does work in a process of its own that is killed, after a time or at a failpoint; what it had acknowledged.

    ``since_first``: the time runs from its first acknowledgement, so that however slow the machine is there is one.
    """
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.environ |= {"ONEMAP_FAILPOINT": failpoint, "ONEMAP_PRIVATE_DATABASE": "1"}
        try:
            work(writing)
        finally:
            os._exit(0)
    os.close(writing)
    first = os.read(reading, 1000).decode() if since_first else ""
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading) as said:
        numbers = (first + said.read()).split()
    status = os.waitpid(child, 0)[1]
    if failpoint:
        assert os.WTERMSIG(status) == signal.SIGKILL, "the failpoint was not reached"
    return numbers


def acknowledge(into: int, request: ServiceRequest) -> None:
    os.write(into, f"{request.service_request_id}\n".encode())


def worker_later() -> None:
    """The worker after the restart, when the jobs that were left are due."""
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set scheduled_at = now() - interval '1 second' where status = 'todo'")
    run_jobs()


def assert_whole(acknowledged: list[str]) -> None:
    """Everything that was acknowledged is there; everything that is there began, once."""
    there = set(ServiceRequest.objects.values_list("service_request_id", flat=True))
    assert set(acknowledged) <= there
    assert set(ServiceRequest.objects.values_list("state", flat=True)) <= {"assigned"}
    assert StatusChange.objects.count() == Decision.objects.count() == len(there)
    told = Counter(Message.objects.values_list("request__service_request_id", "kind"))
    assert told == {(number, kind): 1 for number in there for kind in ("liaison_new", "receipt")}


@pytest.mark.parametrize("place", PLACES)
def test_killed_between_two_stages_a_report_reaches_its_end(town: City, place: str) -> None:
    def take_in(into: int) -> None:
        acknowledge(into, flow.submit(report_of(town, 1)).request)

    assert killed(take_in, failpoint=f"flow.{place}") == []
    assert ServiceRequest.objects.count() == 1
    worker_later()
    assert_whole([])
    again = flow.submit(report_of(town, 1))  # the resident taps again, since nothing was answered
    assert not again.is_new
    assert_whole([again.request.service_request_id])


def test_two_taps_at_the_same_moment_are_one_request(town: City, monkeypatch: pytest.MonkeyPatch) -> None:
    second: list[Stored] = []
    insert = store._insert

    def tap() -> None:
        second.append(flow.submit(report_of(town, 1)))
        connection.close()

    def held_up(*given: Any) -> ServiceRequest:
        """The first tap has its number; it goes on when the second one waits for its own."""
        monkeypatch.setattr(store, "_insert", insert)
        other = Thread(target=tap)
        other.start()
        waiting.append(other)
        with connection.cursor() as cursor:
            for _ in range(100_000):
                cursor.execute("select 1 from pg_locks where not granted and pid <> pg_backend_pid()")
                if cursor.fetchone():
                    break
            else:
                pytest.fail("the second tap does not wait")
        return insert(*given)

    waiting: list[Thread] = []
    monkeypatch.setattr(store, "_insert", held_up)
    first = flow.submit(report_of(town, 1))
    waiting[0].join()
    assert (first.is_new, second[0].is_new) == (True, False)
    assert first.request.pk == second[0].request.pk
    assert ServiceRequest.objects.count() == Incident.objects.count() == RunningNumber.objects.get().last == 1
    assert_whole([first.request.service_request_id])


def test_killed_before_its_commit_nothing_of_a_report_is_there(town: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def take_in(into: int) -> None:
        def die(task: str, request_id: int) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(flow, "later", die)
        acknowledge(into, flow.submit(report_of(town, 1)).request)

    assert killed(take_in) == []
    assert not ServiceRequest.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_trap_16_a_mail_server_that_is_down_delays_mail_and_nothing_else(
    town: City, mail_server: MailServer, settings: Any
) -> None:
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 9  # nobody listens on the discard port
    made = flow.submit(report_of(town, 1)).request
    assert made.state == "assigned"
    now = timezone.now() + timedelta(seconds=1)
    assert deliver_due(10, now, on_end=flow.message_ended).server_down
    assert set(Message.objects.values_list("state", flat=True)) == {"pending"}
    settings.EMAIL_PORT = there
    assert deliver_due(10, now, on_end=flow.message_ended).sent == 2


@pytest.mark.parametrize(
    "place", [pytest.param("step_written", marks=pytest.mark.slow), "before_commit", "step_committed"]
)
def test_a_step_is_whole_or_not_there(town: City, place: str) -> None:
    town.hall.person("lena", Role.LIAISON, department=town.posts["streets"].department)
    lena = town.hall.rights("lena")
    made = flow.submit(report_of(town, 1)).request
    Message.objects.all().delete()

    def work(into: int) -> None:
        flow.note(made.pk, "We looked at it", public=True, by=lena)

    killed(work, failpoint=f"flow.{place}")
    made.refresh_from_db()
    written = place == "step_committed"
    assert (made.status_notes == "We looked at it") is written
    assert StatusChange.objects.filter(kind="note_public").exists() is written
    assert Message.objects.exists() is written


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_fifty_random_moments(town: City, mail_server: MailServer) -> None:
    chance = random.Random(311)
    acknowledged: list[str] = []
    now = timezone.now()
    for life_number in range(50):

        def live(into: int, life_number: int = life_number) -> None:
            for turn in range(100):
                acknowledge(into, flow.submit(report_of(town, life_number * 100 + turn)).request)
                if turn % 2:
                    deliver_due(3, now + timedelta(seconds=1), on_end=flow.message_ended)

        acknowledged += killed(live, after=chance.uniform(0.05, 0.5), since_first=bool(life_number % 2))
    assert len(acknowledged) >= 25
    worker_later()
    assert_whole(acknowledged)
    for wait in (timedelta(0), *claims.WAITS):
        now += claims.LEASE + wait + timedelta(minutes=1)
        deliver_due(10_000, now, on_end=flow.message_ended)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    arrived = Counter(mail["Message-ID"] for mail in mail_server.received)
    assert len(arrived) == Message.objects.count()
    assert max(arrived.values()) <= 2
    assert sum(times == 2 for times in arrived.values()) <= 50
