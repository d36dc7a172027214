"""Processes by identity: a number alone may by now be somebody else's."""

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

TICK_S = 0.1


@dataclass(frozen=True)
class Identity:
    """A process: its number and its start time in clock ticks since boot, so that a reused number is noticed."""

    pid: int
    started: int

    def alive(self) -> bool:
        """Whether this very process still runs (a zombie does not)."""
        return start_time(self.pid) == self.started

    def send(self, number: signal.Signals) -> None:
        """Signal this process, and nobody else who has its number now."""
        if self.alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return


def start_time(pid: int) -> int | None:
    """Clock ticks from boot to the start of a process, field 22 of proc(5) stat; None where there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name, in brackets, may itself hold blanks and brackets
    return None if fields[0] == "Z" else int(fields[19])


def identify(pid: int) -> Identity | None:
    """The identity of a running process, None where there is none."""
    started = start_time(pid)
    return None if started is None else Identity(pid, started)


def remember(path: Path, identity: Identity, **facts: str | int) -> None:
    """Write a process's identity, with facts about it, to a file in one move."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({**asdict(identity), **facts}))
    draft.replace(path)


def recall(path: Path) -> tuple[Identity, dict[str, str | int]] | None:
    """The process that a file names with its facts, None where it does not run any more."""
    try:
        facts = json.loads(path.read_text())
        identity = Identity(facts.pop("pid"), facts.pop("started"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (identity, facts) if identity.alive() else None


def wait_gone(identities: list[Identity], patience_s: float) -> list[Identity]:
    """Wait for processes to end; those still there when patience is over."""
    until = time.monotonic() + patience_s
    while alive := [identity for identity in identities if identity.alive()]:
        if time.monotonic() > until:
            return alive
        time.sleep(TICK_S)
    return []


def end(identities: list[Identity], patience_s: float) -> None:
    """Ask processes to end, and kill those that have not after so many seconds."""
    for identity in identities:
        identity.send(signal.SIGTERM)
    for identity in wait_gone(identities, patience_s):
        identity.send(signal.SIGKILL)
    wait_gone(identities, patience_s=5)


def working_in(folder: Path) -> list[Identity]:
    """Processes whose working directory is `folder` (every PostgreSQL process works in its data folder)."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            inside = (entry / "cwd").readlink() == folder
        except OSError:
            continue
        identity = identify(int(entry.name)) if inside else None
        if identity:
            found.append(identity)
    return found
