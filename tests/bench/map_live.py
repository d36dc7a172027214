"""The map while requests change: readers beside a writer, a drainer and a checker, each a process of its own."""

from __future__ import annotations

import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import transaction

from geoserver_app.density.cells import WIDE
from tests.bench import cost, database, map_sizes
from tests.bench.forgetful import forget_everything
from tests.bench.map_answers import place, questions
from tests.bench.map_writes import TRIGGERS, copied
from tests.bench.report import Report

READERS, THINK_S = 4, 0.01
RATE, SECONDS = 250, 20
FLOOD, FLOOD_FULL, AT_ONCE = 20_000, 1_000_000, 100
_ASIDE = multiprocessing.get_context("fork")
_FLIP = """
update intake_servicerequest set
    state = case when state in ('closed', 'cancelled') then 'assigned' else 'closed' end,
    closed_at = case when state in ('closed', 'cancelled') then null else now() - random() * interval '60 days' end
where id = any(%s)
"""
_SERVICE = """
update intake_servicerequest set service_id = (select id from catalog_service order by random() limit 1)
where id = any(%s)
"""
# What the cube says, out of the table.
_PLAIN = """
select morton >> %(shift)s::int, count(*)::int from published.counted
where jurisdiction_id = %(jurisdiction)s::bigint and leads and morton is not null
  and (%(services)s::bigint[] is null or service_id = any(%(services)s::bigint[]))
  and (not %(open)s::bool or is_open)
  {inside}
group by 1
"""
_INSIDE = "and morton >= %(low)s::bigint and morton < %(high)s::bigint"


@dataclass(frozen=True)
class World:
    """What every process is told: the database, what can be asked, requests that may change."""

    name: str
    questions: list[Any]
    ids: list[int]


def measure(report: Report, size: int, *, full: bool) -> None:
    """On a copy of the database of a size, since what is written stays."""
    from geoserver_app.density.rebuild import rebuild

    forget_everything()
    with map_sizes.copy_of(size, "live") as name:
        rebuild(place())  # the copy's counts begin with nothing in the queue
        world = _world(name)
        _beside(report, size, world)
        _flooded(report, size, world, FLOOD_FULL if full else min(FLOOD, size))


def rebuilt_beside_readers(report: Report, size: int) -> None:
    """What everybody sees counted anew, the zooms to 13 alone, while others read; taken back."""
    from geoserver_app.density import build
    from geoserver_app.density.models import Audience
    from geoserver_app.density.rebuild import rebuild

    forget_everything()
    world = _world(map_sizes.name_of(size))
    with _running(_read_on, world, READERS) as times, patch.object(build, "LEVELS", (WIDE, *range(10, 14))):
        start, cpu = time.perf_counter(), time.process_time()
        with transaction.atomic():
            done = rebuild(place(), audiences=[Audience.PUBLIC])[0]
            transaction.set_rollback(True)
        took, python = time.perf_counter() - start, time.process_time() - cpu
    what = f"{size:,}: counted anew, z10-13, everybody, with {READERS} readers"
    report.line(what, took, "s", n=done.requests, size=done.bytes)
    report.line(f"{what}, Python alone", python, "s", n=done.rows)
    report.line(f"{what}, an answer meanwhile, p95", _p95(times()), "ms by the clock", n=len(times()))


def _world(name: str) -> World:
    from django.db import connections

    chance, found = random.Random(5), []
    with cost.reader(name) as raw, cost.owner(name) as own:
        for z in range(10, 16):
            blocks = [row[0] for row in cost.rows(
                raw, "select block from published.density_dictionary where z = %(z)s::int order by 1", {"z": z}
            )]  # fmt: skip
            for question in questions(raw, place().pk, z).values():
                found += [replace(question, blocks=[chance.choice(blocks)]) for _ in range(4)]
        ids = [row[0] for row in own.execute("select id from intake_servicerequest where leads").fetchall()]
    connections.close_all()
    return World(name, found, ids)


# --- beside writes ----------------------------------------------------------------------------------------------------


