"""Processes are known by number and start time, and only those that we started are ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geoserver_app.machine import processes
from geoserver_app.machine.processes import Identity

Start = Callable[[list[str]], Identity]
WAITS = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]
IGNORES = [
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()",
]


@pytest.fixture
def start() -> Iterator[Start]:
    started = []

    def start(command: list[str]) -> Identity:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout
        process.stdout.readline()
        identity = processes.identify(process.pid)
        assert identity
        return identity

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_number_that_is_somebody_elses_by_now_is_not_alive() -> None:
    me = processes.identify(os.getpid())
    assert me
    assert me.alive()
    assert not Identity(me.pid, me.started - 1).alive()


def test_a_reused_number_is_never_signalled(start: Start) -> None:
    identity = start(WAITS)
    Identity(identity.pid, identity.started - 1).send(signal.SIGKILL)
    assert identity.alive()


def test_a_process_that_ignores_the_request_is_killed(start: Start) -> None:
    identity = start(IGNORES)
    processes.end([identity], patience_s=0.3)
    assert not identity.alive()


def test_a_zombie_does_not_count_as_alive(start: Start) -> None:
    identity = start(WAITS)
    os.kill(identity.pid, signal.SIGKILL)
    assert processes.wait_gone([identity], patience_s=5) == []


def test_a_note_of_a_process_that_ended_recalls_nothing(tmp_path: Path) -> None:
    note = tmp_path / "run.json"
    me = processes.identify(os.getpid())
    assert me
    processes.remember(note, me, url="http://127.0.0.1:8000/")
    assert processes.recall(note) == (me, {"url": "http://127.0.0.1:8000/"})
    processes.remember(note, Identity(me.pid, me.started - 1), url="x")
    assert processes.recall(note) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_a_damaged_note_recalls_nothing(tmp_path: Path, content: str) -> None:
    note = tmp_path / "run.json"
    note.write_text(content)
    assert processes.recall(note) is None
    assert processes.recall(tmp_path / "none") is None


def test_processes_are_found_by_the_folder_they_work_in(tmp_path: Path) -> None:
    process = subprocess.Popen(WAITS, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    process.stdout.readline()
    assert [one.pid for one in processes.working_in(tmp_path)] == [process.pid]
    process.kill()
    process.communicate()
