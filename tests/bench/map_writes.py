"""What it costs to keep the map's numbers current: an insert, a closing, and each note that is drained."""

from __future__ import annotations

import statistics
import time
from typing import Any

import psycopg
from django.db import connection, transaction

from tests.bench import database, map_sizes
from tests.bench.cost import backend_ms, django_backend_ms
from tests.bench.map_answers import place
from tests.bench.report import Report

WRITES, STRETCH, WARM = 400, 50, 8
NOTES, DRAINS = 10_000, 3
TRIGGERS = ("density_insert", "density_update")
_FRESH = "'b-' || nextval(pg_get_serial_sequence('intake_servicerequest', 'id'))"
_CLOSE = "update intake_servicerequest set state = 'closed', closed_at = now() where id = %s"
_OPEN = "update intake_servicerequest set state = 'assigned', closed_at = null where id = any(%s)"
_REMOVE = "delete from intake_servicerequest where service_request_id like 'b-%%' and not id = any(%s)"


def measure(report: Report, size: int) -> None:
    """Writes in a copy of the database of a size, where they stay; the drain in the database itself, taken back."""
    with map_sizes.copy_of(size, "writes") as name:
        _writes(report, size, name)
    with map_sizes.using(size):
        _drain(report, size)


def _writes(report: Report, size: int, name: str) -> None:
    """An insert and a closing with the triggers and without, in turn, each a transaction of its own."""
    with psycopg.connect(**database.log_in(name), autocommit=True) as raw:
        raw.execute("set search_path = public, postgis")
        ids = [row[0] for row in raw.execute(
            "select id from intake_servicerequest where leads and state not in ('closed', 'cancelled') limit %s",
            [WRITES],
        )]  # fmt: skip
        for what, statement, undo in (("insert", copied(), _REMOVE), ("close", _CLOSE, _OPEN)):
            plain, kept = _in_turn(raw, ids, statement, undo)
            said = f"{size:,}: {what} with the counts kept"
            for n, unit in enumerate(("ms of the database", "ms by the clock, as the client sees it")):
                report.line(said, kept[n], unit, ratio=(kept[n] / plain[n], "the same without"), n=len(ids))


def copied() -> str:
    """A statement that files a stored request once more, as one that follows."""
    from geoserver_app.intake.models import ServiceRequest

    columns = [field.column for field in ServiceRequest._meta.concrete_fields if not field.generated]
    columns = [column for column in columns if column != "id"]
    own = {"service_request_id": _FRESH, "leads": "false", "idempotency_key": "null",
           "external_id": "''"}  # fmt: skip
    values = ", ".join(own.get(column, column) for column in columns)
    return (
        f"insert into intake_servicerequest ({', '.join(columns)}) select {values} from intake_servicerequest"
        " where id = %s"
    )


def _in_turn(raw: Any, ids: list[int], statement: str, undo: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Medians of (backend, clock) without and with the triggers, stretches in turn: switching costs plans.

    Each stretch runs once unmeasured, so that neither finds pages that the other has fetched; then who begins changes.
    """
    found: dict[str, list[tuple[float, float]]] = {"disable": [], "enable": []}
    for number, start in enumerate(range(0, len(ids), STRETCH)):
        stretch = ids[start : start + STRETCH]
        _undone(raw, stretch, statement, undo)
        for switch in sorted(found, reverse=number % 2 == 1):
            for trigger in TRIGGERS:
                raw.execute(f"alter table intake_servicerequest {switch} trigger {trigger}")
            found[switch] += _undone(raw, stretch, statement, undo)[WARM:]  # until then they are planned anew
    plain, kept = (
        (statistics.median(one for one, _ in times), statistics.median(one for _, one in times))
        for times in found.values()
    )
    return plain, kept


def _undone(raw: Any, ids: list[int], statement: str, undo: str) -> list[tuple[float, float]]:
    """Milliseconds of backend and clock of a statement for each id; then all of it is taken back."""
    times = []
    for one in ids:
        before, clock = backend_ms(raw), time.perf_counter()
        raw.execute(statement, [one])
        took = (time.perf_counter() - clock) * 1e3
        times.append((backend_ms(raw) - before, took))
    raw.execute(undo, [ids])
    return times


def _drain(report: Report, size: int) -> None:
    """Notes of the newest reports, a note each, drained at once, taken back; the median of some after a first."""
    done = [_drained() for _ in range(DRAINS + 1)][1:]
    changes, rows, backend, python, took = sorted(done, key=lambda one: one[2] + one[3])[DRAINS // 2]
    name = f"{size:,}: drain, for each note of {changes:,} current ones"
    each = 1e3 / max(changes, 1)
    what = f"{name} (database {backend * each:.0f}, Python {python * each:.0f})"
    report.line(what, (backend + python) * each, "us of processor", n=rows)
    report.line(f"{name}, by the clock", took * each, "us", n=rows)


def _drained() -> tuple[int, int, float, float, float]:
    """Notes and rows of a drain, and its milliseconds of the database, of Python and by the clock."""
    from geoserver_app.density.drain import drain

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from density_change")
        cursor.execute(
            "insert into density_change (jurisdiction_id, audience, leads, month, service, morton, area_ids, n, n_open,"
            " n_fresh) select r.jurisdiction_id, 1, r.leads, density_month(r.requested_datetime, j.time_zone),"
            " r.service_id, r.morton, r.area_ids, 1, 1, 0 from intake_servicerequest r join layers_jurisdiction j on"
            " j.id = r.jurisdiction_id order by r.requested_datetime desc limit %s",
            [NOTES],
        )
        before, cpu, start = django_backend_ms(), time.process_time(), time.perf_counter()
        done = drain(place())
        python = (time.process_time() - cpu) * 1e3
        backend, took = django_backend_ms() - before, (time.perf_counter() - start) * 1e3
        transaction.set_rollback(True)
    return done.changes, done.rows, backend, python, took