def _beside(report: Report, size: int, world: World) -> None:
    """The 95th percentile of reading: nobody writing, 250 transactions a second that are not counted, and counted."""
    quiet: list[float] = []
    plain: list[float] = []
    kept: list[float] = []
    for _ in range(2):
        quiet += _reading_beside(world)
        with _uncounted(world):
            plain += _reading_beside(world, _write_on)
        kept += _reading_beside(world, _keep_on, _write_on)
    said = f"{RATE} writes a second"
    for name, found in (("nobody writing", quiet), (f"{said}, not counted", plain), (said, kept)):
        what = f"{size:,}: an answer with {READERS} readers, {name}"
        report.line(f"{what}, median", statistics.median(found), "ms by the clock", n=len(found))
        ratio = None if found is quiet else (_p95(found) / _p95(quiet), "with nobody writing")
        report.line(f"{what}, p95", _p95(found), "ms by the clock", ratio=ratio, n=len(found))
    report.line(
        f"{size:,}: the same, p95", _p95(kept), "ms by the clock", n=len(kept),
        ratio=(_p95(kept) / _p95(plain), "with the same writes, not counted"),
    )  # fmt: skip


def _reading_beside(world: World, *others: Callable[..., None]) -> list[float]:
    """Milliseconds of each answer that the readers had while others worked."""
    with ExitStack() as stack:
        for work in others:
            stack.enter_context(_running(work, world, 1))
        times = stack.enter_context(_running(_read_on, world, READERS))
        time.sleep(SECONDS)
    return times()


@contextmanager
def _uncounted(world: World) -> Iterator[None]:
    """Writes are not noted meanwhile; afterwards all is counted anew."""
    from django.db import connections

    from geoserver_app.density.rebuild import rebuild

    with _writer(world) as raw:
        for trigger in TRIGGERS:
            raw.execute(f"alter table intake_servicerequest disable trigger {trigger}")
        try:
            yield
        finally:
            for trigger in TRIGGERS:
                raw.execute(f"alter table intake_servicerequest enable trigger {trigger}")
    rebuild(place())
    connections.close_all()  # the next processes must not share it


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


# --- flooded ----------------------------------------------------------------------------------------------------------


def _flooded(report: Report, size: int, world: World, updates: int) -> None:
    """Random changes as fast as they go, while readers read and a checker compares; ends where anything differs."""
    start = time.perf_counter()
    with (
        _running(_keep_on, world, 1),
        _running(_check_on, world, 1) as checks,
        _running(_read_on, world, READERS) as times,
    ):
        _change(world, updates)
        took = time.perf_counter() - start
    compared, different = (sum(column) for column in zip(*checks(), strict=True))
    report.line(f"{size:,}: random changes with {READERS} readers", updates / took, "a second", n=updates)
    report.line(f"{size:,}: an answer meanwhile, p95", _p95(times()), "ms by the clock", n=len(times()))
    different += _in_the_end()
    report.line(f"{size:,}: counts that differ from the table", different, f"in {compared:,} snapshots and the end")
    if different:
        sys.exit("The map's counts are not the table's: see above.")


