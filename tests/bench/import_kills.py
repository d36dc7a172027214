"""An import killed again and again while residents report: it ends as an undisturbed one, and nothing was sent."""

from __future__ import annotations

import os
import random
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import c_longlong
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from typing import Any

from tests import imported
from tests.bench import database, old_system
from tests.bench.report import Report

# Rows, and moments at which it is killed.
FEW, MANY = (20_000, 12), (200_000, 50)
GIVEN = os.environ.get("ONEMAP_BENCH_KILL_ROWS")
FAILPOINTS = ("many.before_commit", "many.committed", "many.before_commit:2", "many.committed:2")
STEPS = ("Reading", "Filing", "Bringing up to date")
CHILD = "onemap-killed"
ALONE, PAUSE_S = 40, 0.7
_SENT = """
    select (select count(*) from notify_message m join intake_servicerequest r on r.id = m.request_id
            where r.source = %(source)s),
           (select count(*) from procrastinate_jobs j join intake_servicerequest r
            on r.id = (j.args ->> 'request_id')::bigint where r.source = %(source)s)"""


def run(report: Report, *, full: bool) -> None:
    """`./run bench import_kills`."""
    rows, kills = MANY if full or GIVEN else FEW
    rows = int(GIVEN or rows)
    name = f"{database.NAME}_kills"
    place = old_system.city()
    database.drop(name)
    database.copy(name)
    try:
        with tempfile.TemporaryDirectory() as folder, database.using(name):
            path = old_system.table(Path(folder) / "old.csv", place, rows)
            _proved(report, Killing(place, path, rows), kills, Path(folder))
    finally:
        database.drop(name)


def _proved(report: Report, work: Killing, kills: int, folder: Path) -> None:
    took = work.undisturbed()
    report.line("import undisturbed", work.rows / took, "rows/s", n=work.rows)
    with _residents(work.place, folder / "alone"):
        while len((folder / "alone").read_text(encoding="ascii").splitlines()) < ALONE:
            time.sleep(0.2)
    _tell(report, "POST /open311/v2/requests.json, no import beside", folder / "alone")
    with _residents(work.place, folder / "beside"):
        done = work.killed_again_and_again(kills)
    _tell(report, "POST /open311/v2/requests.json, the import beside", folder / "beside")
    report.line("killed (SIGKILL) at moments by lot and at failpoints", done, "times", n=work.rows)
    sums = [imported.checksum(source) for source in ("whole", "killed")]
    sent = [sum(work.sent(source)) for source in ("whole", "killed")]
    report.line("requests after the last run of it", sums[1][1], "requests", n=work.rows)
    report.line("messages and jobs of imported requests", sum(sent), "sent", n=work.rows)
    print(f"checksums: {'equal' if sums[0] == sums[1] else 'NOT EQUAL'} ({sums[0][0]}, {sums[1][0]})", flush=True)
    assert sums[0] == sums[1], "what was killed ended otherwise than what was not"
    assert sum(sent) == 0, "an import told somebody"


@dataclass(frozen=True)
class Moment:
    """When an attempt is killed: at how many rows of which step, and how many seconds after."""

    step: int
    rows: float
    after_s: float


