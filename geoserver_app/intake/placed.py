"""Open requests by their place: what the quality report of a new edition asks for."""

from collections.abc import Iterator

from django.contrib.gis.geos import GEOSGeometry

from geoserver_app.intake.models import ServiceRequest
from layers.holders import Placed
from layers.models import Jurisdiction
from layers.srid import STORAGE_SRID


def open_requests_in(jurisdiction: Jurisdiction, region: bytes) -> Iterator[Placed]:
    """Requests that are not closed and lie in a region (WKB, degrees).

    By their id alone: an analyst reads how many change hands, not which somebody reported.
    """
    ground = GEOSGeometry(memoryview(region), srid=STORAGE_SRID)
    requests = ServiceRequest.objects.filter(jurisdiction=jurisdiction, geom__intersects=ground)
    rows = requests.exclude(state__in=ServiceRequest.CLOSED_STATES).order_by("pk")
    for pk, place in rows.values_list("pk", "geom").iterator(chunk_size=5000):
        if place is not None:
            yield Placed(pk, "", place.x, place.y)
