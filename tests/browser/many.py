"""Many closed requests in a corner of Encinar, so that its map has clusters.

Made in the process beside the server (tests/browser/beside.py), straight in the tables. They are closed, of no parcel,
and older than what other tests file: no queue, no search for the same problem and no first page of a list meets them.
"""

from datetime import timedelta
from typing import Any

COUNT = 190
DAYS_AGO = 25


def act() -> int:
    """How many there are now; made once."""
    from geoserver_app.catalog.models import Service
    from geoserver_app.intake.models import ServiceRequest
    from layers.models import Jurisdiction

    town = Jurisdiction.objects.get(code="encinar")
    ours = ServiceRequest.objects.filter(jurisdiction=town, external_id__startswith="MANY-")
    if not ours.exists():
        service = Service.objects.get(jurisdiction=town, code="pothole")
        ServiceRequest.objects.bulk_create([_one(town, service, number) for number in range(COUNT)])
    return ours.count()


def _one(town: Any, service: Any, number: int) -> Any:
    from django.contrib.gis.geos import Point
    from django.utils import timezone

    from geoserver_app.intake.models import Incident, ServiceRequest
    from geoserver_app.intake.store import place_columns
    from geoserver_app.intake.tracking import TrackingNumber
    from tests.layers.town import at

    lon, lat = at(14 + number % 19 * 0.3, 13 + number // 19 * 0.55)
    made = timezone.now() - timedelta(days=DAYS_AGO, minutes=number)
    return ServiceRequest(
        jurisdiction=town, service=service, incident=Incident.objects.create(jurisdiction=town, created_at=made),
        service_request_id=str(TrackingNumber(made.year % 100, 900_000 + number)), external_id=f"MANY-{number}",
        access_code="ACDEFH", channel="web", place_method="pin", requested_datetime=made, received_at=made,
        updated_datetime=made, state="closed", closed_at=made + timedelta(days=2), is_public=True,
        public_geom=Point(lon, lat, srid=4326), public_address=f"{number} Fig Street", **place_columns(lon, lat),
    )  # fmt: skip
