"""What ended is started again, ever more patiently, and the logs stay small."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from geoserver_app.machine import supervisor
from geoserver_app.machine.place import CLONE
from geoserver_app.machine.processes import identify, wait_gone
from geoserver_app.machine.supervisor import Child, Supervisor, ended_how, last_lines, worth_showing

ENDS = [sys.executable, "-c", "print('bye'); raise SystemExit(3)"]
WAITS = [sys.executable, "-c", "import signal; signal.pause()"]


def child(tmp_path: Path, command: list[str]) -> Child:
    return Child("server", command, {"PATH": "/usr/bin"}, tmp_path, tmp_path / "server.log")


def run_to_its_end(one: Child) -> float:
    one.start()
    assert one.process
    one.process.wait(10)
    return one.started_at


def test_a_program_that_keeps_ending_is_started_after_growing_pauses(tmp_path: Path) -> None:
    one = child(tmp_path, ENDS)
    pauses = []
    for _ in range(8):
        now = run_to_its_end(one)
        one.look_after(now)
        pauses.append(one.start_again_at - now)
    assert pauses == pytest.approx([1, 2, 4, 8, 16, 32, 60, 60])


def test_it_is_started_when_the_pause_is_over_and_not_before(tmp_path: Path) -> None:
    one = child(tmp_path, ENDS)
    now = run_to_its_end(one)
    one.look_after(now)
    one.look_after(now + 0.5)
    assert one.process is None
    one.look_after(now + 1.5)
    assert one.process is not None
    one.stop()


def test_after_a_steady_run_the_pause_is_short_again(tmp_path: Path) -> None:
    one = child(tmp_path, ENDS)
    one.pause_s = 60.0
    now = run_to_its_end(one) + supervisor.STEADY_S + 1
    one.look_after(now)
    assert one.start_again_at - now == pytest.approx(supervisor.FIRST_PAUSE_S)


def test_the_end_of_a_program_is_told_with_its_last_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = child(tmp_path, ENDS)
    one.look_after(run_to_its_end(one))
    told = capsys.readouterr().out
    assert "server ended (exit status 3); starting it again in 1 s" in told
    assert "bye" in told


def test_stop_ends_the_children(tmp_path: Path) -> None:
    one = child(tmp_path, WAITS)
    watching = Supervisor([one])
    one.start()
    watching.stop()
    assert one.process
    assert one.process.returncode == -signal.SIGTERM


def test_logs_are_turned_over_before_they_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOG_BYTES", 1000)
    writes = [sys.executable, "-c", "for n in range(1000): print('line', n)"]
    one = child(tmp_path, writes)
    run_to_its_end(one)
    assert one.reader
    one.reader.join(10)
    kept = sorted(tmp_path.glob("server.log*"))
    assert len(kept) == supervisor.OLD_LOGS + 1
    assert sum(log.stat().st_size for log in kept) <= 5 * 1000
    assert last_lines(tmp_path / "server.log", 1) == ["line 999"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('{"level": "ERROR", "message": "no database\\nfor reasons"}', "error: no database"),
        ('{"level": "WARNING", "message": ""}', "warning: "),
        ('{"level": "INFO", "message": "served"}', None),
        ("[ERROR] Unexpected exit from worker-1", "[ERROR] Unexpected exit from worker-1"),
        ("Traceback (most recent call last):", None),
        ("[1, 2]", None),
    ],
)
def test_warnings_are_shown_on_one_line_and_chatter_is_not(line: str, shown: str | None) -> None:
    assert worth_showing(line) == shown


def test_the_same_warning_is_shown_once_a_minute(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warns = [sys.executable, "-c", 'for _ in range(5): print(\'{"level": "WARNING", "message": "away"}\')']
    one = child(tmp_path, warns)
    run_to_its_end(one)
    assert one.reader
    one.reader.join(10)
    assert capsys.readouterr().out.count("away") == 1
    assert (tmp_path / "server.log").read_text().count("away") == 5


def test_ends_are_told_in_words() -> None:
    assert ended_how(-signal.SIGKILL) == "by SIGKILL"
    assert ended_how(0) == "exit status 0"


def test_children_do_not_outlive_a_killed_supervisor() -> None:
    sleeper = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
    program = (
        "import subprocess, sys, signal\n"
        "from geoserver_app.machine.account import caller\n"
        f"subprocess.Popen(caller().command(sys.executable, '-c', {sleeper!r}, dies_with_parent=True))\n"
        "signal.pause()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=CLONE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    orphan = identify(int(parent.stdout.readline()))
    assert orphan
    parent.kill()
    parent.wait()
    assert wait_gone([orphan], 10) == []
