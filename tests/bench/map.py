"""The map's numbers: answers at every size side by side and beside their limits, what keeping them current costs."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from django.db import connection, transaction

from tests.bench import map_answers, map_live, map_over_http, map_peers, map_sizes, map_writes
from tests.bench.over_http import Bench
from tests.bench.report import Report

PEERS_AT = 1_000_000  # more than that no peer can be waited for


def run(report: Report, *, full: bool) -> None:
    """`./run bench map`."""
    sizes = map_sizes.sizes(full=full)
    for size in sizes:
        map_sizes.prepare(report, size)
        with map_sizes.using(size):
            _build(report, size)
            map_live.rebuilt_beside_readers(report, size)
    map_answers.measure(report, sizes)
    usual = max([size for size in sizes if size <= PEERS_AT] or [sizes[0]])
    with tempfile.TemporaryDirectory(prefix="onemap-bench-") as folder, map_sizes.using(usual):
        bench, spots = Bench(Path(folder), 10 if full else 3), map_answers.spots(usual)
        map_over_http.measure(report, bench, usual, spots)
        map_peers.measure(report, bench, usual, spots)
    for size in sizes:
        map_writes.measure(report, size)
    map_live.measure(report, usual, full=full)


def _build(report: Report, size: int) -> None:
    from geoserver_app.density.models import Audience
    from geoserver_app.density.rebuild import rebuild

    for audience in Audience:
        start, cpu = time.perf_counter(), time.process_time()
        done = rebuild(map_answers.place(), audiences=[audience])[0]
        took = time.perf_counter() - start
        name = f"{size:,}: counted anew, z10-15, {audience.label.lower()}"
        report.line(name, took, "s", n=done.requests, size=done.bytes)
        report.line(f"{name}, Python alone", time.process_time() - cpu, "s", n=done.rows)
    _sizes(report, size)


def _sizes(report: Report, size: int) -> None:
    """Bytes of rows with their share of the key, by packing each cube into a table of its own."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_total_relation_size('intake_servicerequest')")
        table = int(cursor.fetchone()[0])
    for audience, label in ((0, "everybody"), (1, "staff")):
        for levels, low, high in (("z10-13", 0, 13), ("z14-15", 14, 15)):
            ours = _packed(audience, low, high)
            report.line(
                f"{size:,}: cube of {label}, {levels}, with keys", ours / 1e6, "MB",
                ratio=(ours / table, "the requests with their keys"), size=ours,
            )  # fmt: skip


def _packed(audience: int, low: int, high: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "create temporary table packed (like density_block including storage including compression) on commit drop"
        )
        cursor.execute(
            "insert into packed select * from density_block where audience = %s and z between %s and %s"
            " order by z, block, measure, service, period",
            [audience, low, high],
        )
        cursor.execute("alter table packed add primary key (cube_id, z, block, measure, service, period)")
        cursor.execute("select pg_total_relation_size('packed')")
        return int(cursor.fetchone()[0])
