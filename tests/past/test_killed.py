"""An import is killed, at any moment: the same command again goes on, and the end is that of an undisturbed one."""

import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.past import importing
from tests import imported
from tests.past.conftest import brought, drawn, row, table
from tests.route.city import City

# The full size is run by hand: ONEMAP_TEST_KILLS=50. What came of it stands in docs/operator/importing.md.
KILLS = int(os.environ.get("ONEMAP_TEST_KILLS", "12"))
ROWS = 720
EVERYDAY_PLACES = ("many.committed", "many.before_commit:3")
FURTHER_PLACES = ("many.before_commit", "many.committed:2")


@pytest.fixture(autouse=True)
def passing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where imports unpack what they read."""
    folder = tmp_path / "passing"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> City:
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")  # Django does not empty the tables of jobs
    return drawn(tmp_path)


def rows(count: int) -> Iterator[dict[str, str]]:
    chance = random.Random(5)
    for number in range(count):
        more = chance.choice([{}, {"Status": "Open", "Closed": ""}, {"Kind": "Canopy"}, {"Where": "102 Main St"}])
        x = None if chance.random() < 0.1 else chance.uniform(10, 990)
        yield row(f"A-{number}", x=x, y=chance.uniform(10, 890), **more)


def checksum() -> tuple[str, int, int]:
    told, requests = imported.checksum("notes")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from intake_incident")
        return told, requests, cursor.fetchone()[0]


def forget_requests() -> None:
    with connection.cursor() as cursor:
        cursor.execute("truncate intake_servicerequest, intake_incident, intake_runningnumber, past_importrun cascade")


def killed(city: City, path: Path, *, failpoint: str = "", after: float | None = None) -> bool:
    """Imports in a process of its own, which is killed; whether it was before its end."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        os.environ |= {"ONEMAP_FAILPOINT": failpoint, "ONEMAP_PRIVATE_DATABASE": "1"}
        try:
            brought(city, path)
        finally:
            os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    _until_it_is_gone()
    return os.WIFSIGNALED(status)


def _until_it_is_gone() -> None:
    """The server notices a client's death when it next writes to it; its transaction ends then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and usename = current_user"
        )


def assert_nothing_was_sent() -> None:
    assert not Message.objects.exists()
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize(
    "places", [EVERYDAY_PLACES, pytest.param(FURTHER_PLACES, marks=pytest.mark.slow)], ids=" ".join
)
def test_an_import_that_is_killed_goes_on_to_the_same_end(
    town: City, tmp_path: Path, passing: Path, monkeypatch: pytest.MonkeyPatch, places: tuple[str, ...]
) -> None:
    monkeypatch.setattr(importing, "BLOCK", 20)
    path = table(tmp_path / "old.csv", *rows(110))
    brought(town, path)
    undisturbed = checksum()
    forget_requests()
    for place in places:
        assert killed(town, path, failpoint=place), place
    assert 0 < ServiceRequest.objects.count() < 110
    assert list(passing.glob("onemap-past-*"))
    brought(town, path)
    assert list(passing.iterdir()) == []
    assert checksum() == undisturbed
    assert_nothing_was_sent()


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_killed_at_many_moments_it_ends_the_same(town: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BLOCK", 60)
    path = table(tmp_path / "old.csv", *rows(ROWS))
    began = time.perf_counter()
    brought(town, path)
    took = time.perf_counter() - began
    undisturbed = checksum()
    chance = random.Random(50)
    forget_requests()
    for moment in range(KILLS):
        if not killed(town, path, after=chance.uniform(0, took)):
            forget_requests()  # it came to its end: from the start again
        assert checksum()[1] <= ROWS, moment
    brought(town, path)
    assert checksum() == undisturbed
    assert_nothing_was_sent()
