"""An old system's table brought in, against the plainest SQL for the same rows; a city's export against COPY."""

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench import database, old_system
from tests.bench.report import Report

FEW, MILLION = 40_000, 1_000_000
# Parents first, as rows are written; the other way round they are taken out.
TABLES = ("intake_incident", "intake_servicerequest", "work_statuschange", "route_decision", "link_membership",
          "intake_review", "work_copy", "past_origin")  # fmt: skip


def run(report: Report, *, full: bool) -> None:
    """`./run bench import`."""
    count = MILLION if full else FEW
    place = old_system.city()
    with tempfile.TemporaryDirectory() as folder:
        whole, half = (
            old_system.table(Path(folder) / "whole.csv", place, count),
            old_system.table(Path(folder) / "half.csv", place, count // 2),
        )
        source, half_source = f"bench-{time.time_ns()}", f"bench-half-{time.time_ns()}"
        took, peak = _imported(place, half, half_source)
        _forget(place, half_source)
        report.line(f"import, peak memory with {count // 2:,} rows", peak / 1024, "MB", n=count // 2)
        took, peak = _imported(place, whole, source)
        report.line("import, peak memory", peak / 1024, "MB", n=count)
        bare = _bare(place, whole, source)
        what = f"the plainest SQL that writes the same rows ({count / bare:,.0f} rows/s)"
        report.line("import, a tenth of it geocoded", count / took, "rows/s", ratio=(bare / took, what), n=count)
        _export(report, place, Path(folder))
        _forget(place, source)


def _imported(place: Any, path: Path, source: str) -> tuple[float, int]:
    """Imports in a process of its own: seconds from reading to report, and the most kilobytes it held."""
    from django.db import connections

    connections.close_all()
    start = time.perf_counter()
    child = old_system.forked(lambda: old_system.bring(place, path, source))
    _pid, status, used = os.wait4(child, 0)
    assert status == 0, "the import failed"
    return time.perf_counter() - start, used.ru_maxrss


def _of(table: str) -> str:
    """SQL for the rows of a table that belong to a source."""
    ours = "from intake_servicerequest where jurisdiction_id = %(place)s and source = %(source)s"
    if table == "intake_servicerequest":
        return "jurisdiction_id = %(place)s and source = %(source)s"
    return f"id in (select incident_id {ours})" if table == "intake_incident" else f"request_id in (select id {ours})"


@contextmanager
def _erasing() -> Iterator[Any]:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local onemap.erasing = 'on'")
        yield cursor


def _forget(place: Any, source: str) -> None:
    told = {"place": place.pk, "source": source}
    with _erasing() as cursor:
        cursor.execute(
            "create temporary table gone on commit drop as"
            f" select id from intake_incident where {_of('intake_incident')}",
            told,
        )
        for table in reversed(TABLES[1:]):
            cursor.execute(f"delete from {table} where {_of(table)}", told)
        cursor.execute("delete from intake_incident where id in (select id from gone)")


def _bare(place: Any, path: Path, source: str) -> float:
    """Seconds in which the finished rows are written again by plain statements, and the file is copied in beside."""
    told = {"place": place.pk, "source": source}
    with _erasing() as cursor:
        for table in TABLES:
            cursor.execute(f"create temporary table saved_{table} as select * from {table} where {_of(table)}", told)
    _forget(place, source)
    start = time.perf_counter()
    with _erasing() as cursor:
        columns = ", ".join(f'"{name}" text' for name in old_system.COLUMNS)
        cursor.execute(f"create temporary table bare_file ({columns}) on commit drop")
        with cursor.copy("copy bare_file from stdin (format csv, header)") as copy, path.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        for table in TABLES:
            columns = _columns(table)
            cursor.execute(f"insert into {table} ({columns}) select {columns} from saved_{table} order by 1")
    took = time.perf_counter() - start
    with _erasing() as cursor:
        cursor.execute(f"drop table {', '.join(f'saved_{table}' for table in TABLES)}")
        cursor.execute(f"analyze {', '.join(TABLES)}")  # as autovacuum does within minutes: the export is planned by it
    return took


def _columns(table: str) -> str:
    """The columns of a table that are written: what the database computes itself is not."""
    from django.apps import apps

    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    return ", ".join(one.column for one in model._meta.concrete_fields if not one.generated)


def _export(report: Report, place: Any, folder: Path) -> None:
    from django.utils import timezone

    from geoserver_app.past.belonging import tables
    from geoserver_app.past.leaving import export

    def ours(number: int) -> int:
        written = export(place, folder / f"out-{number}", at=timezone.now(), told=lambda _line: None)
        return sum(one.rows for one in written)

    def plain(_number: int) -> int:
        with database.connect() as raw:
            for table in tables():
                where = table.where.replace("%(jurisdiction)s", str(place.pk))
                with raw.cursor().copy(
                    f"copy (select * from {table.name} where {where}) to stdout (format csv)"
                ) as copy:
                    for _block in copy:
                        pass
        return 0

    timed: dict[Callable[[int], int], list[float]] = {ours: [], plain: []}
    rows = 0
    for number in range(3):
        for work, took in timed.items():
            start = time.perf_counter()
            rows = max(rows, work(number))
            took.append(time.perf_counter() - start)
    mine, other = (sorted(took)[1] for took in timed.values())
    report.line(
        "export, files and sums and all", rows / mine, "rows/s", ratio=(other / mine, "COPY of the same tables"), n=rows
    )
    report.line("memory of this process", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", n=rows)
