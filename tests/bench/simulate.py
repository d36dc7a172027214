"""Other rules tried on a year of reports while reports come in: how long it takes, and what it does to whoever waits.

The simulation runs in a process of its own, as the worker runs it; POSTs go through the page itself, from this one.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.bench import database
from tests.bench.flow import _city, _points, _run
from tests.bench.report import Report

DAYS, ALL_DAYS = 366, 3660
ALONE, AT_MOST = 150, 400
WARM = 20
MOST_POINTS = 5_000
RULES = Path(__file__).resolve().parents[2] / "fixtures" / "almendra" / "rules.yaml"


def run(report: Report, *, full: bool) -> None:
    """`./run bench simulate`."""
    place = _city(report)
    draft = _draft(place)
    try:
        for days in (DAYS, ALL_DAYS):
            alone = _simulated(draft, days)
            told = f"{alone['moved']:,} moved, {alone['blocks']} signs of progress"
            report.line(f"simulation of {days} days ({told})", alone["took"], "s", n=alone["looked_at"])
            report.line("of that the database's own processor time", alone["cpu"], "s", n=alone["looked_at"])
        _beside(report, place, draft, rounds=3 if full else 1)
    finally:
        draft.delete()


def _draft(place: Any) -> Any:
    """The rules of the city with another desk for potholes and an exception for one beat."""
    from django.utils import timezone

    from geoserver_app.route.loading import load_rules

    told = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    for row in told["defaults"]:
        if row["service"] == "pothole":
            row["post"] = "public_works/traffic"
    told["rules"].insert(0, {
        "code": "graffiti_south", "sentence": {"en": "South.", "es": "Sur."},
        "if": {"services": ["graffiti"], "areas": ["beat:33", "beat:42"]}, "then": {"post": "public_works/streets"},
    })  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.yaml"
        path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
        return load_rules(path, place, at=timezone.now()).rule_set


def _simulated(draft: Any, days: int) -> dict[str, Any]:
    from geoserver_app.flow_rules import simulate_rules

    told: list[int] = []
    start, cpu = time.perf_counter(), _backend_s()
    found = simulate_rules(draft, last_days=days, progress=told.append)
    took = time.perf_counter() - start
    return {
        "took": took,
        "cpu": _backend_s() - cpu,
        "moved": found.moved,
        "looked_at": found.looked_at,
        "blocks": len(told),
    }


def _backend_s() -> float:
    """Processor seconds of the database's process so far; 0 where it runs on another machine."""
    from django.db import connection

    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not stat.exists():
        return 0.0
    user, system = stat.read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _worker(draft: int, days: int, times: int, ready: Any, done: Any) -> None:
    """What the worker does, in its process: the simulation, some times over."""
    database.prepare()
    from geoserver_app.route.models import RuleSet

    rules = RuleSet.objects.select_related("jurisdiction", "safe_post", "triage_post").get(pk=draft)
    ready.set()
    took = [_simulated(rules, days)["took"] for _ in range(times)]
    done.put(took)


def _beside(report: Report, place: Any, draft: Any, *, rounds: int) -> None:
    """POSTs alone, then POSTs while all there is is simulated, again and again."""
    context = multiprocessing.get_context("spawn")
    send = _sender(place, iter(_points(MOST_POINTS)))
    for _ in range(WARM):
        send()
    for _ in range(rounds):
        alone = [send() for _ in range(ALONE)]
        ready, done = context.Event(), context.Queue()
        worker = context.Process(target=_worker, args=(draft.pk, ALL_DAYS, 2, ready, done))
        worker.start()
        ready.wait(120)
        beside = []
        while done.empty() and len(beside) < AT_MOST:
            beside.append(send())
        took = done.get(timeout=300)
        worker.join()
        _run("delete from procrastinate_jobs where status = 'todo'")
        for name, of in (("median", statistics.median), ("p95", _p95)):
            one, other = of(beside) * 1e3, of(alone) * 1e3
            ratio = (one / other, f"the same without it ({other:.1f} ms)")
            report.line(f"POST to answer while it runs, {name}", one, "ms", ratio=ratio, n=len(beside))
        report.line(f"simulation of {ALL_DAYS} days while POSTs come in", statistics.median(took), "s", n=len(took))


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _sender(place: Any, points: Iterator[tuple[float, float]]) -> Any:
    """send(): one report through the page, committed, at the next point; the seconds that it took.

    Where the page asks whether it is one of those reported there before (by an earlier run), the point after is taken.
    """
    from django.conf import settings
    from django.test import Client

    settings.DEFAULT_JURISDICTION, settings.ALLOWED_HOSTS = place.code, ["testserver"]
    client, run, sent = Client(), time.time_ns(), 0

    def send() -> float:
        nonlocal sent
        sent, point = sent + 1, next(points)
        form = {
            "key": f"{run:016x}{sent:016x}", "service": "litter_can", "lon": f"{point[0]:.7f}",
            "lat": f"{point[1]:.7f}", "description": f"Measured, number {sent}", "do": "send",
        }  # fmt: skip
        start = time.perf_counter()
        answer = client.post("/report/", form, REMOTE_ADDR=f"198.51.{sent // 250}.{sent % 250 + 1}")
        took = time.perf_counter() - start
        if answer.status_code == 422:
            return send()
        assert answer.status_code == 303, answer.status_code
        return took

    return send
