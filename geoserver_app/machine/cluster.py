"""The private PostgreSQL cluster of one clone: made, started, stopped, and put right after a crash."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from geoserver_app.machine import cluster_settings, disk, processes
from geoserver_app.machine.errors import CommandFailed, MachineError, WrongDatabaseVersion
from geoserver_app.machine.place import SOCKET_FILE, Place
from geoserver_app.machine.postgresql import Installation
from geoserver_app.machine.say import say, step

SUPERUSER = "postgres"
START_PATIENCE_S = 120
STOP_PATIENCE_S = 60
ORPHANS_PATIENCE_S = 15


class Cluster:
    """One data folder with the PostgreSQL that serves it."""

    def __init__(self, place: Place, installation: Installation) -> None:
        self.place = place
        self.installation = installation
        self.folder = place.cluster

    def create(self, superuser_password: str) -> None:
        """Make the data folder where it is missing: beside its place, moved there when whole."""
        if self.folder.exists():
            return
        disk.require_free(self.place.state, disk.NEW_CLUSTER, "a new database")
        draft = self.folder.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)  # left by a first run that was cut off
        self.place.account.own(draft, 0o700)
        with step(f"making a private PostgreSQL {self.installation.major} cluster in {self.folder}"):
            self._initdb(draft, superuser_password)
            cluster_settings.include(draft)
            draft.rename(self.folder)

    def start(self) -> None:
        """Start it where it does not run, after clearing up what a crash left; MachineError says what is in the way."""
        if self.running():
            if self._answers():
                return
            say("- the database runs but its socket is gone: starting it again")
            self.stop()
        disk.require_free(self.place.state, disk.EVERY_START, "the database")
        self._wait_for_orphans()
        self._drop_stale_files()
        cluster_settings.write(self.folder, self.place, self.installation.major)
        logs = self.place.logs / "postgresql"
        done = self._pg_ctl("start", "-w", "-t", str(START_PATIENCE_S), "-l", str(logs / "startup.log"), "-s")
        if done.returncode:
            told = done.stderr + complaints(logs)
            disk.refuse_if_full(told, self.folder, "starting the database")
            raise CommandFailed(f"The private database did not start; its log is in {logs}.", told)

    def stop(self) -> None:
        """Stop it, cutting off whoever is connected; nothing happens where it does not run."""
        stop_server(self.folder)

    def running(self) -> bool:
        """Whether the postmaster of this data folder runs."""
        return postmaster(self.folder) is not None

    def _initdb(self, folder: Path, password: str) -> None:
        options = ["--locale=C.UTF-8", "--encoding=UTF8", "--data-checksums", "--auth=scram-sha-256"]
        written = self.place.sockets / "password"  # in a folder that is closed to others
        self.place.account.write(written, password + "\n")
        try:
            program = self.installation.program("initdb")
            done = self._as_service(
                program, "-D", folder, "-U", SUPERUSER, f"--pwfile={written}", "--no-instructions", *options
            )
        finally:
            written.unlink()
        if done.returncode:
            disk.refuse_if_full(done.stdout + done.stderr, folder, "making the database")
            raise CommandFailed(f"The private database could not be made in {folder}.", done.stdout + done.stderr)

    def _drop_stale_files(self) -> None:
        """Remove the pid and lock files of a server that was killed: their number may be another program's by now.

        Safe only because nothing works in the data folder any more, and nobody else has a socket in our folder.
        """
        if named_pid(self.folder) is not None:
            say("- the database was not stopped properly last time (killed, or the power went): it recovers by itself")
        for stale in (self.folder / "postmaster.pid", *self.place.sockets.glob(f"{SOCKET_FILE}*")):
            stale.unlink(missing_ok=True)

    def _wait_for_orphans(self) -> None:
        """Wait for processes of a killed postmaster to end; starting beside them would destroy data."""
        orphans = processes.wait_gone(processes.working_in(self.folder), ORPHANS_PATIENCE_S)
        if orphans:
            numbers = " ".join(str(orphan.pid) for orphan in orphans)
            raise MachineError(
                f"Processes of a killed database server still work in {self.folder} (numbers {numbers}). "
                "Wait for them, or end them with ./run stop, and start again."
            )

    def _answers(self) -> bool:
        if not (self.place.sockets / SOCKET_FILE).exists():
            return False
        ready: list[str | Path] = [self.installation.program("pg_isready"), "-q", "-h", self.place.sockets, "-t", "5"]
        until = time.monotonic() + START_PATIENCE_S
        while self._as_service(*ready).returncode == 1 and time.monotonic() < until:  # 1: still recovering
            time.sleep(processes.TICK_S)
        return self._as_service(*ready).returncode == 0

    def _pg_ctl(self, action: str, *options: str) -> subprocess.CompletedProcess[str]:
        return self._as_service(self.installation.program("pg_ctl"), action, "-D", self.folder, *options)

    def _as_service(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8", "TZ": "UTC"}
        return subprocess.run(
            self.place.account.command(*command), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            env=environ, cwd="/",
        )  # fmt: skip


def postmaster(folder: Path) -> processes.Identity | None:
    """The running postmaster: named by postmaster.pid, and at work in this very folder."""
    named = named_pid(folder)
    return next((found for found in processes.working_in(folder) if found.pid == named), None)


def named_pid(folder: Path) -> int | None:
    """The process number in postmaster.pid, None where there is no such file."""
    try:
        first = (folder / "postmaster.pid").read_text().split("\n", 1)[0]
    except OSError:
        return None
    return int(first) if first.isdigit() else None


def stop_server(folder: Path) -> bool:
    """Stop whatever of PostgreSQL works in a data folder, by signals (its programs may be gone); whether any did."""
    at_work, main = processes.working_in(folder), postmaster(folder)
    if main:
        main.send(signal.SIGINT)  # a fast shutdown: sessions are ended, data is written
    left = processes.wait_gone(at_work, STOP_PATIENCE_S) if main else at_work
    for process in left:
        process.send(signal.SIGQUIT)  # at once; the next start recovers from the log
    if processes.wait_gone(left, 10):
        numbers = " ".join(str(process.pid) for process in left)
        raise MachineError(f"Processes of the database do not end: {numbers}. As a last means: kill -KILL {numbers}")
    return bool(at_work)


def choose_installation(cluster_folder: Path, available: list[Installation]) -> Installation:
    """The PostgreSQL for a data folder: of its own major version, the newest where there is none yet."""
    if not available:
        raise MachineError("PostgreSQL with PostGIS is not installed. Run ./run, which installs it.")
    try:
        major = int((cluster_folder / "PG_VERSION").read_text())
    except FileNotFoundError:
        return available[0]
    for installation in available:
        if installation.major == major:
            return installation
    have = ", ".join(str(installation.major) for installation in available)
    raise WrongDatabaseVersion(
        f"The data in {cluster_folder} was written by PostgreSQL {major}, but this machine has {have}. "
        f"Install the old one beside it (apt-get install postgresql-{major} postgresql-{major}-postgis-3) to go on as "
        "before or to move the data (docs/operator/upgrading.md), or start anew: ./run reset"
    )


def complaints(logs: Path) -> str:
    """The last lines of the newest PostgreSQL log that say what went wrong."""
    newest = max(logs.glob("*.log"), key=lambda log: log.stat().st_mtime, default=None)
    lines = newest.read_text(errors="replace").splitlines()[-30:] if newest else []
    return "\n".join(line for line in lines if any(level in line for level in ("FATAL:", "PANIC:", "HINT:")))