def _change(world: World, updates: int) -> None:
    chance = random.Random(8)
    with _writer(world) as raw:
        for _ in range(updates // AT_ONCE):
            statement = _SERVICE if chance.random() < 0.02 else _FLIP
            raw.execute(statement, [sorted(chance.sample(world.ids, AT_ONCE))])


def _in_the_end() -> int:
    """Every number of the cubes against the table, after all is drained."""
    from geoserver_app.density.check import check

    _keep_once()
    return sum(one.wrong + one.missed for one in check(place()))


# --- each a process ---------------------------------------------------------------------------------------------------


@contextmanager
def _running(work: Callable[..., None], world: World, count: int) -> Iterator[Callable[[], list[Any]]]:
    """Processes that work until the block ends; what they found can be had afterwards."""
    stop, found = _ASIDE.Event(), _ASIDE.Queue()
    processes = [_ASIDE.Process(target=work, args=(world, stop, found, n)) for n in range(count)]
    results: list[Any] = []
    for one in processes:
        one.start()
    try:
        yield lambda: results
    finally:
        stop.set()
        for _ in processes:
            results += found.get(timeout=300)
        for one in processes:
            one.join(60)


def _read_on(world: World, stop: Any, found: Any, number: int) -> None:
    """Asks one question after the other; milliseconds by the clock of each answer."""
    from geoserver_app.density.models import Audience
    from geoserver_app.density.read import read

    chance, times = random.Random(number), []
    with cost.reader(world.name) as raw:
        run = partial(cost.rows, raw)
        while not stop.is_set():
            start = time.perf_counter()
            read(run, Audience.PUBLIC, chance.choice(world.questions))
            times.append((time.perf_counter() - start) * 1e3)
            time.sleep(THINK_S)
    found.put(times[READERS:])  # the first ones connect and plan


def _write_on(world: World, stop: Any, found: Any, number: int) -> None:
    """One transaction after the other at the rate: four fifths closings and openings, one fifth new requests."""
    chance = random.Random(number)
    insert = copied()
    with _writer(world) as raw:
        due = time.perf_counter()
        while not stop.is_set():
            one = chance.choice(world.ids)
            raw.execute(*((insert, [one]) if chance.random() < 0.2 else (_FLIP, [[one]])))
            due += 1 / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
    found.put([])


def _keep_on(world: World, stop: Any, found: Any, number: int) -> None:
    """Keeps the counts as the worker does where so much is written."""
    from geoserver_app.density.upkeep import SOON_S

    while not stop.wait(SOON_S):
        _keep_once()
    found.put([])


def _keep_once() -> None:
    from django.utils import timezone

    from geoserver_app.density.rebuild import rebuild
    from geoserver_app.density.upkeep import keep

    if keep(place(), at=timezone.now()).rebuild:
        rebuild(place())


def _check_on(world: World, stop: Any, found: Any, number: int) -> None:
    """Compares what is read with the table, cell by cell, each time in one snapshot: (compared, different).

    One of ten looks at the whole city, the others at a block, so that there are many snapshots.
    """
    chance, compared, different = random.Random(77), 0, 0
    askable = [one for one in world.questions if one.first is None and not one.areas]
    with cost.reader(world.name) as raw:
        raw.execute("set statement_timeout = 0")  # all requests by cell: many seconds beside so much work
        while not stop.is_set():
            asked = chance.choice(askable)
            if compared % 10 == 0:
                asked = replace(asked, blocks=None)
            with raw.transaction():
                raw.execute("set transaction isolation level repeatable read, read only")
                different += _differing(raw, asked)
            compared += 1
            time.sleep(THINK_S * 10)
    found.put([(compared, different)])


def _differing(raw: Any, question: Any) -> int:
    from geoserver_app.density.cells import CELL_BITS, shift
    from geoserver_app.density.models import Audience, Measure
    from geoserver_app.density.read import read

    counted = read(partial(cost.rows, raw), Audience.PUBLIC, question)
    bits = shift(question.z)
    values = {
        "shift": bits, "jurisdiction": question.jurisdiction_id,
        "services": sorted(question.services) if question.services else None,
        "open": Measure.LEADS_OPEN in question.measures,
    }  # fmt: skip
    inside = ""
    if question.blocks is not None:
        (block,) = question.blocks
        inside = _INSIDE
        values |= {"low": block << bits + CELL_BITS, "high": block + 1 << bits + CELL_BITS}
    plain = dict(cost.rows(raw, _PLAIN.format(inside=inside), values))
    ours = dict(zip(counted.cells.tolist(), counted.counts.tolist(), strict=True)) if counted else {}
    return sum(ours.get(cell) != plain.get(cell) for cell in {*ours, *plain})


@contextmanager
def _writer(world: World) -> Iterator[Any]:
    with psycopg.connect(**database.log_in(world.name), autocommit=True) as raw:
        raw.execute("set search_path = public, postgis")
        yield raw
