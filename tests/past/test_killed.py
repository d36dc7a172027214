"""An import is killed, at any moment: the same command again goes on, and the end is that of an undisturbed one."""

import hashlib
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.notify.models import Message
from geoserver_app.past import importing
from tests.past.conftest import brought, drawn, row, table
from tests.route.city import City

# The full size is run by hand: ONEMAP_TEST_KILLS=50. What came of it stands in docs/operator/importing.md.
KILLS = int(os.environ.get("ONEMAP_TEST_KILLS", "12"))
ROWS = 720
PLACES = ("many.before_commit", "many.committed", "many.before_commit:3", "many.committed:2")
# What is drawn by chance or by whoever comes first: ids, numbers, codes.
CONTENT = """
    select 'request', r.external_id, r.state, r.requested_datetime, r.closed_at, r.updated_datetime, r.description,
           r.status_notes, r.resolution, r.channel, ST_AsEWKT(r.geom), r.area_ids::text, r.areas_today::text,
           r.department_id, r.post_id, r.parcel_id, r.centerline_id, r.is_public, ST_AsEWKT(r.public_geom), r.in_review,
           r.address_text, r.place_method, r.service_id, r.expected_datetime, o.digest, o.lines, o.areas::text,
           (select string_agg(concat_ws('|', h.kind, h.at, h.from_state, h.to_state, h.note, h.department_after_id),
                   E'\n' order by h.at, h.id) from work_statuschange h where h.request_id = r.id),
           (select string_agg(concat_ws('|', d.way, d.winner, d.department, d.is_current), E'\n' order by d.id)
                   from route_decision d where d.request_id = r.id),
           (select string_agg(concat_ws('|', m.kind_id, m.area_id, m.method), E'\n' order by m.kind_id, m.area_id)
                   from link_membership m where m.request_id = r.id),
           (select string_agg(concat_ws('|', v.stage, v.reason, v.resolved_at), E'\n' order by v.stage, v.reason)
                   from intake_review v where v.request_id = r.id),
           (select count(*) from intake_incident i where i.id = r.incident_id)
    from intake_servicerequest r left join past_origin o on o.request_id = r.id
    order by r.external_id
"""


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
    with connection.cursor() as cursor:
        cursor.execute(CONTENT)
        told = hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
        cursor.execute("select count(*) from intake_servicerequest")
        requests = cursor.fetchone()[0]
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


def test_an_import_that_is_killed_goes_on_to_the_same_end(
    town: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BLOCK", 20)
    path = table(tmp_path / "old.csv", *rows(110))
    brought(town, path)
    undisturbed = checksum()
    forget_requests()
    for place in PLACES:
        assert killed(town, path, failpoint=place), place
    assert 0 < ServiceRequest.objects.count() < 110
    brought(town, path)
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
