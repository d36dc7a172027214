"""An old system's table of requests, invented for benchmarks, and its import in a process of its own."""

import csv
import os
import random
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench import city as cities
from tests.bench import database

COLUMNS = ("No", "Opened", "Updated", "Closed", "Kind", "Status", "Remarks", "Via", "Text", "X", "Y", "Where", "Beat")
MAPPING = {
    "number": "No", "dates": ["%m/%d/%Y %I:%M:%S %p"], "requested": "Opened", "updated": "Updated", "closed": "Closed",
    "service": "Kind", "status": {"column": "Status", "values": {"Open": "assigned", "Closed": "closed"}},
    "status_notes": "Remarks", "channel": {"column": "Via", "values": {"Call": "phone"}, "default": "web"},
    "description": "Text", "place": {"lon": "X", "lat": "Y", "address": "Where"}, "areas": {"beat": "Beat"},
}  # fmt: skip


def city() -> Any:
    """The invented city with its offices."""
    from django.utils import timezone

    from geoserver_app.commands import demo_city

    place = cities.loaded()
    demo_city.load_office(place, timezone.now())
    return place


def table(path: Path, place: Any, count: int) -> Path:
    """A CSV file; nine rows in ten have coordinates, the tenth only its address."""
    from geoserver_app.catalog.models import Service

    kinds = list(Service.objects.filter(jurisdiction=place, retired_on=None).values_list("name", flat=True)[:40])
    there = houses(place)
    chance = random.Random(311)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(count):
            lon, lat, address = chance.choice(there)
            day = f"{chance.randrange(1, 13):02}/{chance.randrange(1, 29):02}/20{chance.randrange(12, 26)}"
            point = (
                ("", "") if number % 10 == 0 else (lon + chance.uniform(-2e-4, 2e-4), lat + chance.uniform(-2e-4, 2e-4))
            )
            writer.writerow((
                f"N-{number}", f"{day} 08:{number % 60:02}:00 AM", f"{day} 04:30:00 PM", f"{day} 04:30:00 PM",
                kinds[min(int(chance.expovariate(0.15)), len(kinds) - 1)], "Closed", "Done by the crew.",
                "Call" if number % 2 else "Web", "Something in the street", *point, address, str(number % 9 + 1),
            ))  # fmt: skip
    return path


def houses(place: Any) -> list[Any]:
    """Longitude, latitude and address of every house that has one."""
    with database.connect() as raw:
        return raw.execute(
            "select ST_X(x.geom), ST_Y(x.geom), x.full_address from layers_addresspointshape x"
            " join layers_kind k on k.id = x.kind_id where k.jurisdiction_id = %s and x.in_force"
            " and x.full_address <> ''"
            " order by x.id",
            [place.pk],
        ).fetchall()


def forked(work: Callable[[], object]) -> int:
    """The process that does some work; it ends with 0 where that came to its end."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with ExitStack() as last:
                last.push(_told)
                work()
            status = 0
        finally:
            os._exit(status)
    return child


def _told(kind: Any, error: Any, trace: Any) -> None:
    """Says why the process ends: nobody else will."""
    if error is not None:
        traceback.print_exception(kind, error, trace)


def bring(
    place: Any,
    path: Path,
    source: str,
    steps: Callable[[str, int], Callable[[int], None]] = lambda *_: lambda _: None,
    block: int = 0,
) -> None:
    """Imports a file; ``steps`` is told how it goes on, ``block`` is the product's own unless told."""
    from django.utils import timezone

    from geoserver_app.past import importing
    from geoserver_app.past.importing import Import
    from geoserver_app.past.mapping import mapping_from
    from geoserver_app.past.sources import opened

    importing.BLOCK = block or importing.BLOCK
    mapping = mapping_from({**MAPPING, "source": source})
    with opened(path) as given:
        done = Import(place, mapping, timezone.now(), True, steps).run(given)
    assert done.counts["new"] + done.counts["same"] == done.read, done.lines()
