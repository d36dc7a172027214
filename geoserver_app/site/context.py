"""What every page shows: whose page it is, the telephone, the hours, the languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from geoserver_app.org.models import CityHall
from geoserver_app.site.jurisdiction import of_request_or_none


def city_hall(request: HttpRequest) -> dict[str, Any]:
    """The city hall a page speaks for (None where the installation is empty or several are possible)."""
    jurisdiction = of_request_or_none(request)
    hall = (
        CityHall.objects.filter(jurisdiction=jurisdiction).prefetch_related("hours").first() if jurisdiction else None
    )
    return {"jurisdiction": jurisdiction, "hall": hall, "demo": settings.DEMO}
