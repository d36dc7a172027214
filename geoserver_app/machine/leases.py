"""Locks between several ./run of one clone: one sets up at a time, the last one out stops the database."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from geoserver_app.machine.cluster import Cluster
from geoserver_app.machine.place import Place
from geoserver_app.machine.say import say


@contextmanager
def setting_up(place: Place) -> Iterator[None]:
    """Hold the clone's set-up lock; says so while another ./run holds it. The kernel drops it if we are killed."""
    with _open(place.run / "setup.lock") as lock:
        if not _take(lock, fcntl.LOCK_EX):
            say("- another ./run is setting up this clone: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def using(cluster: Cluster) -> Iterator[None]:
    """Keep the database running for the block; afterwards stop it, unless somebody else of this clone uses it."""
    place = cluster.place
    with _open(place.run / "cluster.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            yield
        finally:
            _stop_if_last(cluster, lock)


def _stop_if_last(cluster: Cluster, lock: TextIO) -> None:
    with _open(cluster.place.run / "setup.lock") as setup:
        # Busy: another ./run is about to use the database, and stops it in its turn.
        if _take(setup, fcntl.LOCK_EX) and _take(lock, fcntl.LOCK_EX):
            cluster.stop()


def _open(path: Path) -> TextIO:
    return path.open("a")


def _take(lock: TextIO, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
