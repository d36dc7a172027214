"""The register of repeat places against the barest GROUP BY parcel, and against plain SQL that counts the same."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.flow import _city
from tests.bench.report import Report

BARE = Path(__file__).with_name("bare")
YEAR, ALL_YEARS, LEAST, ROUNDS = 365, 3660, 3, 9


def run(report: Report, *, full: bool) -> None:
    """`./run bench repeat`."""
    from geoserver_app.analyse.lots import keep_lots

    place = _city(report)
    keep_lots(place)
    for days in (YEAR, ALL_YEARS):
        _measured(report, place, days, ROUNDS * (3 if full else 1))


def _measured(report: Report, place: Any, days: int, rounds: int) -> None:
    """The three in turn, by the processor time of the database's process, so that a busy machine disturbs none."""
    from django.utils import timezone

    before = timezone.now()
    values = {"jurisdiction": place.pk, "since": before - timedelta(days=days), "before": before, "least": LEAST}
    works: list[Callable[[], list[Any]]] = [
        lambda: _register(place, values),
        lambda: _rows((BARE / "repeat_places.sql").read_text(encoding="utf-8"), values),
        lambda: _rows((BARE / "repeat_parcels.sql").read_text(encoding="utf-8"), values),
    ]
    same, plain, _parcels = (work() for work in works)
    assert same == [tuple(row) for row in plain], "the plain SQL counts otherwise"
    times = [[_backend_ms(work) for work in works] for _ in range(rounds)]
    ours, alike, barest = (statistics.median(column) for column in zip(*times, strict=True))
    what = f"register of {days} days, three kinds of place, of the database's processor time"
    report.line(what, ours, "ms", ratio=(ours / alike, f"plain SQL with the same rows and figures ({alike:.0f} ms)"))
    report.line(what, ours, "ms", ratio=(ours / barest, f"a bare GROUP BY parcel ({barest:.0f} ms)"))


def _register(place: Any, values: dict[str, Any]) -> list[Any]:
    from geoserver_app.analyse.repeat import PlaceKind, countable, repeat_places
    from geoserver_app.intake.models import ServiceRequest

    own = ServiceRequest.objects.filter(jurisdiction=place)
    requests = countable(own, values["since"], values["before"])
    found = repeat_places(requests, least=LEAST, kinds=list(PlaceKind), limit=50)
    return [
        (one.key.kind.value, one.key.pk, one.incidents, one.open, one.reports, one.first_at, one.last_at, found.total)
        for one in found.places
    ]


def _rows(statement: str, values: dict[str, Any]) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _backend_ms(work: Callable[[], object]) -> float:
    """Processor milliseconds that the database's process takes for a call (/proc: Linux, same machine)."""
    from django.db import connection

    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    before = int(stat.read_text().split()[0])
    work()
    return (int(stat.read_text().split()[0]) - before) / 1e6
