"""Databases of the same city with histories of different lengths, kept as templates of their own between runs."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

from django.db import connection

from tests.bench import city, database
from tests.bench.report import Report

AS_OF = date(2026, 11, 20)
USUAL, LARGEST = (100_000, 1_000_000), 10_000_000
# Bytes on disk of a request with its history, keys and counts, measured; and what must be left beside.
EACH, LEFT = 9_000, 2 << 30


class DiskTooSmall(SystemExit):
    """There is no room for a history of the size that was asked for."""


def sizes(*, full: bool) -> tuple[int, ...]:
    """How many requests; ONEMAP_BENCH_MAP_SIZES="10000,50000" says otherwise."""
    given = os.environ.get("ONEMAP_BENCH_MAP_SIZES")
    if given:
        return tuple(sorted(int(part) for part in given.split(",")))
    return (*USUAL, LARGEST) if full else USUAL


def name_of(size: int) -> str:
    return f"{database.NAME}_map_{size}"


def prepare(report: Report, size: int) -> None:
    """Makes the database of a size where it is not there: the city copied, the history by the product's bulk path."""
    if database.exists(name_of(size)):
        return
    _need_room(size)
    city.loaded()
    database.copy(name_of(size))
    with using(size):
        start = time.perf_counter()
        _seed(size)
        report.line(f"{size:,} requests seeded by the bulk path", time.perf_counter() - start, "s", n=size)


def using(size: int) -> AbstractContextManager[None]:
    """Django's connection and the published pool in the database of a size."""
    return database.using(name_of(size))


def _seed(size: int) -> None:
    from django.utils import timezone

    from geoserver_app.commands import demo_city, demo_history
    from layers.models import Jurisdiction

    place = Jurisdiction.objects.get(code=demo_city.ALMENDRA.code)
    demo_city.load_office(place, timezone.now())
    demo_history.Seeding(place, demo_history.wanted(place, size, AS_OF, AS_OF)).run(lambda _count: None, block=50_000)
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def _need_room(size: int) -> None:
    with database.connect() as raw:
        (folder,) = raw.execute("show data_directory").fetchone() or ("",)
    where = Path(str(folder))
    while not where.exists():
        where = where.parent
    free = shutil.disk_usage(where).free
    if free < size * EACH + LEFT:
        asked, there = (round(number / (1 << 30)) for number in (size * EACH + LEFT, free))
        raise DiskTooSmall(f"{size:,} requests need {asked} GB of disk, and {there} GB are free: nothing was made.")
