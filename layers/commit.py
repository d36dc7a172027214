"""Committing a prepared layer as an edition: identities that are new, shapes that are new, and nothing else.

An edition is a number (``seq``) in its kind. A shape stands in the editions of its multirange; the last range of a
shape that still stands is open at the top, so that the next edition has it without a write. For edition n:

- shapes that stand in n (by being open at the top) but are not in the new layer lose [n, ...);
- shapes of the new layer that are known but do not stand in n (a border put back) gain [n, ...);
- shapes that were never seen before are inserted with {[n, ...)}.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.text import slugify
from psycopg import sql

from layers import ground
from layers.bulk import Progress, copy_rows, json_document, rows_of, run, silent
from layers.models import Area, Edition, Kind
from layers.prepare import Prepared
from layers.srid import STORAGE_SRID
from layers.tables import TABLES, FeatureTables

_INCOMING = "onemap_incoming"
_RESOLVED = "onemap_resolved"
_PG_TYPES = {"text": "text", "integer": "int4"}


@dataclass(frozen=True)
class Committed:
    """What an edition wrote: shapes that are new, put back or ended; ``carried`` ones cost nothing."""

    identities: int
    new: int
    reopened: int
    closed: int
    carried: int


def commit(prepared: Prepared, edition: Edition, progress: Progress = silent) -> Committed:
    """Writes the kept features of a layer as the shapes of an edition, in the caller's transaction."""
    kind = edition.kind
    tables = TABLES[kind.feature_class]
    parameters = {"kind": kind.pk, "jurisdiction": kind.jurisdiction_id, "seq": edition.seq}
    _copy_incoming(prepared, kind, tables, progress)
    identities = run(_identities(kind, tables), parameters)
    # Statistics of tables that were just filled are missing or old, and a nested loop chosen by them takes minutes.
    run(sql.SQL("set local enable_nestloop = off"))
    run(_resolved(tables), parameters)
    closed = run(_close(tables), parameters)
    reopened = run(_reopen(tables), parameters)
    run(sql.SQL("set local enable_nestloop to default"))
    new = run(_insert(kind, tables), parameters | {"srid": kind.jurisdiction.metric_srid})
    if kind.feature_class == Kind.FeatureClass.AREA and new:
        ground.lay(kind, edition.seq)
    run(sql.SQL("drop table {}, {}").format(sql.Identifier(_INCOMING), sql.Identifier(_RESOLVED)))
    return Committed(identities, new, reopened, closed, len(prepared.kept) - new - reopened)


def _copy_incoming(prepared: Prepared, kind: Kind, tables: FeatureTables, progress: Progress) -> None:
    columns = [("row", "int4"), ("code", "text"), ("content_hash", "bytea"), ("attributes", "jsonb")]
    columns += [(field.name, _PG_TYPES[field.type]) for field in tables.fields]
    extra = [("slug", "text"), ("priority", "int4")] if _is_area(kind) else []
    definitions = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in columns + extra]
    geom = sql.SQL("geom postgis.geometry(Geometry, {})").format(sql.Literal(STORAGE_SRID))
    run(
        sql.SQL("create temporary table {} ({}) on commit drop").format(
            sql.Identifier(_INCOMING), sql.SQL(", ").join([*definitions, geom])
        )
    )
    # The slugs are read here: while a COPY runs, its connection answers nothing else.
    sent = [(name, "bytea" if kind == "jsonb" else kind) for name, kind in columns]
    rows = _rows(prepared, tables, _slugs(prepared, kind) if _is_area(kind) else {})
    copy_rows(_INCOMING, [*sent, *extra, ("geom", "bytea")], rows, progress)
    run(sql.SQL("analyze {} (row, code, content_hash)").format(sql.Identifier(_INCOMING)))


