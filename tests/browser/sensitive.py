"""What Encinar publishes of sensitive matters: two quarters by neighborhood, one of them with numbers to hide.

The service is retired, so that no form and no search of other tests meets it. Made in the process beside the server.
"""

from datetime import datetime, timedelta
from typing import Any

SHOWN, HIDDEN = {"W": 12, "E": 9}, {"W": 12, "E": 2}


def act() -> str:
    """Files and publishes, once; the day on which the later of the quarters began."""
    from django.utils import timezone

    from geoserver_app.catalog.models import Service
    from geoserver_app.published.quarters import ended
    from geoserver_app.published.sensitive import SETTLES_DAYS, choose, publish
    from layers.models import Jurisdiction

    town, now = Jurisdiction.objects.get(code="encinar"), timezone.now()
    before, last = ended(town.local_date(now), settles_days=SETTLES_DAYS, at_most=2)
    if not Service.objects.filter(jurisdiction=town, code="neglect").exists():
        pothole = Service.objects.get(jurisdiction=town, code="pothole")
        service = Service.objects.create(
            jurisdiction=town, department=pothole.department, group=pothole.group, code="neglect", position=90,
            name="Animal neglect", names={"es": "Animal descuidado"}, sensitive=True, privacy="hidden",
            text_publication="never", photo_publication="never", publication="internal",
            retired_on=town.local_date(now),
        )  # fmt: skip
        for quarter, numbers in ((before, HIDDEN), (last, SHOWN)):
            noon = datetime.combine(quarter.first, datetime.min.time(), timezone.get_current_timezone())
            _file(town, service, numbers, noon + timedelta(days=9, hours=12))
        choose(town, kind="neighborhood", minimum=5)
        publish(town, at=now)
    return last.first.isoformat()


def _file(town: Any, service: Any, numbers: dict[str, int], made: datetime) -> None:
    from geoserver_app.intake.models import Incident, ServiceRequest
    from geoserver_app.intake.tracking import TrackingNumber
    from layers.models import Area

    for code, n in numbers.items():
        area = Area.objects.get(kind__jurisdiction=town, kind__code="neighborhood", code=code)
        taken = ServiceRequest.objects.filter(jurisdiction=town, external_id__startswith="TIP-").count()
        ServiceRequest.objects.bulk_create(
            ServiceRequest(
                jurisdiction=town, service=service, area_ids=[area.pk], external_id=f"TIP-{number}",
                incident=Incident.objects.create(jurisdiction=town, created_at=made), access_code="ACDEFH",
                service_request_id=str(TrackingNumber(made.year % 100, 800_000 + number)), channel="phone",
                requested_datetime=made, received_at=made, updated_datetime=made, state="closed",
                closed_at=made + timedelta(days=2), is_public=False,
            )
            for number in range(taken, taken + n)
        )  # fmt: skip
