"""Which reports of the demo's history are about one thing: the truth, in two halves that share no thing.

One half is what weights and thresholds are fitted on (duplicates_fit.py), the other is what the benchmark measures.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from typing import Any

# What is open as of the moment of the report that is asked about, not as of today.
OPEN_THEN = "(r.closed_at is null or r.closed_at > p.at)"


def truth(place: Any) -> dict[str, str]:
    """The key of the first report of the same thing, by the keys of further ones; written once more where it is old."""
    from geoserver_app.commands import demo_history
    from tests.bench.flow import AS_OF, REQUESTS

    file = demo_history.truth_file()
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    there = demo_history.stored(place)
    order = there.order if there else demo_history.wanted(place, REQUESTS, AS_OF, AS_OF)
    # The file may be of another history, which the same folder has had before.
    if next(iter(told.get("same", ())), "").startswith(order.prefix):
        return dict(told["same"])
    seeding = demo_history.Seeding(place, order)
    same = {one.key: one.problem for one in seeding.history.reports() if one.problem != one.key}
    demo_history.write_truth(seeding.history, same)
    return same


def is_measured(thing: str) -> bool:
    """Whether a thing, by the key of its first report, is in the half that is measured and never fitted on."""
    return hashlib.sha256(thing.encode()).digest()[0] % 2 == 1


def keys() -> dict[int, str]:
    """The key of each report of the history, by its id."""
    from geoserver_app.intake.models import ServiceRequest

    rows = ServiceRequest.objects.filter(idempotency_key__startswith="demo-").values_list("pk", "idempotency_key")
    return {pk: str(key) for pk, key in rows}


def probes(place: Any, count: int) -> list[int]:
    """Reports drawn by lot, of services that take two for one thing at all."""
    from geoserver_app.intake.models import ServiceRequest

    found = ServiceRequest.objects.filter(
        jurisdiction=place, service__duplicate_radius_m__gt=0, idempotency_key__startswith="demo-", geom__isnull=False
    )
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    return sorted(random.Random(311).sample(ids, min(count, len(ids))))


def half_of(some: list[int], same: dict[str, str], key: dict[int, str], *, measured: bool) -> list[int]:
    """Those that are about a thing of one of the halves."""
    return [pk for pk in some if is_measured(same.get(key[pk], key[pk])) is measured]


def index_for_then() -> None:
    """What is asked as of a day long past finds no help in the indexes of what is open today."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("create index if not exists bench_public_geom on intake_servicerequest using gist (public_geom)")


def asked_then(some: list[int], *, public: bool, least: int, most: int, more: str = "") -> list[Any]:
    """What is suggested for reports as of the moment at which each came; ``more`` are further columns of ``ranked``."""
    from geoserver_app.duplicates import candidates
    from layers.asked import ask

    # Each is asked about as if it had not been joined with any other yet.
    unjoined = candidates._STORED.replace("q.incident_id,", "null::bigint as incident_id,")
    text = candidates.statement(unjoined, public=public, is_open=OPEN_THEN).replace("p.people\n", f"p.people{more}\n")
    found: list[Any] = []
    for start in range(0, len(some), 500):
        given = {"requests": some[start : start + 500], "least": least, "most": most, "near": candidates.LOOKED_AT}
        found += ask(text, given)
    return found


def likely(part: int, whole: int) -> tuple[float, float]:
    """Wilson's interval of a share: by chance alone it would lie in it 95 times in 100 (E. B. Wilson, 1927)."""
    z, share = 1.96, part / whole
    middle, spread = share + z * z / (2 * whole), z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole**2))
    return (middle - spread) / (1 + z * z / whole), (middle + spread) / (1 + z * z / whole)
