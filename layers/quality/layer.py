"""The features of one edition as a report works on them: numbers for all, outlines for as many as memory may hold.

Of every feature its code, name, extent, size and a hash of its outline are held (some 200 bytes); outlines are held
only while there are not more vertices than ``HELD_VERTICES``, otherwise they are read again, block by block. So a
report of ten million vertices needs the memory of one million.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray
from psycopg import Cursor, sql

from layers.bulk import Progress, rows_of, silent
from layers.geometry import Geometries
from layers.metric import into_plane
from layers.models import Edition, Kind
from layers.tables import TABLES, FeatureTables

HELD_VERTICES = 1_000_000
CHUNK = 2_000
_NAMES = {
    Kind.FeatureClass.AREA: "s.name",
    Kind.FeatureClass.PARCEL: "s.situs_address",
    Kind.FeatureClass.ADDRESS_POINT: "s.full_address",
    Kind.FeatureClass.CENTERLINE: "s.full_name",
    Kind.FeatureClass.ASSET: "s.name",
    Kind.FeatureClass.LANDMARK: "s.name",
}


@dataclass
class Layer:
    """One edition in rows 0 to n-1. ``bounds`` (metres: west, south, east, north) and sizes are in the metre plane.

    ``twins`` gives rows with the same outline the same number; ``first`` says which row is the first of its twins.
    """

    edition: Edition
    shape_ids: NDArray[np.int64]
    codes: list[str]
    names: list[str]
    bounds: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    length_m: NDArray[np.float64]
    vertices: NDArray[np.int64]
    twins: NDArray[np.int64]
    held: Geometries | None = field(repr=False, default=None)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def srid(self) -> int:
        return self.edition.kind.jurisdiction.metric_srid

    @property
    def first(self) -> NDArray[np.bool_]:
        """Which rows are the first, or only, ones with their outline."""
        marks = np.zeros(len(self), dtype=bool)
        marks[np.unique(self.twins, return_index=True)[1]] = True
        return marks

    def outlines(self, rows: NDArray[np.intp]) -> Geometries:
        """The outlines of some rows, in the metre plane."""
        if self.held is not None:
            return self.held[rows]
        tables = TABLES[self.edition.kind.feature_class]
        statement = sql.SQL("select id, ST_AsBinary(geom) from {} where id = any(%s)").format(
            sql.Identifier(tables.shape_table)
        )
        wanted = self.shape_ids[rows].tolist()
        connection.ensure_connection()
        # Not Django's own cursor, which has values as text only.
        with Cursor(connection.connection) as cursor:
            found = dict(cursor.execute(statement, [wanted], binary=True).fetchall())
        outlines = shapely.from_wkb(np.array([found[one] for one in wanted], dtype=object))
        return into_plane(outlines, self.srid)

    def chunks(self, rows: NDArray[np.intp] | None = None) -> Iterator[tuple[NDArray[np.intp], Geometries]]:
        """Rows with their outlines, so many at a time as memory may hold."""
        wanted = np.arange(len(self)) if rows is None else rows
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            yield part, self.outlines(part)


def features(edition: Edition) -> int:
    """How many features stand in an edition."""
    tables = TABLES[edition.kind.feature_class]
    statement = sql.SQL("select count(*) from {shape} where kind_id = %(kind)s and editions @> %(seq)s::int4").format(
        shape=sql.Identifier(tables.shape_table)
    )
    return int(rows_of(statement, {"kind": edition.kind_id, "seq": edition.seq})[0][0])


def read(edition: Edition, progress: Progress = silent) -> Layer:
    """The features of an edition, in the order of their codes."""
    gathered = _Gathered(edition.kind.jurisdiction.metric_srid)
    for rows in _streamed(edition):
        gathered.add(rows)
        progress(len(rows))
    return gathered.layer(edition)


def _streamed(edition: Edition) -> Iterator[list[tuple[Any, ...]]]:
    """(shape id, code, name, WKB) of all features, chunk by chunk, through a cursor of the server."""
    tables = TABLES[edition.kind.feature_class]
    connection.ensure_connection()
    with connection.connection.cursor(name="quality_layer", withhold=True) as cursor:
        values = {"kind": edition.kind_id, "seq": edition.seq}
        cursor.execute(_statement(tables, edition.kind), values, binary=True)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _statement(tables: FeatureTables, kind: Kind) -> sql.Composed:
    return sql.SQL(
        "select s.id, f.{code}, {name}, ST_AsBinary(s.geom) from {shape} s join {identity} f on f.id = s.{parent}"
        " where s.kind_id = %(kind)s and s.editions @> %(seq)s::int4 order by f.{code}"
    ).format(
        code=sql.Identifier(tables.code),
        name=sql.SQL(_NAMES[Kind.FeatureClass(kind.feature_class)]),
        shape=sql.Identifier(tables.shape_table),
        identity=sql.Identifier(tables.identity_table),
        parent=sql.Identifier(tables.parent),
    )


class _Gathered:
    """What is kept of every chunk."""

    def __init__(self, srid: int) -> None:
        self.srid = srid
        self.ids: list[int] = []
        self.codes: list[str] = []
        self.names: list[str] = []
        self.numbers: list[NDArray[np.float64]] = []
        self.hashes: list[int] = []
        self.held: list[Geometries] | None = []
        self.vertices = 0

    def add(self, rows: list[tuple[Any, ...]]) -> None:
        ids, codes, names, wkbs = zip(*rows, strict=True)
        self.ids += ids
        self.codes += codes
        self.names += names
        self.hashes += [hash(wkb) for wkb in wkbs]
        plane = into_plane(np.asarray(shapely.from_wkb(np.array(wkbs, dtype=object)), dtype=object), self.srid)
        count = shapely.get_num_coordinates(plane)
        self.numbers.append(np.column_stack((shapely.bounds(plane), shapely.area(plane), shapely.length(plane), count)))
        self.vertices += int(count.sum())
        if self.vertices > HELD_VERTICES:
            self.held = None
        elif self.held is not None:
            self.held.append(plane)

    def layer(self, edition: Edition) -> Layer:
        numbers = np.vstack(self.numbers) if self.numbers else np.empty((0, 7))
        return Layer(
            edition=edition,
            shape_ids=np.array(self.ids, dtype=np.int64),
            codes=self.codes,
            names=self.names,
            bounds=numbers[:, :4],
            area_m2=numbers[:, 4],
            length_m=numbers[:, 5],
            vertices=numbers[:, 6].astype(np.int64),
            twins=np.unique(np.array(self.hashes, dtype=np.int64), return_inverse=True)[1],
            held=np.concatenate(self.held) if self.held else None,
        )
