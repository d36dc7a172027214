"""The quality report of a real parcel layer: seconds, seconds for each 10,000 features, the memory it takes at most."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import city
from tests.bench.layers import PARCELS
from tests.bench.report import Report

ROUNDS = 3
COPIES = 10
_COPY = """
with made as (
  insert into layers_parcel (kind_id, jurisdiction_id, parcel_number)
  select p.kind_id, p.jurisdiction_id, p.parcel_number || '/' || n
  from layers_parcel p, generate_series(1, %(copies)s) n where p.kind_id = %(kind)s
  returning id, parcel_number)
insert into layers_parcelshape (parcel_id, kind_id, editions, content_hash, attributes, situs_address, land_use,
  owner_class, geom)
select m.id, s.kind_id, s.editions, decode(md5(m.parcel_number), 'hex'), s.attributes, s.situs_address, s.land_use,
  s.owner_class, ST_Translate(s.geom, 0.15 * split_part(m.parcel_number, '/', 2)::int, 0)
from made m
join layers_parcel p on p.kind_id = %(kind)s and p.parcel_number = split_part(m.parcel_number, '/', 1)
join layers_parcelshape s on s.parcel_id = p.id
"""


def run(report: Report, *, full: bool) -> None:
    """`./run bench quality`."""
    from django.db import transaction

    from layers.loading import LoadOptions, load

    if not PARCELS.is_file():
        print("quality: not measured, Cambridge's parcels are not here")
        return
    place = city.cambridge()
    crosswalk = Path(__file__).resolve().parents[2] / "docs/gis/crosswalks/cambridge-parcels.yaml"
    with transaction.atomic():
        done = load(place, PARCELS, kind="parcel", options=LoadOptions(crosswalk=crosswalk), commit=True)
        assert done.edition is not None
        _measured(report, done.edition, "Cambridge's parcels", against_plain=True)
        if full:
            _copied(done.edition)
            _measured(report, done.edition, f"the same {COPIES + 1} times side by side", against_plain=False)
        transaction.set_rollback(True)


def _measured(report: Report, edition_id: int, name: str, *, against_plain: bool) -> None:
    from layers.quality import report as quality

    edition = quality.edition_of(edition_id)
    rounds = [_peak(lambda: quality.run(edition)) for _ in range(ROUNDS)]
    seconds = statistics.median(taken for taken, _, _ in rounds)
    count = rounds[0][2].facts["features"]
    plain = _plain(edition) if against_plain else None
    ratio = (seconds / plain, f"plain shapely: overlaps and union alone ({plain:.2f} s)") if plain else None
    report.line(f"quality report of {name}", seconds, "s", ratio=ratio, n=count)
    report.line("  for each 10,000 features", seconds / count * 10_000, "s", n=count)
    report.line("  memory of the process at most", max(more for _, more, _ in rounds) / 1024, "MB", n=count)
    print("  steps:", ", ".join(f"{step} {taken:.2f} s" for step, taken in rounds[-1][2].seconds.items()))


def _peak(work: Callable[[], Any]) -> tuple[float, int, Any]:
    """(seconds, kB of resident memory of the whole process at most meanwhile, what the work returns)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forgets the process's earlier peak
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, _memory("VmHWM"), made


def _memory(name: str) -> int:
    (line,) = (
        row for row in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if row.startswith(name)
    )
    return int(line.split()[1])


def _plain(edition: Any) -> float:
    """Seconds of what anybody would write first: every touching pair intersected, everything united."""
    import numpy as np
    import shapely

    from layers.quality.layer import read

    layer = read(edition)
    outlines = layer.outlines(np.arange(len(layer)))
    start = time.perf_counter()
    one, other = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    mine = one < other
    shapely.area(shapely.intersection(outlines[one[mine]], outlines[other[mine]]))
    shapely.union_all(outlines)
    return time.perf_counter() - start


def _copied(edition_id: int) -> None:
    """Ten more copies of the parcels, each eleven kilometres further east."""
    from django.db import connection

    from layers.models import Edition

    kind = Edition.objects.values_list("kind_id", flat=True).get(pk=edition_id)
    with connection.cursor() as cursor:
        cursor.execute(_COPY, {"kind": kind, "copies": COPIES})
