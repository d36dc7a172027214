"""The jurisdictions whose map is served, and their kinds, as the public sees them; kept for a second at most."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from psycopg.types.numeric import Int8

from geoserver_app.published import reader
from geoserver_app.published.tilesets import BoundingBox, ServedKind, Tileset, tilesets

FRESH_S = 1.0  # how old an epoch may be that an answer is labeled with


@dataclass(frozen=True)
class Served:
    """A jurisdiction at an epoch. ``bbox`` holds its outline and the ground that is drawn around it."""

    id: int
    code: str
    name: str
    names: dict[str, str]
    epoch: int
    host_names: tuple[str, ...]
    bbox: BoundingBox
    tilesets: dict[str, Tileset]


_lock = threading.Lock()
_known: dict[str, Served] = {}
_read_at = float("-inf")


def by_code() -> dict[str, Served]:
    """All jurisdictions by code, at most a second old (older where another thread is just reading them)."""
    if time.monotonic() - _read_at >= FRESH_S and (not _known or not _lock.locked()):
        return refreshed()
    return _known


def refreshed() -> dict[str, Served]:
    """All jurisdictions by code, read now. What hangs on an epoch is read once per epoch."""
    global _known, _read_at  # noqa: PLW0603 - one value for the whole process, replaced as a whole
    with _lock:
        found = reader.rows(_JURISDICTIONS, {})
        _known = {row[1]: _served(row, _known.get(row[1])) for row in found}
        _read_at = time.monotonic()
        return _known


def forget() -> None:
    """Forgets everything read so far."""
    global _known, _read_at
    _known, _read_at = {}, float("-inf")


def _served(row: tuple[Any, ...], before: Served | None) -> Served:
    id_, code, name, names, epoch, host_names = row
    if before and (before.id, before.epoch) == (id_, epoch):
        bbox, sets = before.bbox, before.tilesets
    else:
        at = {"jurisdiction": Int8(id_)}
        west, south, east, north = reader.rows(_BBOX, at)[0]
        bbox, sets = (west, south, east, north), tilesets(ServedKind(*kind) for kind in reader.rows(_KINDS, at))
    return Served(id_, code, name, names, epoch, tuple(host_names or ()), bbox, sets)


_JURISDICTIONS = """
select j.id, j.code, j.name, j.names, j.epoch, h.host_names
from published.jurisdiction j left join published.city_hall h on h.jurisdiction_id = j.id
order by j.code
"""

_KINDS = """
select k.id, k.code, k.feature_class, k.name, k.names, k.on_map, k.position, e.in_force_from::text
from published.kind k join published.edition e on e.kind_id = k.id
where k.jurisdiction_id = %(jurisdiction)s
order by k.position, k.code
"""

# The outline and what is drawn outside of it: neighbors, water, parks, rail, streets.
_BBOX = """
with ground as (
  select st_extent(outline) as box from published.jurisdiction where id = %(jurisdiction)s
  union all
  select st_extent(a.geom) from published.area a join published.kind k on k.id = a.kind_id
  where k.jurisdiction_id = %(jurisdiction)s and k.code in ('municipality', 'park', 'rail', 'water')
  union all
  select st_extent(s.geom) from published.street s join published.kind k on k.id = s.kind_id
  where k.jurisdiction_id = %(jurisdiction)s
)
select min(st_xmin(box)), min(st_ymin(box)), max(st_xmax(box)), max(st_ymax(box)) from ground
"""
