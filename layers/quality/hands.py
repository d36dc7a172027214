"""What changes hands when an edition comes in: addresses, streets, and whatever packages above have registered.

A thing that lies somewhere (an address, the middle of a block, an open request) is looked up in both editions by the
kind's own rule of overlaps; only what lies on ground that differs is looked up at all. A thing that names an area (a
rule, a scope) is concerned where that area is gone, got another border, or is split.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from psycopg import sql

from layers import holders
from layers.bulk import rows_of
from layers.holders import Held, Placed
from layers.metric import into_plane, out_of_plane
from layers.models import AddressPointShape, Area, CenterlineShape, Edition, Jurisdiction, Kind, Succession
from layers.quality.change import Change, What, ground_of
from layers.quality.layer import Layer

EXAMPLES = 20
_BLOCK = 5_000
# On ground that differs, of what is in force; the region comes in degrees and is cut up, so that the index serves.
_IN_REGION = (
    "with region as materialized (select ST_Subdivide(ST_SetSRID(ST_GeomFromWKB(%(region)s), 4326), 128) as geom)"
    " select distinct on (s.id) s.id, {title}, ST_X(p.place), ST_Y(p.place) from region r"
    " join {shape} s on s.in_force and ST_Intersects(s.geom, r.geom)"
    " join layers_kind k on k.id = s.kind_id and k.jurisdiction_id = %(jurisdiction)s,"
    " lateral (select {place} as place) p order by s.id"
)


@dataclass(frozen=True)
class Handover:
    """Things of one holder that go from areas to areas (codes; none: outside every area)."""

    holder: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    count: int
    holds_up: bool = False
    examples: tuple[dict[str, object], ...] = ()


@dataclass
class _Group:
    count: int = 0
    examples: list[dict[str, object]] = field(default_factory=list)

    def add(self, number: int, title: str, address: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append({"id": number, "title": title, "address": address})


def changing(new: Layer, old: Layer, change: Change) -> list[Handover]:
    """Everything that changes hands between two editions of a kind of areas; the largest groups first."""
    kind = new.edition.kind
    if kind.feature_class != Kind.FeatureClass.AREA:
        return []
    found = list(_of_holders(kind, change, new.edition))
    if change.region is not None:
        region = shapely.to_wkb(out_of_plane(change.region, new.srid))
        before, after = _Finder(old), _Finder(new)
        everything = {"addresses": addresses_in, "streets": streets_in, **holders.placed()}
        for holder, within in everything.items():
            found += _moved(holder, within(kind.jurisdiction, region), before, after)
    return found


class _Finder:
    """Looks places up in one edition, by its kind's rule of overlaps."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        parts, self.owners = ground_of(layer)
        self.tree = shapely.STRtree(parts)
        self.one = layer.edition.kind.overlap == Kind.Overlap.ONE
        priorities = dict(Area.objects.filter(kind=layer.edition.kind).values_list("code", "priority"))
        self.order = [(priorities.get(code, 0), code) for code in layer.codes]

    def codes(self, places: list[shapely.Point]) -> list[tuple[str, ...]]:
        """The codes at each place (metre plane)."""
        found: list[set[int]] = [set() for _ in places]
        for at, part in zip(*self.tree.query(np.array(places, dtype=object), predicate="intersects"), strict=True):
            found[at].add(int(self.owners[part]))
        ordered = [sorted(self.order[row] for row in rows) for rows in found]
        return [tuple(code for _, code in (one[:1] if self.one else one)) for one in ordered]


def _moved(holder: str, things: Iterable[Placed], before: _Finder, after: _Finder) -> list[Handover]:
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], _Group] = defaultdict(_Group)
    for block in _blocks(things):
        points = shapely.points([(one.lon, one.lat) for one in block])
        places = list(into_plane(np.atleast_1d(points), before.layer.srid))
        for one, old, new in zip(block, before.codes(places), after.codes(places), strict=True):
            if old != new:
                groups[old, new].add(one.id, one.title, one.address)
    made = [
        Handover(holder, old, new, group.count, examples=tuple(group.examples)) for (old, new), group in groups.items()
    ]
    return sorted(made, key=lambda one: (-one.count, one.old, one.new))


