"""The ground that changes hands between a draft and what stands, as GeoJSON for a map: from which area into which."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

from psycopg import sql

from layers.bulk import rows_of
from layers.models import Edition, Kind

_TEXT = (Path(__file__).parent / "steps" / "difference.sql").read_text(encoding="utf-8")
_STATEMENT = sql.SQL(cast(Any, _TEXT))  # a file of ours, no literal for the type checker


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
