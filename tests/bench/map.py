"""The map's numbers: answers at every size side by side, what keeping them current costs, how large they are."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, transaction

from tests.bench import map_sizes
from tests.bench.report import Report

ROUNDS, BLOCKS = 4, 12
WRITES, NOTES = 300, 10_000
_FRESH = "'b-' || nextval(pg_get_serial_sequence('intake_servicerequest', 'id'))"


@dataclass(frozen=True)
class Cost:
    """Processor time of one answer, database and Python, in ms."""

    backend: float
    python: float

    @property
    def whole(self) -> float:
        return self.backend + self.python


def run(report: Report, *, full: bool) -> None:
    """`./run bench map`."""
    sizes = map_sizes.sizes(full=full)
    for size in sizes:
        map_sizes.prepare(report, size)
        with map_sizes.using(size):
            _build(report, size)
    _answers(report, sizes)
    for size in sizes:
        with map_sizes.using(size):
            _writes(report, size)
            _drain(report, size)


# --- built ------------------------------------------------------------------------------------------------------------


def _place() -> Any:
    from geoserver_app.commands import demo_city
    from layers.models import Jurisdiction

    return Jurisdiction.objects.get(code=demo_city.ALMENDRA.code)


def _build(report: Report, size: int) -> None:
    from geoserver_app.density.models import Audience
    from geoserver_app.density.rebuild import rebuild

    for audience in Audience:
        start, cpu = time.perf_counter(), time.process_time()
        done = rebuild(_place(), audiences=[audience])[0]
        took = time.perf_counter() - start
        name = f"{size:,}: counted anew, z10-15, {audience.label.lower()}"
        report.line(name, took, "s", n=done.requests, size=done.bytes)
        report.line(f"{name}, Python alone", time.process_time() - cpu, "s", n=done.rows)
    _sizes(report, size)


def _sizes(report: Report, size: int) -> None:
    """Bytes of rows with their share of the key, by packing each cube into a table of its own."""
    for audience, label in ((0, "everybody"), (1, "staff")):
        for levels, low, high in (("z10-13", 0, 13), ("z14-15", 14, 15)):
            ours = _packed(audience, low, high)
            table = _one("select pg_total_relation_size('intake_servicerequest')")
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


# --- answered ---------------------------------------------------------------------------------------------------------


def _answers(report: Report, sizes: tuple[int, ...]) -> None:
    """Every filter at every zoom, the sizes in turn within each round."""
    with ExitStack() as stack:
        readers = {size: stack.enter_context(_reader(map_sizes.name_of(size))) for size in sizes}
        for z in range(10, 16):
            blocks = _blocks(readers[sizes[0]], z)
            for name, question in _questions(readers[sizes[0]], z).items():
                costs = {size: [[] for _ in blocks] for size in sizes}
                for _ in range(ROUNDS):
                    for n, block in enumerate(blocks):
                        for size in sizes:
                            costs[size][n].append(_cost(readers[size], replace(question, blocks=[block])))
                _told(report, f"z{z} {name}", {size: _by_block(costs[size]) for size in sizes})


@contextmanager
def _reader(name: str) -> Any:
    """A connection as the map has it, and where the time of its backend can be read."""
    from geoserver_app.published import reader

    parameters = connection.get_connection_params()
    kept = {key: parameters[key] for key in ("user", "password", "host", "port") if key in parameters}
    with psycopg.connect(
        **{**kept, "dbname": name}, autocommit=True, options=reader.SESSION, prepare_threshold=0
    ) as raw:
        raw.execute("set role published_reader")
        yield raw


def _run(raw: Any, statement: str, values: Any) -> list[tuple[Any, ...]]:
    with raw.cursor(binary=True) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(statement.encode(), values).fetchall()
        return found


def _cost(raw: Any, question: Any) -> Cost:
    from geoserver_app.density.models import Audience
    from geoserver_app.density.read import read

    before, cpu = _backend_ms(raw), time.process_time()
    read(partial(_run, raw), Audience.PUBLIC, question)
    return Cost(_backend_ms(raw) - before, (time.process_time() - cpu) * 1e3)


def _backend_ms(raw: Any) -> float:
    """Processor time of the connection's backend (Linux, on this machine)."""
    path = Path(f"/proc/{raw.info.backend_pid}/schedstat")
    return int(path.read_text(encoding="ascii").split()[0]) / 1e6


