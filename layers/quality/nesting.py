"""Areas that should lie in one area of another kind: beats in divisions, parcels in beats.

A kind may say in which kind it nests (``Kind.nests_in``); what breaks out is then a fault. Of parcels it is told as a
matter of fact which lie across the borders of the kinds that cover everything, because their requests are the other
side's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg import sql

from layers.bulk import Progress, rows_of
from layers.geometry import Geometries
from layers.metric import into_plane, out_of_plane
from layers.models import Edition, Kind
from layers.quality import classes, samples
from layers.quality.blocks import pieces
from layers.quality.findings import Book, Finding
from layers.quality.layer import Layer, read

SHARE = 0.01  # less of a feature beyond a border is two drawings of one line
GROUND_M2 = 10.0
_MANY = 5_000


def look(layer: Layer, book: Book, progress: Progress) -> None:
    """Notes areas that do not lie in one area of the kind above, and parcels that lie across borders."""
    kind = layer.edition.kind
    if kind.feature_class == Kind.FeatureClass.PARCEL:
        _look(layer, [_Above(parent) for parent in _covering(kind)], "across", book, progress)
        return
    above = _in_force(kind.nests_in_id) if kind.nests_in_id is not None else None
    if above is not None:
        _look(layer, [_Above(above)], "not_nested", book, progress)
    if classes.covers_all(kind):
        _parcels_across(layer, book)


def _covering(kind: Kind) -> Iterator[Edition]:
    """The editions in force of the kinds that divide the jurisdiction among them."""
    for other in Kind.objects.filter(jurisdiction=kind.jurisdiction).exclude(pk=kind.pk):
        edition = _in_force(other.pk) if classes.covers_all(other) and other.code != "municipality" else None
        if edition is not None:
            yield edition


def _in_force(kind_id: int) -> Edition | None:
    found = Edition.objects.filter(kind=kind_id, is_current=True)
    return found.select_related("kind__jurisdiction").first()


class _Above:
    """The areas of an edition, made ready for asking which of them features lie in."""

    def __init__(self, edition: Edition, layer: Layer | None = None) -> None:
        self.edition = edition
        areas = layer or read(edition)
        self.codes = areas.codes
        outlines = areas.outlines(np.arange(len(areas)))
        self.border_pieces = _border_pieces(outlines)
        self.borders = shapely.STRtree(self.border_pieces)
        self.parts, self.owners = pieces(outlines)
        self.tree = shapely.STRtree(self.parts)

    def at_borders(self, features: Geometries) -> NDArray[np.intp]:
        """Positions of the features that a border touches."""
        return np.unique(self.borders.query(features, predicate="intersects")[0])

    def shares(self, features: Geometries) -> list[dict[str, float]]:
        """For each feature, how many square metres of it lie in which area, by its code."""
        lies: list[dict[str, float]] = [{} for _ in range(len(features))]
        if not len(features):
            return lies
        mine, theirs = self.tree.query(features, predicate="intersects")
        areas = shapely.area(shapely.intersection(features[mine], self.parts[theirs]))
        for at, owner, area in zip(mine.tolist(), self.owners[theirs].tolist(), areas.tolist(), strict=True):
            code = self.codes[owner]
            lies[at][code] = lies[at].get(code, 0.0) + area
        return lies


def _look(layer: Layer, above: list[_Above], code: str, book: Book, progress: Progress) -> None:
    rows = np.flatnonzero(layer.first) if code == "across" else np.arange(len(layer))
    for part, features in layer.chunks(rows):
        for one in above:
            near = one.at_borders(features) if code == "across" else np.arange(len(part))
            for at, lies in zip(near.tolist(), one.shares(features[near]), strict=True):
                _note_shares(layer, int(part[at]), features[at], lies, code, one.edition, book)
        progress(len(part))
    for one in above:
        book.show_by(code, samples.shares(layer.edition, one.edition))


def _border_pieces(outlines: Geometries) -> Geometries:
    """Borders in short stretches, so that a tree finds what lies at them."""
    lines = shapely.get_parts(shapely.boundary(outlines))
    made = []
    for line in lines:
        places = shapely.get_coordinates(line)
        for start in range(0, max(1, len(places) - 1), 40):
            made.append(shapely.linestrings(places[start : start + 41]))
    return np.array(made, dtype=object)


def _note_shares(
    layer: Layer, row: int, outline: shapely.Geometry, lies: dict[str, float], code: str, above: Edition, book: Book
) -> None:  # fmt: skip
    whole = outline.area
    least = max(GROUND_M2, SHARE * whole)
    parts = sorted(((area, name) for name, area in lies.items() if area > least), reverse=True)
    free = whole - sum(lies.values())
    enough = len(parts) > 1 or (code == "not_nested" and (not parts or free > least))
    if not enough:
        return
    second = parts[1][0] if len(parts) > 1 else free
    book.note(
        Finding(
            code, (layer.codes[row],), area_m2=float(second), size=float(second),
            ground=outline,
            detail={
                "name": layer.names[row], "kind": above.kind.code, "in": [name for _, name in parts[:6]],
                "m2": [round(area, 1) for area, _ in parts[:6]],
            },
        )
    )  # fmt: skip


def _parcels_across(layer: Layer, book: Book) -> None:
    """Parcels in force that the borders of this edition cut."""
    kinds = Kind.objects.filter(
        jurisdiction=layer.edition.kind.jurisdiction, feature_class=Kind.FeatureClass.PARCEL, editions__is_current=True
    )
    above = _Above(layer.edition, layer)
    for kind in kinds:
        cut = _cut_parcels(kind, layer, above.border_pieces)
        if not cut:
            continue
        numbers = [number for number, _ in cut]
        features = into_plane(shapely.from_wkb(np.array([wkb for _, wkb in cut], dtype=object)), layer.srid)
        for number, outline, lies in zip(numbers, features, above.shares(features), strict=True):
            _note_cut(layer, number, outline, lies, kind, book)
        book.show_by("across", samples.shares(_in_force(kind.pk) or layer.edition, layer.edition))


def _cut_parcels(kind: Kind, layer: Layer, border_pieces: Geometries) -> list[tuple[str, bytes]]:
    """(number, WKB in degrees) of distinct parcels at a border, found by the index of what is in force."""
    borders = out_of_plane(border_pieces, layer.srid)
    statement = sql.SQL(
        "select min(p.parcel_number), ST_AsBinary(s.geom) from layers_parcelshape s"
        " join layers_parcel p on p.id = s.parcel_id"
        " where s.id in (select t.id from unnest(%(borders)s::bytea[]) b (wkb)"
        "  join layers_parcelshape t on t.in_force and t.kind_id = %(kind)s"
        "  and ST_Intersects(t.geom, ST_SetSRID(ST_GeomFromWKB(b.wkb), 4326)))"
        " group by ST_AsBinary(s.geom) limit %(many)s"
    )
    values = {"kind": kind.pk, "borders": [bytes(wkb) for wkb in shapely.to_wkb(borders)], "many": _MANY}
    return [(number, bytes(wkb)) for number, wkb in rows_of(statement, values)]


def _note_cut(
    layer: Layer, number: str, outline: shapely.Geometry, lies: dict[str, float], kind: Kind, book: Book
) -> None:  # fmt: skip
    least = max(GROUND_M2, SHARE * outline.area)
    parts = sorted(((area, code) for code, area in lies.items() if area > least), reverse=True)
    if len(parts) < 2:
        return
    book.note(
        Finding(
            "across", (number,), area_m2=parts[1][0], size=parts[1][0],
            ground=outline,
            detail={
                "kind": layer.edition.kind.code, "parcel_kind": kind.code, "in": [code for _, code in parts[:6]],
                "m2": [round(area, 1) for area, _ in parts[:6]],
            },
        )
    )  # fmt: skip
