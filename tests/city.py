"""A jurisdiction drawn by hand on round numbers, for tests of its office, people and catalog."""

from datetime import time
from pathlib import Path

from django.contrib.gis.geos import MultiPolygon, Polygon

from geoserver_app.org.models import CityHall, OfficeHours
from layers.models import Area, Jurisdiction, Kind

FILES = Path(__file__).resolve().parents[1] / "fixtures" / "almendra"
OUTLINE = (-119.77, 35.95, -119.67, 36.05)


def bare_jurisdiction(code: str = "almendra") -> Jurisdiction:
    """A jurisdiction without an office."""
    return Jurisdiction.objects.create(
        code=code, name=f"City of {code.title()}", names={"es": f"Ciudad de {code.title()}"},
        time_zone="America/Los_Angeles", metric_srid=32611, outline=MultiPolygon(Polygon.from_bbox(OUTLINE), srid=4326),
    )  # fmt: skip


def jurisdiction_with_office(code: str = "almendra") -> Jurisdiction:
    """The same with a city hall, open Monday to Thursday 7:00 to 18:00, speaking English and Spanish."""
    jurisdiction = bare_jurisdiction(code)
    hall = CityHall.objects.create(jurisdiction=jurisdiction, telephone="(559) 555-0131", languages=["en", "es"])
    for weekday in range(4):
        OfficeHours.objects.create(city_hall=hall, weekday=weekday, opens=time(7), closes=time(18))
    return jurisdiction


def areas(jurisdiction: Jurisdiction, kind: str, *codes: str) -> dict[str, Area]:
    """Areas of a kind, by code; without shapes, for what only names them."""
    row, _ = Kind.objects.get_or_create(
        jurisdiction=jurisdiction, code=kind, defaults={"feature_class": "area", "geometry": "polygon", "name": kind}
    )
    return {
        code: Area.objects.create(jurisdiction=jurisdiction, kind=row, code=code, slug=code.lower()) for code in codes
    }