def _by_block(costs: list[list[Cost]]) -> list[Cost]:
    return [sorted(of_one, key=lambda cost: cost.whole)[len(of_one) // 2] for of_one in costs]


def _told(report: Report, name: str, costs: dict[int, list[Cost]]) -> None:
    smallest, largest = min(costs), max(costs)
    medians = {size: statistics.median(cost.whole for cost in found) for size, found in costs.items()}
    for size, found in costs.items():
        worst = max(cost.whole for cost in found)
        backend = statistics.median(cost.backend for cost in found)
        ratio = (medians[size] / medians[smallest], f"{smallest:,}") if size == largest != smallest else None
        what = f"{size:,}: {name}, median (worst {worst:.2f} ms, database {backend:.2f} ms)"
        report.line(what, medians[size], "ms of processor", ratio=ratio, n=len(found))


def _blocks(raw: Any, z: int) -> list[int]:
    """Up to twelve blocks: two thirds where most is, the rest anywhere there is something."""
    rows = _run(raw, "select block, length(cells) from published.density_dictionary where z = %(z)s::int", {"z": z})
    by_size = [block for block, _ in sorted(rows, key=lambda row: -row[1])]
    full, rest = by_size[: BLOCKS * 2 // 3], by_size[BLOCKS * 2 // 3 :]
    return full + random.Random(z).sample(rest, min(BLOCKS - len(full), len(rest)))


def _questions(raw: Any, z: int) -> dict[str, Any]:
    """The filters that the issue names. No range begins or ends with a year."""
    from geoserver_app.density.models import Measure
    from geoserver_app.density.months import month_of
    from geoserver_app.density.read import Question

    jurisdiction = _place().pk
    services = [row[0] for row in _run(raw, "select id from published.service order by id", {})]
    every, last = frozenset(services), month_of(map_sizes.AS_OF) - 2
    plain = Question(jurisdiction, z, all_services=every)
    some = random.Random(11).sample(services, len(services))
    is_open = {Measure.LEADS_OPEN: 1}
    three = frozenset(some[:3])
    found = {
        "no filter": plain,
        "one service": replace(plain, services=frozenset(some[:1])),
        "three services, 43 months": replace(plain, services=three, first=last - 42, last=last),
        "twelve services, 7 months": replace(plain, services=frozenset(some[:12]), first=last - 6, last=last),
        "half of the services, 31 months": replace(
            plain, services=frozenset(some[: len(some) // 2]), first=last - 30, last=last
        ),
        "open": replace(plain, measures=is_open),
        "open, three services": replace(plain, measures=is_open, services=three),
    }
    return found | {f"area: {kind}": replace(plain, areas=(ids,)) for kind, ids in _areas(raw, jurisdiction).items()}


def _areas(raw: Any, jurisdiction: int) -> dict[str, frozenset[int]]:
    """One area of each counted kind."""
    rows = _run(
        raw,
        "select a.kind, min(a.id) from published.area_code a"
        " join published.clock c on c.jurisdiction_id = a.jurisdiction_id and a.kind = any(c.kinds)"
        " where a.jurisdiction_id = %(jurisdiction)s::bigint group by 1 order by 1",
        {"jurisdiction": jurisdiction},
    )
    return {kind: frozenset([area]) for kind, area in rows}


# --- kept current -----------------------------------------------------------------------------------------------------


def _writes(report: Report, size: int) -> None:
    """An insert and a closing with the triggers and without, in turn; all of it is taken back."""
    with database_of(size) as raw:
        ids = [row[0] for row in raw.execute(
            "select id from intake_servicerequest where leads and state not in ('closed', 'cancelled') limit %s",
            [WRITES],
        )]  # fmt: skip
        close = "update intake_servicerequest set state = 'closed', closed_at = now() where id = %s"
        for name, work in (("insert", partial(_insert, raw)), ("close", lambda one: raw.execute(close, [one]))):
            plain, kept = _in_turn(raw, ids, work)
            report.line(f"{size:,}: {name} with the counts kept", kept, "ms of the database",
                        ratio=(kept / plain, "the same without"), n=len(ids))  # fmt: skip


@contextmanager
def database_of(size: int) -> Any:
    parameters = connection.get_connection_params()
    kept = {key: parameters[key] for key in ("user", "password", "host", "port") if key in parameters}
    with psycopg.connect(**{**kept, "dbname": map_sizes.name_of(size)}) as raw:
        raw.execute("set search_path = public, postgis")
        yield raw
        raw.rollback()


def _insert(raw: Any, one: int) -> None:
    raw.execute(_copied(raw), [one])


def _copied(raw: Any) -> str:
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


def _in_turn(raw: Any, ids: list[int], work: Callable[[int], object]) -> tuple[float, float]:
    """Median backend time without and with the triggers, stretches of fifty in turn: switching costs plans."""
    found: dict[str, list[float]] = {"disable": [], "enable": []}
    for start in range(0, len(ids), 50):
        for switch, times in found.items():
            raw.execute(f"alter table intake_servicerequest {switch} trigger user")
            for n, one in enumerate(ids[start : start + 50]):
                raw.execute("savepoint one")
                before = _backend_ms(raw)
                work(one)
                if n >= 8:  # until then the statements are planned anew
                    times.append(_backend_ms(raw) - before)
                raw.execute("rollback to savepoint one")
    return statistics.median(found["disable"]), statistics.median(found["enable"])


def _drain(report: Report, size: int) -> None:
    """10,000 notes of reports and closings of the last months, drained at once; taken back."""
    from geoserver_app.density.drain import drain

    place = _place()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from density_change")
        cursor.execute(
            "insert into density_change (jurisdiction_id, audience, leads, month, service, morton, area_ids, n, n_open,"
            " n_fresh) select r.jurisdiction_id, 1, r.leads, density_month(r.requested_datetime, j.time_zone),"
            " r.service_id, r.morton, r.area_ids, 1, 1, 0 from intake_servicerequest r join layers_jurisdiction j on"
            " j.id = r.jurisdiction_id order by r.requested_datetime desc limit %s",
            [NOTES],
        )
        before, cpu, start = _django_backend_ms(), time.process_time(), time.perf_counter()
        done = drain(place)
        spent = _django_backend_ms() - before + (time.process_time() - cpu) * 1e3
        transaction.set_rollback(True)
    name = f"{size:,}: drain, for each note of {done.changes:,} current ones"
    report.line(name, spent * 1e3 / max(done.changes, 1), "us of processor", n=done.rows)
    report.line(f"{name}, by the clock", (time.perf_counter() - start) * 1e6 / max(done.changes, 1), "us", n=done.rows)


def _django_backend_ms() -> float:
    connection.ensure_connection()
    return _backend_ms(connection.connection)


def _one(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
