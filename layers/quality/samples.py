"""SQL that shows the findings of a class, for an analyst's own console or QGIS: plain PostGIS, nothing of ours.

Each statement stands by itself, names the edition by its kind and number, and measures in the jurisdiction's metre
plane. It computes again what the report says, so it is slower: an overlap of a whole layer takes PostGIS minutes where
the report takes seconds.
"""

from typing import Any

from psycopg import sql

from layers.models import Edition, Kind
from layers.tables import TABLES


def shape_table(kind: Kind) -> sql.Identifier:
    return sql.Identifier(TABLES[kind.feature_class].shape_table)


def _filled(text: str, edition: Edition, **more: Any) -> sql.Composed:
    """A statement with the tables, numbers and plane of an edition filled in."""
    tables = TABLES[edition.kind.feature_class]
    return sql.SQL(text).format(
        shape=sql.Identifier(tables.shape_table),
        identity=sql.Identifier(tables.identity_table),
        parent=sql.Identifier(tables.parent),
        code=sql.Identifier(tables.code),
        kind=sql.Literal(edition.kind_id),
        seq=sql.Literal(edition.seq),
        edition=sql.Literal(edition.pk),
        jurisdiction=sql.Literal(edition.kind.jurisdiction_id),
        srid=sql.Literal(edition.kind.jurisdiction.metric_srid),
        **more,
    )


_LAYER = (
    "with layer as (select s.id, f.{code} as code, ST_Transform(s.geom, {srid}) as geom from {shape} s"
    " join {identity} f on f.id = s.{parent} where s.kind_id = {kind} and s.editions @> {seq})"
)


def staged(edition: Edition, findings: tuple[str, ...]) -> sql.Composed:
    """The file's own features with a finding, verbatim."""
    return _filled(
        "select fid, code, finding, decision, detail, attributes from layers_stagedfeature"
        " where edition_id = {edition} and finding = any({findings}) order by fid",
        edition,
        findings=sql.Literal(list(findings)),
    )


def overlaps(edition: Edition) -> sql.Composed:
    return _filled(
        _LAYER + ", pairs as (select a.code as one, b.code as other, ST_Intersection(a.geom, b.geom) as geom"
        " from layer a join layer b on a.id < b.id and a.geom && b.geom and not ST_Equals(a.geom, b.geom)"
        " where ST_Relate(a.geom, b.geom, '2********'))"
        " select one, other, ST_Area(geom) as m2, ST_AsText(ST_Transform(ST_PointOnSurface(geom), 4326)) as place"
        " from pairs where ST_Area(geom) > 0.01 order by m2 desc",
        edition,
    )


def gaps(edition: Edition) -> sql.Composed:
    return _filled(
        _LAYER + ", free as (select (ST_Dump(ST_Difference(ST_Transform(j.outline, {srid}),"
        " (select ST_Union(geom) from layer)))).geom from layers_jurisdiction j where j.id = {jurisdiction})"
        " select ST_Area(geom) as m2, ST_AsText(ST_Transform(ST_PointOnSurface(geom), 4326)) as place"
        " from free where ST_Area(geom) > 0.01 order by m2 desc",
        edition,
    )


def slivers(edition: Edition) -> sql.Composed:
    return _filled(
        _LAYER + " select code, ST_Area(geom) as m2, 2 * ST_Area(geom) / ST_Perimeter(geom) as width_m from layer"
        " where ST_Area(geom) < 1 or 2 * ST_Area(geom) / ST_Perimeter(geom) < 0.2 order by m2",
        edition,
    )


def narrow(edition: Edition, width_m: float) -> sql.Composed:
    return _filled(
        _LAYER + " select code, ST_Area(part.geom) as m2, ST_AsText(ST_Transform(ST_PointOnSurface(part.geom), 4326))"
        " as place from layer, ST_Dump(ST_Difference(geom, ST_Buffer(ST_Buffer(geom, -{half}, 'join=mitre'),"
        " {half} * 1.01, 'join=mitre'))) part where ST_Area(part.geom) > 25 order by m2 desc",
        edition,
        half=sql.Literal(width_m / 2),
    )


def enclaves(edition: Edition) -> sql.Composed:
    return _filled(
        _LAYER + " select code, ST_Area(hole.geom) as m2, ST_AsText(ST_Transform(ST_PointOnSurface(hole.geom), 4326))"
        " as place from layer, ST_Dump(geom) part, ST_DumpRings(part.geom) hole where hole.path[1] > 0"
        " order by m2 desc",
        edition,
    )