@dataclass
class Killing:
    """One file, imported undisturbed as source "whole", and with kills as source "killed"."""

    place: Any
    path: Path
    rows: int
    chance: random.Random = field(default_factory=lambda: random.Random(50))
    # Seconds of the undisturbed run until it began to file, and of the filing.
    reading_s: float = 0.0
    filing_s: float = 0.0
    # The step that the running attempt is in, and how many rows of it are done.
    seen: Any = field(default_factory=lambda: RawArray(c_longlong, 2))

    def undisturbed(self) -> float:
        """Imports the file in one go; the seconds it took."""
        start = time.perf_counter()
        child = self._begun("whole")
        while self.seen[0] == 0 and os.waitpid(child, os.WNOHANG)[0] == 0:
            time.sleep(0.01)
        self.reading_s = time.perf_counter() - start
        assert os.waitpid(child, 0)[1] == 0, "the import failed"
        self.filing_s = time.perf_counter() - start - self.reading_s
        return self.reading_s + self.filing_s

    def killed_again_and_again(self, kills: int) -> int:
        """Imports the file anew each time it was killed, and once to the end; how often it was killed."""
        done, stored = 0, 0
        for place in FAILPOINTS:
            done += os.WIFSIGNALED(os.waitpid(self._begun("killed", place), 0)[1])
            stored = self._told(f"at {place}")
        for number, moment in enumerate(self._moments(kills, stored), 1):
            done += self._killed_at(moment, stored)
            stored = self._told(f"{number} of {kills}: {STEPS[moment.step].lower()}")
        assert os.waitpid(self._begun("killed"), 0)[1] == 0, "the last run failed"
        return done

    def sent(self, source: str) -> tuple[int, int]:
        """How many messages and jobs there are of the requests of a source."""
        return tuple(_one(_SENT, source))  # type: ignore[return-value]  # two counts

    def _moments(self, kills: int, stored: int) -> Iterator[Moment]:
        """Moments by lot over the whole of the undisturbed run; those of the filing in the order in which they come."""
        left = self.rows - stored
        drawn = [self.chance.uniform(0, self.reading_s + self.filing_s) for _ in range(kills)]
        filing = iter(sorted(one - self.reading_s for one in drawn if one >= self.reading_s))
        for one in drawn:
            if one < self.reading_s:
                yield Moment(0, 0, one)
            else:
                # Rows are counted where a block is committed: the moment lies somewhere after that.
                rows = stored + 0.9 * left * next(filing) / self.filing_s
                yield Moment(1, rows, self.chance.uniform(0, 0.05 * self.filing_s))

    def _killed_at(self, moment: Moment, stored: int) -> bool:
        child = self._begun("killed")
        while self.seen[0] < moment.step or (self.seen[0] == 1 and stored + self.seen[1] < moment.rows):
            if os.waitpid(child, os.WNOHANG)[0]:
                return False
            time.sleep(0.005)
        until = time.perf_counter() + moment.after_s
        while time.perf_counter() < until:
            if os.waitpid(child, os.WNOHANG)[0]:
                return False
            time.sleep(0.005)
        os.kill(child, signal.SIGKILL)
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])

    def _begun(self, source: str, failpoint: str = "") -> int:
        self.seen[0] = self.seen[1] = 0

        def work() -> None:
            from django.db import connection

            from geoserver_app.past.importing import BLOCK

            os.environ |= {"ONEMAP_FAILPOINT": failpoint, "ONEMAP_PRIVATE_DATABASE": "1"}
            connection.settings_dict["OPTIONS"]["application_name"] = CHILD
            # Ten blocks at least, so that there is always something that stays and something that is lost.
            old_system.bring(self.place, self.path, source, self._step, min(BLOCK, self.rows // 10))

        return old_system.forked(work)

    def _step(self, name: str, _total: int) -> Callable[[int], None]:
        self.seen[0], self.seen[1] = STEPS.index(name), 0

        def progress(count: int) -> None:
            self.seen[1] += count

        return progress

    def _told(self, what: str) -> int:
        """Waits until the server has let go of the one that was killed; how many requests are stored."""
        _one(
            "select count(pg_terminate_backend(pid, 60000)) from pg_stat_activity"
            " where datname = current_database() and application_name = %(source)s",
            CHILD,
        )
        stored = int(_one("select count(*) from intake_servicerequest where source = %(source)s", "killed")[0])
        print(f"  killed {what}; {stored:,} of {self.rows:,} stored", flush=True)
        return stored


@contextmanager
def _residents(place: Any, into: Path) -> Iterator[None]:
    """Residents who report all the while, from a process of their own; a line of seconds for each report."""
    into.touch()
    child = old_system.forked(lambda: _report_for_ever(place, into))
    try:
        yield
    finally:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


def _report_for_ever(place: Any, into: Path) -> None:
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from geoserver_app.accounts import keys

    settings.DEFAULT_JURISDICTION, settings.ALLOWED_HOSTS = place.code, ["testserver"]
    name = f"residents {time.time_ns()}"
    _key, text = keys.make(place, name, scopes=["report"], at=timezone.now(), per_minute=30_000, per_day=30_000_000)
    client, chance = Client(), random.Random(311)
    houses = old_system.houses(place)
    with into.open("a", encoding="ascii", buffering=1) as file:
        while True:
            lon, lat, _address = chance.choice(houses)
            form = {"api_key": text, "service_code": "litter_can", "lat": lat, "long": lon, "description": "Full"}
            start = time.perf_counter()
            answer = client.post("/open311/v2/requests.json", form)
            took = time.perf_counter() - start
            file.write(f"{took}\n" if answer.status_code == 201 else f"refused with {answer.status_code}\n")
            time.sleep(chance.expovariate(1 / PAUSE_S))


def _tell(report: Report, what: str, from_: Path) -> None:
    lines = from_.read_text(encoding="ascii").splitlines()
    assert not [line for line in lines if line.startswith("refused")], "a resident's report was not taken in"
    # The first one waits until everything is loaded.
    times = sorted(float(line) * 1e3 for line in lines[1:])
    report.line(f"{what}, median", statistics.median(times), "ms", n=len(times))
    report.line(f"{what}, p95", times[int(len(times) * 0.95)], "ms", n=len(times))
    report.line(f"{what}, worst", times[-1], "ms", n=len(times))


def _one(statement: str, source: str) -> tuple[Any, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, {"source": source})
        return tuple(cursor.fetchone())
