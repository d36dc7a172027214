"""Several ./run of one clone: one sets up at a time, and the last one out stops the database."""

import threading

import pytest

from geoserver_app.machine import leases
from geoserver_app.machine.cluster import Cluster
from geoserver_app.machine.place import Place, make_folders
from geoserver_app.machine.postgresql import Installation


class Stoppable(Cluster):
    """A cluster that counts how often it was stopped."""

    stopped = 0

    def stop(self) -> None:
        self.stopped += 1


@pytest.fixture
def counted(place: Place) -> Stoppable:
    make_folders(place)
    return Stoppable(place, Installation(15, place.clone))


def test_the_last_one_out_stops_the_database(counted: Stoppable) -> None:
    with leases.using(counted):
        with leases.using(counted):
            pass
        assert counted.stopped == 0
    assert counted.stopped == 1


def test_a_failure_inside_stops_it_too(counted: Stoppable) -> None:
    with pytest.raises(RuntimeError), leases.using(counted):
        raise RuntimeError
    assert counted.stopped == 1


def test_who_is_about_to_use_it_keeps_it_running(counted: Stoppable) -> None:
    with leases.setting_up(counted.place), leases.using(counted):
        pass
    assert counted.stopped == 0


def test_a_second_set_up_waits_and_says_so(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    make_folders(place)
    order: list[str] = []

    def second() -> None:
        with leases.setting_up(place):
            order.append("second")

    with leases.setting_up(place):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]
    assert "waiting for it" in capsys.readouterr().out
