"""Keeps the server and the worker running, and their logs small."""

import json
import logging
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Protocol

from geoserver_app.machine.place import Place
from geoserver_app.machine.say import say

LOG_BYTES = 10_000_000
OLD_LOGS = 4
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
STEADY_S = 60.0  # a process that ran so long starts again without a pause
GRACE_S = 15.0
REPEAT_S = 60.0  # the same warning is shown again after so long
SHOWN_LEVELS = {"WARNING", "ERROR", "CRITICAL"}


@dataclass
class Child:
    """One program that is started again, after a growing pause, whenever it ends."""

    name: str
    command: list[str]
    environ: Mapping[str, str]
    folder: Path
    log: Path
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    start_again_at: float = 0.0
    reader: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the program; its output goes to its log, warnings and errors to the terminal as well."""
        self.process = subprocess.Popen(
            self.command, env=dict(self.environ), cwd=self.folder, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace", start_new_session=True,
        )  # fmt: skip
        self.started_at = time.monotonic()
        self.reader = threading.Thread(target=keep_log, args=(self.name, self.process, self.log), daemon=True)
        self.reader.start()

    def look_after(self, now: float) -> None:
        """Note that the program ended and when to start it again, or start it when that time has come."""
        if self.process is not None and self.process.poll() is not None:
            self._ended(self.process.returncode, now)
        elif self.process is None and now >= self.start_again_at:
            self.start()

    def _ended(self, code: int, now: float) -> None:
        if now - self.started_at > STEADY_S:
            self.pause_s = FIRST_PAUSE_S
        say(f"{self.name} ended ({ended_how(code)}); starting it again in {self.pause_s:.0f} s. Its log: {self.log}")
        if self.reader:
            self.reader.join(timeout=2)
        for line in last_lines(self.log, 3):
            say(f"    {line}")
        self.process, self.start_again_at = None, now + self.pause_s
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)

    def stop(self) -> None:
        """Ask the program to end, and kill its whole group if it has not in time."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            say(f"{self.name} did not stop in {GRACE_S:.0f} s: killing it")
            self.process.kill()
            self.process.wait()
        if self.reader:
            self.reader.join(timeout=2)


class Watched(Protocol):
    """Something that is looked after twice a second; `now` is of time.monotonic."""

    def look_after(self, now: float) -> None: ...


class Supervisor:
    """Starts the children and watches them, and what else it is given, until it is told to stop."""

    def __init__(self, children: list[Child], *others: Watched) -> None:
        self.children = children
        self._watched: list[Watched] = [*others, *children]
        self._told_to_stop = threading.Event()

    def start(self) -> None:
        """Start all children, and listen for Ctrl-C, ./run stop, and a closed terminal."""
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup: it is to outlive the terminal
            numbers.append(signal.SIGHUP)
        for number in numbers:
            signal.signal(number, lambda *_: self._told_to_stop.set())
        for child in self.children:
            child.start()

    def watch(self) -> None:
        """Keep the children running until told to stop."""
        while not self._told_to_stop.wait(0.5):
            self.look_after()

    def look_after(self) -> None:
        """Start again what ended, once."""
        for watched in self._watched:
            watched.look_after(time.monotonic())

    def stop(self) -> None:
        """Stop all children, the server first."""
        for child in self.children:
            child.stop()

    @property
    def stopping(self) -> bool:
        return self._told_to_stop.is_set()


def keep_log(name: str, process: subprocess.Popen[str], path: Path) -> None:
    """Copy a program's output to a log of at most 5 x 10 MB, and what it warns of to the terminal."""
    handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=OLD_LOGS, encoding="utf-8")
    assert process.stdout is not None  # noqa: S101  (asked for with PIPE)
    said: dict[str, float] = {}
    for line in process.stdout:
        handler.emit(logging.LogRecord(name, logging.INFO, "", 0, line.rstrip("\n"), None, None))
        shown, now = worth_showing(line), time.monotonic()
        if shown and now - said.get(shown, -REPEAT_S) >= REPEAT_S:
            said = {text: at for text, at in said.items() if now - at < REPEAT_S} | {shown: now}
            say(f"{name}: {shown}")
    handler.close()


def worth_showing(line: str) -> str | None:
    """What a log line of level WARNING or above says, on one line (a JSON object, or granian's `[ERROR] ...`)."""
    if line.startswith(("[WARNING]", "[ERROR]", "[CRITICAL]")):
        return line.strip()
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.get("level") not in SHOWN_LEVELS:
        return None
    return f"{entry['level'].lower()}: {str(entry.get('message', '')).partition(chr(10))[0]}"


def last_lines(log: Path, count: int) -> list[str]:
    """The last lines of a log, each cut to 300 characters; none where there is no log."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return [line[:300] for line in lines[-count:]]


def ended_how(code: int) -> str:
    """A return code in words: the exit status, or the signal that ended the program."""
    return f"exit status {code}" if code >= 0 else f"by {signal.Signals(-code).name}"


def service_child(place: Place, name: str, command: list[str], environ: Mapping[str, str]) -> Child:
    """A child that runs as the service user and does not outlive its supervisor."""
    words = place.account.command(*command, dies_with_parent=True)
    return Child(name, words, environ, place.code, place.logs / f"{name}.log")
