"""Committing a prepared layer as an edition: identities that are new, shapes that are new, and nothing else.

An edition is a number (``seq``) in its kind. A shape stands in the editions of its multirange; the last range of a
shape that still stands is open at the top, so that the next edition has it without a write. For edition n:

- shapes that stand in n (by being open at the top) but are not in the new layer lose [n, ...);
- shapes of the new layer that are known but do not stand in n (a border put back) gain [n, ...);
- shapes that were never seen before are inserted with {[n, ...)}.

What a kind has is read once (codes and hashes, no geometry), compared in memory, and only differences are sent: a
weekly file that changes 40 of 13,000 parcels costs its reading.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify
from psycopg import sql

from layers import ground
from layers.binary import from_edition_on
from layers.bulk import Progress, copy_columns, rows_of, run, silent
from layers.metric import into_plane
from layers.models import Area, Edition, Kind
from layers.prepare import Prepared
from layers.tables import TABLES, FeatureTables


@dataclass(frozen=True)
class Committed:
    """What an edition wrote: shapes that are new, put back or ended; ``carried`` ones cost nothing."""

    identities: int
    new: int
    reopened: int
    closed: int
    carried: int


@dataclass
class _Known:
    """What a kind has: identities by code, shapes by identity and hash, and which of them stand open at the top."""

    identities: dict[str, int] = field(default_factory=dict)
    shapes: dict[tuple[int, bytes], int] = field(default_factory=dict)
    standing: set[int] = field(default_factory=set)


def commit(prepared: Prepared, edition: Edition, progress: Progress = silent) -> Committed:
    """Writes the kept features of a layer as the shapes of an edition, in the caller's transaction."""
    kind = edition.kind
    tables = TABLES[kind.feature_class]
    known = _known(kind, tables, edition.seq)
    fresh = _add_identities(prepared, kind, tables, known)
    shape_ids = [known.shapes.get((known.identities[code], content)) for code, content in _kept(prepared)]
    stay = {shape for shape in shape_ids if shape is not None}
    _update(tables, "editions - {}", edition.seq, known.standing - stay)
    _update(tables, "editions + {}", edition.seq, stay - known.standing)
    rows = [row for row, shape in zip(prepared.kept.tolist(), shape_ids, strict=True) if shape is None]
    _add_shapes(prepared, edition, tables, known, rows, progress)
    if kind.feature_class == Kind.FeatureClass.AREA and rows:
        ground.lay(kind, edition.seq)
    return Committed(
        identities=fresh,
        new=len(rows),
        reopened=len(stay - known.standing),
        closed=len(known.standing - stay),
        carried=len(stay & known.standing),
    )


def _kept(prepared: Prepared) -> list[tuple[str, bytes]]:
    codes, hashes = prepared.mapped.codes, prepared.hashes
    return [(codes[row], hashes[row]) for row in prepared.kept.tolist()]


def _known(kind: Kind, tables: FeatureTables, seq: int) -> _Known:
    statement = sql.SQL(
        "select f.{code}, f.id, s.id, s.content_hash, s.editions @> %(seq)s::int4"
        " from {identity} f left join {shape} s on s.{parent} = f.id where f.kind_id = %(kind)s"
    ).format(
        code=sql.Identifier(tables.code),
        identity=sql.Identifier(tables.identity_table),
        shape=sql.Identifier(tables.shape_table),
        parent=sql.Identifier(tables.parent),
    )
    known = _Known()
    for code, identity, shape, content, stands in rows_of(statement, {"kind": kind.pk, "seq": seq}):
        known.identities[code] = identity
        if shape is not None:
            known.shapes[identity, bytes(content)] = shape
            if stands:
                known.standing.add(shape)
    return known


