"""What the report's map draws over the city's ground: the edition's outlines, and where each listed finding is."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from psycopg import sql

from geoserver_app.gis import sentences
from layers.bulk import rows_of
from layers.models import Edition, Kind, QualityChange, QualityFinding, QualityReport
from layers.tables import TABLES

ON_MAP = 40  # of each class
MOST_OUTLINES = 800  # the ground itself shows what has more: parcels, buildings
_ACROSS = 1500  # an extent is drawn with so many steps

_OUTLINES = (
    "select f.{code}, ST_AsGeoJSON(ST_Simplify(s.geom, %(step)s, true), 6)"
    " from {shape} s join {identity} f on f.id = s.{parent}"
    " where s.kind_id = %(kind)s and s.editions @> %(seq)s::int4 order by f.{code}"
)


def drawn(report: QualityReport) -> dict[str, Any]:
    """Everything for the map: GeoJSON geometries in degrees, with class, severity and sentence."""
    findings = report.findings.filter(rank__lte=ON_MAP, place__isnull=False)
    moved = report.changes.filter(rank__lte=ON_MAP, place__isnull=False)
    return {
        "outlines": outlines(report.edition, report.facts.get("features", 0)),
        "findings": [_finding(one) for one in findings],
        "changes": [_change(one) for one in moved],
    }


def outlines(edition: Edition, features: int) -> list[dict[str, Any]]:
    """The edition's own outlines, as thin as a screen needs; none where there are too many."""
    if edition.kind.geometry != Kind.Geometry.POLYGON or features > MOST_OUTLINES:
        return []
    tables = TABLES[edition.kind.feature_class]
    statement = sql.SQL(_OUTLINES).format(
        code=sql.Identifier(tables.code),
        shape=sql.Identifier(tables.shape_table),
        identity=sql.Identifier(tables.identity_table),
        parent=sql.Identifier(tables.parent),
    )
    west, _south, east, _north = edition.kind.jurisdiction.outline.extent
    rows = rows_of(statement, {"kind": edition.kind_id, "seq": edition.seq, "step": (east - west) / _ACROSS})
    return [{"code": code, "geom": json.loads(geom)} for code, geom in rows]


def _finding(one: QualityFinding) -> dict[str, Any]:
    return {
        "id": f"{one.found}-{one.rank}",
        "severity": one.severity,
        "words": sentences.sentence(one),
        "place": _place(one),
        "geom": _geojson(one.geom),
    }


def _change(one: QualityChange) -> dict[str, Any]:
    return {
        "id": f"{one.what}-{one.rank}",
        "severity": "change",
        "words": sentences.change_sentence(one),
        "place": _place(one),
        "geom": _geojson(one.geom),
    }


def _place(one: QualityFinding | QualityChange) -> list[float]:
    assert one.place is not None  # noqa: S101  the queries ask for it
    return [round(one.place.x, 6), round(one.place.y, 6)]


def _geojson(geom: GEOSGeometry | None) -> Any:
    return json.loads(geom.json) if geom is not None else None
