"""What every page shows: whose page it is, the telephone, the hours, the languages."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, get_language_info

from geoserver_app.org.models import CityHall
from geoserver_app.site.jurisdiction import of_request_or_none
from geoserver_app.site.office import office
from layers.models import Jurisdiction


def city_hall(request: HttpRequest) -> dict[str, Any]:
    """The city hall a page speaks for; without one where the installation is empty or several are possible.

    The page that says that the database is away is drawn by the same frame, so that it must do without it too.
    """
    try:
        jurisdiction = of_request_or_none(request)
        hall = _hall(jurisdiction)
    except DatabaseError:
        jurisdiction = hall = None
    return {
        "jurisdiction": jurisdiction,
        "city_name": jurisdiction.name_in(get_language() or "en") if jurisdiction else "",
        "hall": hall,
        "office": office(hall, jurisdiction.time_zone, timezone.now()) if hall and jurisdiction else None,
        "other_languages": _other_languages(),
        "demo": settings.DEMO,
    }


def _hall(jurisdiction: Jurisdiction | None) -> CityHall | None:
    if jurisdiction is None:
        return None
    return CityHall.objects.filter(jurisdiction=jurisdiction).prefetch_related("hours", "holidays").first()


def _other_languages() -> list[dict[str, str]]:
    """The languages that a page can be switched to, each in its own name."""
    infos = [get_language_info(code) for code, _ in settings.LANGUAGES if code != get_language()]
    return [{"code": info["code"], "name": info["name_local"].capitalize()} for info in infos]
