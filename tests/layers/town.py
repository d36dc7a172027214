"""A town drawn on squared paper: features written as GeoJSON, loaded and put in force by the product itself.

One unit is 0.001 degree from the corner (lon -119.72, lat 36.00): about 90 m east, 111 m north.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from psycopg.types.range import DateRange
from shapely.geometry.base import BaseGeometry

from layers import activation, loading
from layers.models import Edition, Jurisdiction, Kind

LON, LAT, UNIT = -119.72, 36.00, 0.001


def at(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a place on the paper."""
    return round(LON + x * UNIT, 9), round(LAT + y * UNIT, 9)


def square(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A rectangle between two corners of the paper, in degrees."""
    return shapely.box(*at(west, south), *at(east, north))


def line(*places: tuple[float, float]) -> BaseGeometry:
    """A line over places of the paper, in degrees."""
    return shapely.LineString([at(*place) for place in places])


def feature(geometry: BaseGeometry, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(geometry))}


def write(path: Path, features: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def load(
    folder: Path,
    town: Jurisdiction,
    kind: str,
    features: list[dict[str, Any]],
    *,
    since: date | None = None,
    policy: dict[str, Any] | None = None,
    today: date | None = None,
    code_field: str = "code",
) -> Edition:
    """Loads features as an edition and puts it in force; ``policy`` changes the kind's."""
    path = write(folder / f"{kind.replace(':', '_')}.geojson", features)
    wanted = DateRange(since, None) if since else None
    name_field = "name" if "name" in features[0]["properties"] else None
    options = loading.LoadOptions(code_field=code_field, name_field=name_field, wanted=wanted)
    loaded = loading.load(town, path, kind=kind, options=options, commit=True)
    if policy:
        Kind.objects.filter(jurisdiction=town, code=kind).update(**policy)
    assert loaded.edition is not None
    activation.activate(loaded.edition, today=today, commit=True)
    return Edition.objects.get(pk=loaded.edition)
