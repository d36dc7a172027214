"""The city's things on the ground that a report can be about: street lights, trees, hydrants."""

from dataclasses import dataclass

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon
from django.db.models import QuerySet

from geoserver_app.catalog.models import Service
from layers.metric import into_plane
from layers.models import AssetShape, Jurisdiction

MOST = 250
# A degree of latitude is 111 km everywhere; of longitude it is less, so a box of this many is never too small.
_METRES_PER_DEGREE = 111_000.0
LARGEST_BOX = 0.03  # degrees: a map farther out shows too many to tap


@dataclass(frozen=True)
class Thing:
    """An asset as the map shows it; ``lon``, ``lat`` in degrees, ``metres`` from the pin (0 without one)."""

    id: int
    label: str
    lon: float
    lat: float
    metres: float = 0.0


def in_box(service: Service, box: tuple[float, float, float, float]) -> list[Thing]:
    """Things of a service's kind in a box (west, south, east, north); none for too large a box."""
    west, south, east, north = box
    if not service.asset_kind or east - west > LARGEST_BOX or north - south > LARGEST_BOX:
        return []
    return [_thing(row) for row in _shapes(service, box)[:MOST]]


def nearest(service: Service, lon: float, lat: float) -> Thing | None:
    """The thing that a pin (degrees) is taken to mean: the nearest within the service's ``snap_m`` metres."""
    if not service.asset_kind or not service.snap_m:
        return None
    # Twice as far in degrees as in metres holds up to 60 degrees of latitude.
    reach = 2 * service.snap_m / _METRES_PER_DEGREE
    rows = list(_shapes(service, (lon - reach, lat - reach, lon + reach, lat + reach)))
    if not rows:
        return None
    srid = service.jurisdiction.metric_srid
    shapes = into_plane(shapely.from_wkb([bytes(row.geom.wkb) for row in rows]), srid)
    pin = into_plane(np.array([shapely.Point(lon, lat)], dtype=object), srid)[0]
    metres = shapely.distance(shapes, pin)
    best = int(np.argmin(metres))
    return _thing(rows[best], float(metres[best])) if metres[best] <= service.snap_m else None


def by_id(jurisdiction: Jurisdiction, service: Service, asset_id: int | None) -> Thing | None:
    """The thing with an id, if it is of the service's kind and in force."""
    if asset_id is None or not service.asset_kind:
        return None
    rows = AssetShape.objects.filter(
        asset_id=asset_id, asset__jurisdiction=jurisdiction, kind__code=service.asset_kind, in_force=True
    )
    row = rows.select_related("asset").first()
    return _thing(row) if row else None


def _shapes(service: Service, box: tuple[float, float, float, float]) -> QuerySet[AssetShape]:
    area = Polygon.from_bbox(box)
    area.srid = 4326
    rows = AssetShape.objects.filter(
        kind__jurisdiction=service.jurisdiction_id, kind__code=service.asset_kind, in_force=True, geom__bboverlaps=area
    )
    return rows.select_related("asset").order_by("asset_id")


def _thing(row: AssetShape, metres: float = 0.0) -> Thing:
    point = row.geom if row.geom.geom_type == "Point" else row.geom.centroid
    return Thing(row.asset_id, row.name or row.asset.asset_id, point.x, point.y, metres)