def _rows(prepared: Prepared, tables: FeatureTables, slugs: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    mapped, kept = prepared.mapped, prepared.kept.tolist()
    fields = [mapped.fields[name] for name in tables.field_names]
    wkb = np.atleast_1d(shapely.to_wkb(prepared.geometries[prepared.kept])).tolist()
    for row, geom in zip(kept, wkb, strict=True):
        code = mapped.codes[row]
        extra = (slugs[code], mapped.priorities[row]) if slugs else ()
        values = (column[row] for column in fields)
        yield (row, code, prepared.hashes[row], json_document(mapped.attributes[row]), *values, *extra, geom)


def _is_area(kind: Kind) -> bool:
    return kind.feature_class == Kind.FeatureClass.AREA


def _slugs(prepared: Prepared, kind: Kind) -> dict[str, str]:
    """An address part for each code: the name's, with the code behind it where another area has that one."""
    taken = dict(Area.objects.filter(kind=kind).values_list("slug", "code"))
    slugs: dict[str, str] = {}
    for row in prepared.kept.tolist():
        code, name = prepared.mapped.codes[row], prepared.mapped.fields["name"][row]
        slug = slugify(name)[:90] or slugify(code)[:90] or "area"
        if taken.setdefault(slug, code) != code:
            slug = f"{slug[:60]}-{slugify(code)[:40] or row}"
            while taken.setdefault(slug, code) != code:
                slug = f"{slug[:100]}-{row}"
        slugs[code] = slug
    return slugs


def _named(tables: FeatureTables, **more: sql.Composable) -> dict[str, sql.Composable]:
    return {
        "identity": sql.Identifier(tables.identity_table),
        "shape": sql.Identifier(tables.shape_table),
        "code": sql.Identifier(tables.code),
        "parent": sql.Identifier(tables.parent),
        "incoming": sql.Identifier(_INCOMING),
        "resolved": sql.Identifier(_RESOLVED),
    } | more


def _identities(kind: Kind, tables: FeatureTables) -> sql.Composed:
    """Inserts identities for codes that the kind has never had. Uses the unique index over kind and code."""
    extra = sql.SQL(", slug, priority") if _is_area(kind) else sql.SQL("")
    return sql.SQL(
        "insert into {identity} (kind_id, jurisdiction_id, {code}{extra})"
        " select %(kind)s, %(jurisdiction)s, code{extra} from {incoming} i"
        " where not exists (select from {identity} f where f.kind_id = %(kind)s and f.{code} = i.code)"
        " order by row"
    ).format(**_named(tables, extra=extra))


def _resolved(tables: FeatureTables) -> sql.Composed:
    """For each incoming row: its identity, its shape where one with the same content is known, and does it stand."""
    return sql.SQL(
        "create temporary table {resolved} on commit drop as"
        " select i.row, f.id as feature_id, s.id as shape_id, s.editions @> %(seq)s::int4 as stands"
        " from {incoming} i"
        " join {identity} f on f.kind_id = %(kind)s and f.{code} = i.code"
        " left join {shape} s on s.{parent} = f.id and s.content_hash = i.content_hash"
    ).format(**_named(tables))


_FROM_NOW_ON = sql.SQL("int4multirange(int4range(%(seq)s, null))")


def _close(tables: FeatureTables) -> sql.Composed:
    return sql.SQL(
        "update {shape} s set editions = s.editions - {now_on}"
        " where s.kind_id = %(kind)s and s.editions @> %(seq)s::int4"
        " and not exists (select from {resolved} r where r.shape_id = s.id)"
    ).format(**_named(tables, now_on=_FROM_NOW_ON))


def _reopen(tables: FeatureTables) -> sql.Composed:
    return sql.SQL(
        "update {shape} s set editions = s.editions + {now_on} from {resolved} r"
        " where r.shape_id = s.id and not r.stands"
    ).format(**_named(tables, now_on=_FROM_NOW_ON))


def _insert(kind: Kind, tables: FeatureTables) -> sql.Composed:
    fields = sql.SQL("").join(sql.SQL("{}, ").format(sql.Identifier(name)) for name in tables.field_names)
    plane = sql.SQL(", ST_SetSRID(ST_Transform(i.geom, %(srid)s::int), 0)") if tables.plane else sql.SQL("")
    return sql.SQL(
        "insert into {shape} ({parent}, kind_id, editions, in_force, content_hash, attributes, {fields} geom{column})"
        " select r.feature_id, %(kind)s, {now_on}, false, i.content_hash, i.attributes, {fields} i.geom{plane}"
        " from {incoming} i join {resolved} r using (row) where r.shape_id is null order by row"
    ).format(
        **_named(
            tables,
            fields=fields,
            plane=plane,
            column=sql.SQL(", plane") if tables.plane else sql.SQL(""),
            now_on=_FROM_NOW_ON,
        )
    )


def next_seq(kind: Kind) -> int:
    """The number of the kind's next edition; the caller holds the kind's row locked."""
    statement = sql.SQL("select coalesce(max(seq), 0) + 1 from layers_edition where kind_id = %(kind)s")
    return int(rows_of(statement, {"kind": kind.pk})[0][0])