def stacks(edition: Edition) -> sql.Composed:
    return _filled(
        "select array_agg(f.{code} order by f.{code}) as codes, count(*) from {shape} s"
        " join {identity} f on f.id = s.{parent} where s.kind_id = {kind} and s.editions @> {seq}"
        " group by ST_AsBinary(s.geom) having count(*) > 1 order by 2 desc",
        edition,
    )


def same_codes(edition: Edition) -> sql.Composed:
    return _filled(
        "select code, count(*), array_agg(fid order by fid) as fids from layers_stagedfeature"
        " where edition_id = {edition} group by code having count(*) > 1 order by 2 desc",
        edition,
    )


def codes_like(edition: Edition, codes: list[str]) -> sql.Composed:
    return _filled(
        "select f.{code}, s.* from {shape} s join {identity} f on f.id = s.{parent}"
        " where s.kind_id = {kind} and s.editions @> {seq} and f.{code} = any({codes})",
        edition,
        codes=sql.Literal(codes),
    )


def same_names(edition: Edition) -> sql.Composed:
    return _filled(
        "select s.name, array_agg(f.{code} order by f.{code}) as codes from {shape} s"
        " join {identity} f on f.id = s.{parent} where s.kind_id = {kind} and s.editions @> {seq} and s.name <> ''"
        " group by s.name having count(*) > 1",
        edition,
    )


def outside(edition: Edition) -> sql.Composed:
    return _filled(
        _LAYER + ", city as (select ST_Transform(outline, {srid}) as geom from layers_jurisdiction where id ="
        " {jurisdiction}) select code, ST_Area(ST_Difference(layer.geom, city.geom)) as m2_outside from layer, city"
        " where not ST_Within(layer.geom, city.geom) order by m2_outside desc",
        edition,
    )


def shares(edition: Edition, parent: Edition) -> sql.Composed:
    """How much of each feature lies in which area of another kind."""
    return _filled(
        _LAYER + ", above as (select f.code, ST_Transform(s.geom, {srid}) as geom from layers_areashape s"
        " join layers_area f on f.id = s.area_id where s.kind_id = {above} and s.editions @> {above_seq})"
        " select layer.code, above.code as lies_in, ST_Area(ST_Intersection(layer.geom, above.geom)) as m2"
        " from layer join above on ST_Intersects(layer.geom, above.geom)"
        " where not ST_Within(layer.geom, above.geom) and ST_Relate(layer.geom, above.geom, '2********')"
        " order by layer.code, m2 desc",
        edition,
        above=sql.Literal(parent.kind_id),
        above_seq=sql.Literal(parent.seq),
    )


def damaged(edition: Edition, pattern: str) -> sql.Composed:
    return _filled(
        "select fid, code, attributes from layers_stagedfeature where edition_id = {edition}"
        " and attributes::text ~ {pattern} order by fid",
        edition,
        pattern=sql.Literal(pattern),
    )


_RANGES = (
    "select f.{code}, s.full_name, s.from_address_left, s.to_address_left, s.from_address_right, s.to_address_right"
    " from {shape} s join {identity} f on f.id = s.{parent} where s.kind_id = {kind} and s.editions @> {seq} and "
)


def ranges(edition: Edition, condition: str) -> sql.Composed:
    """Segments by a condition on their address ranges (SQL of ours)."""
    return _filled(_RANGES + condition + " order by s.full_name, f.{code}", edition)


def places(edition: Edition) -> sql.Composed:
    return _filled(
        "select f.{code}, ST_AsText(s.geom) from {shape} s join {identity} f on f.id = s.{parent}"
        " where s.kind_id = {kind} and s.editions @> {seq} order by f.{code}",
        edition,
    )


def changed(edition: Edition, against: Edition) -> sql.Composed:
    """Codes that only one of two editions has, and those whose shapes differ."""
    return _filled(
        "with one as (select f.{code} as code, s.id, s.geom from {shape} s join {identity} f on f.id = s.{parent}"
        " where s.kind_id = {kind} and s.editions @> {old}), other as (select f.{code} as code, s.id, s.geom"
        " from {shape} s join {identity} f on f.id = s.{parent} where s.kind_id = {kind} and s.editions @> {seq})"
        " select coalesce(one.code, other.code) as code, one.id is null as added, other.id is null as gone,"
        " ST_Area(ST_SymDifference(ST_Transform(one.geom, {srid}), ST_Transform(other.geom, {srid}))) as m2"
        " from one full join other using (code) where one.id is distinct from other.id order by 1",
        edition,
        old=sql.Literal(against.seq),
    )
