"""Blocks on several connections: written in their order, the same as one after the other, and none after a failure."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from geoserver_app import flow_many
from geoserver_app.flow_again import relink
from geoserver_app.flow_many import BlockFailed, Opened, Past, submit_many
from geoserver_app.intake.models import Incident, ServiceRequest
from geoserver_app.intake.store_many import Filed
from geoserver_app.side_by_side import Turn, side_by_side
from layers.errors import Conflict
from tests import life
from tests.flow.conftest import with_rules
from tests.history.test_single_and_bulk import anything, told
from tests.route.city import City


def working(failing: int, written: list[int]) -> Callable[[int, Turn], int]:
    """Work on numbers; ``failing`` is the one that cannot be done, ``written`` those whose turn came."""

    def work(number: int, my_turn: Turn) -> int:
        if number == failing:
            raise Conflict(f"{number} cannot be done.")
        my_turn()
        written.append(number)
        return number * 10

    return work


def test_turns_and_results_come_in_order() -> None:
    written: list[int] = []
    assert list(side_by_side(range(20), working(-1, written), lanes=3)) == [number * 10 for number in range(20)]
    assert written == list(range(20))


def test_two_blocks_are_on_their_way_at_once() -> None:
    meeting = threading.Barrier(2)
    assert sorted(side_by_side([1, 2], lambda _number, _turn: meeting.wait(timeout=20), lanes=2)) == [0, 1]


def test_none_after_a_failure_has_its_turn() -> None:
    written: list[int] = []
    found = []
    with pytest.raises(Conflict, match=r"^4 cannot"):
        for result in side_by_side(range(20), working(4, written), lanes=3):
            found.append(result)
    assert written == [0, 1, 2, 3]
    assert found == [0, 10, 20, 30]


def test_a_block_that_cannot_be_made_lets_those_before_it_arrive() -> None:
    def made() -> Iterator[int]:
        yield from range(5)
        raise Conflict("There is no sixth.")

    written: list[int] = []
    found = []
    with pytest.raises(Conflict, match="no sixth"):
        for result in side_by_side(made(), working(-1, written), lanes=3):
            found.append(result)
    assert found == [number * 10 for number in written] == [0, 10, 20, 30, 40]


@pytest.fixture
def town(transactional_db: None, tmp_path: Path) -> City:
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")  # Django does not empty the tables of jobs
    return with_rules(tmp_path)


def anythings(city: City, count: int) -> list[Filed]:
    chance = random.Random(11)
    return [anything(city, chance, number) for number in range(count)]


def renamed(batch: Sequence[Filed], name: str) -> list[Filed]:
    return [
        replace(one, submission=replace(one.submission, idempotency_key=f"{name}-{number}"))
        for number, one in enumerate(batch)
    ]


@pytest.mark.slow
def test_they_write_what_one_connection_writes(town: City, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = anythings(town, 60)
    place = town.hall.jurisdiction
    submit_many(renamed(batch, "many"), jurisdiction=place, at=life.MONDAY, block=9)
    monkeypatch.setattr(flow_many, "side_by_side", lambda blocks, work: side_by_side(blocks, work, lanes=1))
    submit_many(renamed(batch, "one"), jurisdiction=place, at=life.MONDAY, block=60)
    for number in range(len(batch)):
        both = [ServiceRequest.objects.get(idempotency_key=f"{name}-{number}") for name in ("many", "one")]
        assert told(both[0]) == told(both[1])
    numbers = ServiceRequest.objects.filter(idempotency_key__startswith="many-").order_by("pk")
    assert [one.idempotency_key for one in numbers] == [f"many-{number}" for number in range(60)]
    assert relink(place, commit=True, block=13).looked_at == 120


def test_a_further_report_finds_the_incident_that_is_on_its_way(town: City) -> None:
    batch = renamed(anythings(town, 6), "again")
    batch = [batch[0], *(replace(one, same_as=batch[number].key) for number, one in enumerate(batch[1:]))]
    done = submit_many([*batch, *batch], jurisdiction=town.hall.jurisdiction, at=life.MONDAY, block=1)
    assert (done.new, done.known) == (6, 6)
    assert Incident.objects.count() == 1


@pytest.mark.slow
def test_a_block_that_fails_leaves_those_before_it_and_none_after(town: City) -> None:
    def lives(opened: Sequence[Opened]) -> Iterator[Past]:
        for one in opened:
            if one.filed.key == "f-22":
                raise Conflict("Nobody could have lived this.")
        return iter(())

    batch = renamed(anythings(town, 60), "f")
    place = town.hall.jurisdiction
    with pytest.raises(BlockFailed, match=r"5 reports from 'f-20' on .* lived this\. The 20 before them are there"):
        submit_many(batch, jurisdiction=place, at=life.MONDAY, block=5, lives=lives)
    stored = ServiceRequest.objects.order_by("pk").values_list("idempotency_key", flat=True)
    assert list(stored) == [f"f-{number}" for number in range(20)]
    assert submit_many(batch, jurisdiction=place, at=life.MONDAY, block=5).new == 40