def _blocks(things: Iterable[Placed]) -> Iterator[list[Placed]]:
    block: list[Placed] = []
    for one in things:
        block.append(one)
        if len(block) == _BLOCK:
            yield block
            block = []
    if block:
        yield block


def addresses_in(jurisdiction: Jurisdiction, region: bytes) -> Iterator[Placed]:
    """Address points in force in a region (WKB, degrees)."""
    return _in_region(AddressPointShape._meta.db_table, "s.full_address", "s.geom", jurisdiction, region)


def streets_in(jurisdiction: Jurisdiction, region: bytes) -> Iterator[Placed]:
    """Street segments in force that reach into a region, each at the middle of its line."""
    middle = "ST_LineInterpolatePoint(ST_GeometryN(s.geom, 1), 0.5)"
    return _in_region(CenterlineShape._meta.db_table, "s.full_name", middle, jurisdiction, region)


def _in_region(table: str, title: str, place: str, jurisdiction: Jurisdiction, region: bytes) -> Iterator[Placed]:
    statement = sql.SQL(_IN_REGION).format(shape=sql.Identifier(table), title=sql.SQL(title), place=sql.SQL(place))
    for number, named, lon, lat in rows_of(statement, {"region": region, "jurisdiction": jurisdiction.pk}):
        yield Placed(number, named, lon, lat)


def _of_holders(kind: Kind, change: Change, edition: Edition) -> Iterator[Handover]:
    """What names areas that are gone (it holds the edition up) or that have another border."""
    gone = set(change.gone)
    moved = {one.code for one in change.listed if one.what == What.MOVED}
    into: dict[str, list[str]] = defaultdict(list)
    for went in change.went:
        into[went.old].append(went.new)
    answered = _answered(edition)
    ids = dict(Area.objects.filter(kind=kind, code__in=gone | moved).values_list("pk", "code"))
    for holder, of in holders.holders().items():
        groups: dict[str, _Group] = defaultdict(_Group)
        for held in of(kind, list(ids)):
            groups[ids[held.area_id]].add(held.id, held.title, held.address)
        for code, group in sorted(groups.items(), key=lambda pair: (pair[0] not in gone, pair[0])):
            is_gone = code in gone
            yield Handover(
                holder, (code,), tuple(into[code]) if is_gone else (code,), group.count,
                holds_up=is_gone and code not in answered, examples=tuple(group.examples),
            )  # fmt: skip


def _answered(edition: Edition) -> set[str]:
    """Codes of areas whose succession by an edition somebody has confirmed."""
    confirmed = Succession.objects.filter(edition=edition, confirmed=True)
    return set(confirmed.values_list("old__code", flat=True))


def unanswered(edition: Edition) -> dict[str, list[Held]]:
    """What names areas that an edition no longer has, and whose succession nobody has confirmed, by holder.

    Asked of the tables as they are now: this is what holds up an activation, whatever an older report says.
    """
    kind = edition.kind
    statement = sql.SQL(
        "select a.id from layers_area a where a.kind_id = %(kind)s"
        " and exists (select from layers_areashape s where s.area_id = a.id and s.in_force)"
        " and not exists (select from layers_areashape s where s.area_id = a.id and s.editions @> %(seq)s::int4)"
        " and not exists (select from layers_succession c where c.old_id = a.id and c.edition_id = %(edition)s"
        "  and c.confirmed)"
    )
    gone = [pk for (pk,) in rows_of(statement, {"kind": kind.pk, "seq": edition.seq, "edition": edition.pk})]
    if not gone:
        return {}
    found = {code: list(of(kind, gone)) for code, of in holders.holders().items()}
    return {code: held for code, held in found.items() if held}
