"""Writers, a drain, rebuilds and readers at once: no reader ever meets a number that is not the table's."""

import threading
from collections.abc import Callable
from random import Random
from typing import Any

import psycopg
import pytest
from django.db import connection

from geoserver_app.density.drain import drain
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Question, read
from geoserver_app.density.rebuild import rebuild
from tests.density import counted_town
from tests.density.counted_town import COUNTED
from tests.under_test import database_url

CHANGES, REBUILDS = 150, 3
TABLE = """
select count(*) filter (where morton is not null), count(*) filter (where morton is null)
from intake_servicerequest where leads and jurisdiction_id = %(jurisdiction)s
"""


class Workers:
    """Threads that end when one of them fails, and say so."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.failed: list[BaseException] = []
        self.threads: list[threading.Thread] = []

    def start(self, work: Callable[[], Any]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - told by the test itself
                self.failed.append(error)
                self.over.set()
            finally:
                connection.close()

        self.threads.append(threading.Thread(target=run))
        self.threads[-1].start()
        return self.threads[-1]

    def join(self) -> None:
        for thread in self.threads:
            thread.join()
        if self.failed:
            raise self.failed[0]


def write_at_random(draw: Random, ids: list[int], services: list[int]) -> None:
    with psycopg.connect(database_url(), autocommit=True) as raw:
        for _ in range(CHANGES):
            some = draw.sample(ids, 3)
            match draw.choice(["close", "open", "service", "follow", "lead"]):
                case "close":
                    raw.execute(
                        "update intake_servicerequest set state = 'closed', closed_at = now() where id = any(%s)",
                        [some],
                    )
                case "open":
                    raw.execute("update intake_servicerequest set state = 'assigned' where id = any(%s)", [some])
                case "service":
                    raw.execute(
                        "update intake_servicerequest set service_id = %s where id = any(%s)",
                        [draw.choice(services), some],
                    )
                case "follow":
                    raw.execute("update intake_servicerequest set leads = false where id = any(%s)", [some])
                case "lead":
                    raw.execute("update intake_servicerequest set leads = true where id = any(%s)", [some])


def _compare(over: threading.Event, jurisdiction: int, isolation: str, seen: list[int]) -> None:
    """In one snapshot the cube and the table; in READ COMMITTED a statement is a snapshot, so both in one."""
    with psycopg.connect(database_url(), autocommit=True) as raw:
        while not over.is_set():
            with raw.transaction():
                raw.execute(f"set transaction isolation level {isolation}")
                table = raw.execute(TABLE, {"jurisdiction": jurisdiction}).fetchone()
                found = read(lambda sql, values: raw.execute(sql, values).fetchall(), Audience.STAFF,
                             Question(jurisdiction, z=12, blocks=None))  # fmt: skip
                assert found is not None
                assert (found.on_map, found.off_map) == table
                assert int(found.counts.sum()) == found.on_map
                seen.append(found.cube_id)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_readers_never_meet_another_number_than_the_tables() -> None:
    made, draw = counted_town.build(), Random(8)
    requests = [made.request(draw) for _ in range(60)]
    place = made.town.jurisdiction
    rebuild(place, kinds=COUNTED)
    workers, seen = Workers(), []
    ids, services = [one.pk for one in requests], [one.pk for one in made.services()]

    def keep() -> None:
        for n in range(REBUILDS * 8):
            drain(place, limit=20)
            if n % 8 == 7:
                rebuild(place)

    for isolation in ("repeatable read", "serializable"):
        workers.start(lambda isolation=isolation: _compare(workers.over, place.pk, isolation, seen))
    busy = [workers.start(lambda n=n: write_at_random(Random(n), ids, services)) for n in range(2)]
    busy.append(workers.start(keep))
    for one in busy:
        one.join()
    workers.over.set()
    workers.join()
    assert len(set(seen)) > 1, "no reader met more than one generation"