def _add_identities(prepared: Prepared, kind: Kind, tables: FeatureTables, known: _Known) -> int:
    """Writes identities for codes that the kind has never had, and adds them to ``known``; returns how many."""
    rows = [row for row in prepared.kept.tolist() if prepared.mapped.codes[row] not in known.identities]
    codes = [prepared.mapped.codes[row] for row in rows]
    ids = _new_ids(tables.identity_table, len(rows))
    known.identities.update(zip(codes, ids, strict=True))
    columns: dict[tuple[str, str], list[Any]] = {
        ("id", "bigint"): ids,
        ("kind_id", "bigint"): [kind.pk] * len(rows),
        ("jurisdiction_id", "bigint"): [kind.jurisdiction_id] * len(rows),
        (tables.code, "text"): codes,
    }
    if kind.feature_class == Kind.FeatureClass.AREA:
        columns["slug", "text"] = _slugs(prepared, kind, rows)
        columns["priority", "integer"] = [prepared.mapped.priorities[row] for row in rows]
    if rows:
        copy_columns(tables.identity_table, columns)
    return len(rows)


def _new_ids(table: str, count: int) -> list[int]:
    # As a constant, because its name would be looked up for every number.
    ((sequence,),) = rows_of(sql.SQL("select pg_get_serial_sequence(%(table)s, 'id')"), {"table": table})
    statement = sql.SQL("select nextval({}::regclass) from generate_series(1, %(count)s)").format(sql.Literal(sequence))
    return [number for (number,) in rows_of(statement, {"count": count})]


def _slugs(prepared: Prepared, kind: Kind, rows: list[int]) -> list[str]:
    """An address part for each new area: its name's, with the code behind it where another area has that one."""
    taken = set(Area.objects.filter(kind=kind).values_list("slug", flat=True))
    slugs = []
    for row in rows:
        code, name = prepared.mapped.codes[row], prepared.mapped.fields["name"][row]
        slug = slugify(name)[:90] or slugify(code)[:90] or "area"
        if slug in taken:
            slug = f"{slug[:60]}-{slugify(code)[:40] or row}"
        while slug in taken:
            slug = f"{slug[:98]}-{row}"
        taken.add(slug)
        slugs.append(slug)
    return slugs


def _update(tables: FeatureTables, change: str, seq: int, shapes: set[int]) -> None:
    """Gives shapes the editions from ``seq`` on, or takes them."""
    if not shapes:
        return
    statement = sql.SQL("update {} set editions = {} where id = any(%(shapes)s)").format(
        sql.Identifier(tables.shape_table), sql.SQL(change).format(sql.SQL("int4multirange(int4range(%(seq)s, null))"))
    )
    run(statement, {"seq": seq, "shapes": sorted(shapes)})


def _add_shapes(
    prepared: Prepared, edition: Edition, tables: FeatureTables, known: _Known, rows: list[int], progress: Progress
) -> None:
    """Writes the shapes of these rows; they stand from this edition on and were never in force."""
    mapped, count = prepared.mapped, len(rows)
    if not count:
        return
    geometries = prepared.geometries[rows]
    columns: dict[tuple[str, str], Any] = {
        (tables.parent, "bigint"): [known.identities[mapped.codes[row]] for row in rows],
        ("kind_id", "bigint"): [edition.kind_id] * count,
        ("editions", "raw"): [from_edition_on(edition.seq)] * count,
        ("content_hash", "raw"): [prepared.hashes[row] for row in rows],
        ("attributes", "jsonb"): [mapped.attributes[row] for row in rows],
        ("geom", "geometry"): geometries,
    }
    for column in tables.fields:
        values = mapped.fields[column.name]
        columns[column.name, column.type] = [values[row] for row in rows]
    if tables.plane:
        columns["plane", "geometry"] = into_plane(geometries, edition.kind.jurisdiction.metric_srid)
    copy_columns(tables.shape_table, columns, progress)


def next_seq(kind: Kind) -> int:
    """The number of the kind's next edition; the caller holds the kind's row locked."""
    statement = sql.SQL("select coalesce(max(seq), 0) + 1 from layers_edition where kind_id = %(kind)s")
    return int(rows_of(statement, {"kind": kind.pk})[0][0])
