"""Keeps the rendered basemap of a jurisdiction: deletes what changed, renders what is missing.

The kept tiles remember which edition of each kind they show. When others are in force, the shapes that stand in one of
the two but not in both are what changed; the tiles in whose reach they lie are deleted and rendered again, the rest
stays. So nothing needs to be told what happened in between: roll backs and several activations come to the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import shapely
from django.db import connection
from django.db.transaction import atomic
from django.utils import timezone
from psycopg import sql

from geoserver_app.published.models import BasemapSet, BasemapTile
from geoserver_app.published.render import RECIPE, Tile, TileAt, digest, render
from geoserver_app.published.tilesets import BASEMAP, MAX_ZOOM, MIN_ZOOM, tile_at, tile_bbox
from layers.errors import Conflict
from layers.models import Edition, Jurisdiction, Kind
from layers.tables import TABLES

_FOLDER = Path(__file__).with_name("tiles")
_CHANGED = sql.SQL((_FOLDER / "changed.sql").read_text(encoding="utf-8"))
_KEEP = (_FOLDER / "keep.sql").read_text(encoding="utf-8")
BATCH = 32  # tiles rendered between two looks at whether the ground has changed

# The lowest zoom at which basemap.sql shows a kind of area, and a class of other features.
AREA_FROM_ZOOM = {
    "municipality": 10, "neighborhood": 12, "park": 10, "rail": 10, "water": 10, "building": 15, "right_of_way": 15,
}  # fmt: skip
CLASS_FROM_ZOOM = {"centerline": 10, "landmark": 13, "parcel": 15, "address_point": 16}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Rendering:
    """What a run did: tiles deleted because their ground changed, and tiles rendered."""

    deleted: int
    rendered: int


class GroundChanged(Conflict):
    """Another edition came into force while the tiles were being rendered."""


def no_progress(_done: int, _total: int) -> None:
    """A progress that shows nothing."""


def bring_up_to_date(jurisdiction_id: int, *, everything: bool = False, progress: Progress = no_progress) -> Rendering:
    """Deletes the tiles whose ground changed (or all) and renders the missing ones; progress gets (done, total).

    GroundChanged where the epoch moves on meanwhile; what was kept until then is good or already deleted.
    """
    epoch, deleted = forget_changed(jurisdiction_id, everything=everything)
    wanted = missing(jurisdiction_id)
    _note(jurisdiction_id, total=len(wanted), done=0, started_at=timezone.now(), finished_at=None)
    for start in range(0, len(wanted), BATCH):
        batch = [(at, _rendered(at, epoch)) for at in wanted[start : start + BATCH]]
        done = start + len(batch)
        _keep(jurisdiction_id, epoch, batch, done)
        progress(done, len(wanted))
    _note(jurisdiction_id, finished_at=timezone.now())
    return Rendering(deleted, len(wanted))


def is_up_to_date(place: Jurisdiction) -> bool:
    """True where the kept tiles are those of the present epoch and recipe, and none is missing."""
    right = BasemapSet.objects.filter(jurisdiction=place, epoch=place.epoch, recipe=RECIPE, finished_at__isnull=False)
    return right.exists()


@atomic
def forget_changed(jurisdiction_id: int, *, everything: bool = False) -> tuple[int, int]:
    """Deletes the kept tiles that are no longer right and moves the set on; the set's epoch and how many went.

    The epoch is read before the editions: one that comes into force in between is compared again at the next run.
    """
    BasemapSet.objects.get_or_create(jurisdiction_id=jurisdiction_id)
    kept = BasemapSet.objects.select_for_update().get(jurisdiction_id=jurisdiction_id)
    place = Jurisdiction.objects.get(pk=jurisdiction_id)
    kinds = _shown_kinds(jurisdiction_id)
    editions = _editions_in_force(kinds)
    ground = digest(bytes(place.outline.ewkb) + place.name.encode())
    if everything or (kept.recipe, kept.ground) != (RECIPE, ground):
        deleted, _ = BasemapTile.objects.filter(jurisdiction_id=jurisdiction_id).delete()
    else:
        deleted = sum(_forget_kind(kind, kept.editions.get(str(kind.pk)), editions.get(str(kind.pk))) for kind in kinds)
    kept.epoch, kept.recipe, kept.ground, kept.editions = place.epoch, RECIPE, ground, editions
    kept.save()
    return place.epoch, deleted


def missing(jurisdiction_id: int) -> list[TileAt]:
    """The tiles that touch the jurisdiction's outline and are not kept, from the widest to the closest zoom."""
    there = set(BasemapTile.objects.filter(jurisdiction_id=jurisdiction_id).values_list("z", "x", "y"))
    outline = shapely.from_wkb(bytes(Jurisdiction.objects.get(pk=jurisdiction_id).outline.wkb))
    return [TileAt(jurisdiction_id, *at) for at in sorted(pyramid(outline)) if at not in there]


