"""The ground that changes hands between a draft and what stands, as GeoJSON for a map: from which area into which."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from psycopg import sql

from layers.bulk import rows_of
from layers.models import Edition, Kind

# Ground that goes from one area into another, or out of or into all; splinters under a square meter are noise of the
# drawing. ST_Difference against all others at once tells what nobody has had, or will have.
_STATEMENT = sql.SQL("""
with old as (
    select a.code, s.geom from layers_areashape s join layers_area a on a.id = s.area_id
    where s.kind_id = %(kind)s and s.editions @> %(old)s::int4 and not s.editions @> %(new)s::int4
), new as (
    select a.code, s.geom from layers_areashape s join layers_area a on a.id = s.area_id
    where s.kind_id = %(kind)s and s.editions @> %(new)s::int4 and not s.editions @> %(old)s::int4
), piece as (
    select o.code as before, n.code as after, ST_CollectionExtract(ST_Intersection(o.geom, n.geom, 1e-9), 3) as geom
    from old o join new n on o.code <> n.code and o.geom && n.geom
    union all
    select o.code, null, ST_CollectionExtract(
        ST_Difference(o.geom, coalesce((select ST_Union(n.geom) from new n where n.geom && o.geom),
                                       ST_SetSRID('POLYGON EMPTY'::geometry, 4326)), 1e-9), 3) from old o
    union all
    select null, n.code, ST_CollectionExtract(
        ST_Difference(n.geom, coalesce((select ST_Union(o.geom) from old o where n.geom && o.geom),
                                       ST_SetSRID('POLYGON EMPTY'::geometry, 4326)), 1e-9), 3) from new n
)
select before, after, ST_AsGeoJSON(geom, 6), ST_Area(ST_Transform(geom, j.metric_srid))
from piece, layers_jurisdiction j
where j.id = %(jurisdiction)s and not ST_IsEmpty(geom) and ST_Area(ST_Transform(geom, j.metric_srid)) >= 1
order by 4 desc, 1, 2
""")


def against(edition: Edition) -> Edition | None:
    """The edition that stands on the first day that a draft wants, or today: what it is compared with."""
    days = edition.in_force if edition.in_force is not None else edition.wanted
    day: date = (days.lower if days is not None else None) or edition.kind.jurisdiction.local_date(edition.loaded_at)
    others = Edition.objects.filter(kind=edition.kind, state=Edition.State.ACTIVE).exclude(pk=edition.pk)
    return others.filter(in_force__contains=day).first() or others.filter(is_current=True).first()


def pieces(edition: Edition) -> list[dict[str, Any]]:
    """GeoJSON features of ground with ``before``, ``after`` (codes of areas, null: none), ``area_m2``; largest first.

    Empty for other kinds than polygons, and without anything to compare with.
    """
    other = against(edition)
    if other is None or edition.kind.geometry != Kind.Geometry.POLYGON:
        return []
    parameters = {
        "kind": edition.kind_id, "jurisdiction": edition.kind.jurisdiction_id, "old": other.seq, "new": edition.seq,
    }  # fmt: skip
    return [
        {
            "type": "Feature",
            "geometry": json.loads(geometry),
            "properties": {"before": before, "after": after, "area_m2": round(area, 1)},
        }
        for before, after, geometry, area in rows_of(_STATEMENT, parameters)
    ]


def collection(edition: Edition, requests: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A GeoJSON collection of the ground that changes hands and of requests that would move (as Moves.stored has)."""
    points = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [one["lon"], one["lat"]]},
            "properties": {name: one[name] for name in ("number", "service", "state", "gone", "fresh")},
        }
        for one in requests
    ]
    return {"type": "FeatureCollection", "features": [*pieces(edition), *points]}
