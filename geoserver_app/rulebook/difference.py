"""Where requests would have gone to another desk: areas by how many, and the requests themselves, as GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import shapely

from geoserver_app.rulebook.names import Names
from layers.models import AreaShape

_LIGHTEST, _DARKEST = 0.08, 0.5


def outlines(result: Mapping[str, Any]) -> list[tuple[dict[str, Any], Any]]:
    """(area with its count and its share of the darkest shade, its outline in degrees) of the first kind there is."""
    areas = result.get("areas") or []
    first = [one for one in areas if one["kind"] == areas[0]["kind"]] if areas else []
    most = max((one["count"] for one in first), default=1)
    shapes = AreaShape.objects.filter(area__in=[one["area"] for one in first], in_force=True)
    by_area = {shape.area_id: shape for shape in shapes}
    return [
        (
            one
            | {"share": _LIGHTEST + (_DARKEST - _LIGHTEST) * one["count"] / most, "name": by_area[one["area"]].name},
            shapely.from_wkb(bytes(by_area[one["area"]].geom.wkb)),
        )
        for one in first
        if one["area"] in by_area
    ]


def collection(result: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """A GeoJSON collection: areas first, then the requests that have a place."""
    areas = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(geometry)),
            "properties": {name: one[name] for name in ("kind", "code", "name", "count", "share")},
        }
        for one, geometry in outlines(result)
    ]
    points = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [one["lon"], one["lat"]]},
            "properties": {
                "number": one["number"],
                "service": names.service(one["service"]),
                "before": names.desk(one["department_before"], one["post_before"]),
                "after": names.desk(one["department_after"], one["post_after"]),
            },
        }
        for one in result.get("moves", [])
        if one["lon"] is not None
    ]
    return {"type": "FeatureCollection", "features": [*areas, *points]}