def pyramid(outline: shapely.Geometry) -> Iterator[tuple[int, int, int]]:
    """Every tile (z, x, y) of the kept zooms that touches an outline (degrees)."""
    shapely.prepare(outline)
    west, south, east, north = outline.bounds
    (left, top), (right, bottom) = tile_at(west, north, MIN_ZOOM), tile_at(east, south, MIN_ZOOM)
    waiting = [(MIN_ZOOM, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
    while waiting:
        z, x, y = waiting.pop()
        if not outline.intersects(shapely.box(*tile_bbox(z, x, y))):
            continue
        yield z, x, y
        if z < MAX_ZOOM:
            waiting += [(z + 1, 2 * x + i, 2 * y + j) for i in (0, 1) for j in (0, 1)]


def _shown_kinds(jurisdiction_id: int) -> list[Kind]:
    return [kind for kind in Kind.objects.filter(jurisdiction_id=jurisdiction_id) if _from_zoom(kind)]


def _from_zoom(kind: Kind) -> int | None:
    if kind.feature_class == Kind.FeatureClass.AREA:
        return AREA_FROM_ZOOM.get(kind.code)
    return CLASS_FROM_ZOOM.get(kind.feature_class)


def _editions_in_force(kinds: list[Kind]) -> dict[str, int]:
    # Keys are text, as they come back from JSON.
    current = Edition.objects.filter(kind__in=kinds, is_current=True)
    return {str(kind): seq for kind, seq in current.values_list("kind_id", "seq")}


def _forget_kind(kind: Kind, old: int | None, new: int | None) -> int:
    if old == new:
        return 0
    table = sql.Identifier(TABLES[kind.feature_class].shape_table)
    values = {"jurisdiction": kind.jurisdiction_id, "kind": kind.pk, "from_z": _from_zoom(kind), "old": old, "new": new}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED.format(shapes=table), values)
        return int(cursor.rowcount)


def _rendered(at: TileAt, epoch: int) -> Tile:
    found = render(BASEMAP, at)
    if found is None or found[0] != epoch:
        raise GroundChanged("Another edition came into force during the rendering. Start it again.")
    return found[1]


@atomic
def _keep(jurisdiction_id: int, epoch: int, batch: list[tuple[TileAt, Tile]], done: int) -> None:
    # Locked against forget_changed: a tile of an older epoch is never added to a set that has moved on.
    right = BasemapSet.objects.select_for_update().filter(jurisdiction_id=jurisdiction_id, epoch=epoch, recipe=RECIPE)
    if not right.exists():
        raise GroundChanged("Another edition came into force during the rendering. Start it again.")
    with connection.cursor() as cursor:
        cursor.executemany(_KEEP, [{**at.values(), "gz": tile.gz, "etag": tile.etag} for at, tile in batch])
    _note(jurisdiction_id, done=done)


def _note(jurisdiction_id: int, **fields: object) -> None:
    BasemapSet.objects.filter(jurisdiction_id=jurisdiction_id).update(**fields)
