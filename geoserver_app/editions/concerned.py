"""Which requests a change of editions concerns: set-based, from the ground that differs between the old and the new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import sql
from psycopg.types.range import DateRange

from geoserver_app.editions.days import Stretch
from geoserver_app.link.ground import KINDS, LARGEST_REACH_M, STREET_HALF_WIDTH_M
from layers.lookup import STREET_M
from layers.models import Edition, Kind
from layers.tables import TABLES

_STATEMENT = Path(__file__).with_name("concerned.sql").read_text(encoding="utf-8")
# Of a redrawn area only what one of both outlines covers and the other does not; a grid of 0.1 mm keeps noise out.
_DIFFERENCE = """case when o.geom is null then n.geom when n.geom is null then o.geom
    else ST_SymDifference(o.geom, n.geom, 1e-9) end"""
# Of what is told by its attributes too (whose land, how wide), and of streets and things: all of it, before and after.
_WHOLE = "case when o.geom is null then n.geom when n.geom is null then o.geom else ST_Collect(o.geom, n.geom) end"


def find(kind: Kind, stretches: Sequence[Stretch], *, today: date) -> int:
    """Makes the temporary table concerned_request (request_id) for some stretches of days; how many there are.

    Call inside a transaction, in which the editions stand as they do after the change. Those on days without a place
    are in no area and concern nobody.
    """
    seqs = dict(Edition.objects.filter(kind=kind).values_list("pk", "seq"))
    parameters: dict[str, Any] = {
        "jurisdiction": kind.jurisdiction_id,
        "kind": kind.pk,
        "today": today,
        "reach_m": reach_m(kind),
        "days": [DateRange(one.lower, one.upper) for one in stretches],
        "before": [seqs[one.before] if one.before else None for one in stretches],
        "after": [seqs[one.after] if one.after else None for one in stretches],
    }
    parameters["assets"] = _assets(kind, parameters) if kind.feature_class == Kind.FeatureClass.ASSET else []
    forget()
    with connection.cursor() as cursor:
        for part in _STATEMENT.split(";\n"):
            if part.strip():
                cursor.execute(_composed(part, kind), parameters)
        cursor.execute("select count(*) from concerned_request")
        return int(cursor.fetchone()[0])


def only_since(moment: datetime) -> None:
    """Leaves of concerned_request those that were reported since a moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from concerned_request c using intake_servicerequest r"
            " where r.id = c.request_id and r.requested_datetime < %s",
            [moment],
        )


def _assets(kind: Kind, parameters: dict[str, Any]) -> list[int]:
    """Assets that stand otherwise, or are otherwise described, in one edition than in the other of any stretch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct x.asset_id from layers_assetshape x,"
            " unnest(%(before)s::int[], %(after)s::int[]) as s (before, after) where x.kind_id = %(kind)s"
            " and coalesce(x.editions @> s.before, false) <> coalesce(x.editions @> s.after, false)",
            parameters,
        )
        return [int(row[0]) for row in cursor.fetchall()]


def forget() -> None:
    """Drops what find() left, for a second one in the same transaction."""
    with connection.cursor() as cursor:
        tables = "concerned_request, pg_temp.concerned_ground, pg_temp.concerned_stretch"
        cursor.execute(f"drop table if exists pg_temp.{tables}")


def reach_m(kind: Kind) -> float:
    """How far from its ground a feature of a kind is still looked at when a request is linked, in metres."""
    if kind.feature_class == Kind.FeatureClass.CENTERLINE:
        return STREET_M
    return max(kind.gap_m, kind.near_border_m, LARGEST_REACH_M, STREET_HALF_WIDTH_M) + 1.0


def _composed(part: str, kind: Kind) -> sql.Composed:
    tables = TABLES[kind.feature_class]
    is_district = kind.feature_class == Kind.FeatureClass.AREA and kind.geometry == Kind.Geometry.POLYGON
    changed = _DIFFERENCE if is_district and kind.code not in KINDS else _WHOLE
    return sql.SQL(part).format(
        shape=sql.Identifier(tables.shape_table),
        identity=sql.Identifier(tables.parent),
        changed=sql.SQL(" ".join(changed.split())),  # it stands in the file's heading too
    )
