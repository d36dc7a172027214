"""A small city hall for tests of the life of a request: Almendra's hours, two departments, a few services, people.

Office: Monday to Thursday 7:00 to 18:00 in Los Angeles, closed on Fridays; Thanksgiving 2026 is a holiday.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import MultiPolygon, Polygon

from geoserver_app.accounts.models import Assignment, PostHolder, User
from geoserver_app.accounts.rights import Rights, rights_of
from geoserver_app.accounts.roles import Role
from geoserver_app.catalog.models import Service, ServiceGroup
from geoserver_app.intake.models import Incident, Reporter, ServiceRequest
from geoserver_app.intake.store import place_columns
from geoserver_app.intake.tracking import TrackingNumber
from geoserver_app.org.calendar import OfficeCalendar, calendar_of
from geoserver_app.org.models import Agency, CityHall, Department, Holiday, OfficeHours, Post
from geoserver_app.work.models import Resolution
from layers.models import Jurisdiction

ZONE = ZoneInfo("America/Los_Angeles")
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=ZONE)
PLACE = (-119.72, 36.0)


def local(text: str) -> datetime:
    """A moment by Almendra's wall clock: ``local("2026-11-20 19:30")``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@dataclass
class Town:
    """Everything in it is in the database; ``request()`` adds one more report."""

    jurisdiction: Jurisdiction
    hall: CityHall
    works: Department
    parking: Department
    works_post: Post
    parking_post: Post
    agency: Agency
    pothole: Service
    driveway: Service
    tip: Service
    calendar: OfficeCalendar
    people: dict[str, User] = field(default_factory=dict)
    running: int = 0

    def request(self, *, at: datetime = MONDAY, reporter: dict[str, Any] | None = None, **given: Any) -> ServiceRequest:
        """A request as intake leaves it; ``reporter`` are the columns of a Reporter."""
        self.running += 1
        columns: dict[str, Any] = {
            "jurisdiction": self.jurisdiction,
            "service_request_id": str(TrackingNumber(26, self.running)),
            "access_code": "ACDEFH",
            "service": self.pothole,
            "channel": "web",
            "requested_datetime": at,
            "received_at": at,
            "updated_datetime": at,
            "place_method": "pin",
            "address_text": "4512 W Olive Ave",
            **place_columns(*PLACE),
            **given,
        }
        if "incident" not in columns:
            columns["incident"] = Incident.objects.create(jurisdiction=self.jurisdiction, created_at=at)
        made = ServiceRequest.objects.create(**columns)
        if reporter is not None:
            Reporter.objects.create(request=made, **{"language": made.language, **reporter})
        return made

    def rights(self, name: str, at: datetime = MONDAY) -> Rights:
        return rights_of(self.people[name], at=at)

    def person(self, name: str, role: Role, **given: Any) -> User:
        """A user with one assignment in this town."""
        user = User.objects.create(username=name, first_name=name.title(), email=f"{name}@almendra.example")
        Assignment.objects.create(user=user, jurisdiction=self.jurisdiction, role=role, **given)
        self.people[name] = user
        return user


def town() -> Town:
    """Builds the city hall; call once in a test."""
    outline = Polygon.from_bbox((-119.77, 35.95, -119.67, 36.05))
    jurisdiction = Jurisdiction.objects.create(
        code="almendra", name="City of Almendra", names={"es": "Ciudad de Almendra"},
        time_zone="America/Los_Angeles", metric_srid=32611, outline=MultiPolygon(outline, srid=4326),
    )  # fmt: skip
    hall = _hall(jurisdiction)
    works, parking = (
        _department(jurisdiction, "public-works", "Public Works", "Obras Públicas"),
        _department(jurisdiction, "parking-control", "Parking Control", "Control de Estacionamiento"),
    )
    made = Town(
        jurisdiction=jurisdiction,
        hall=hall,
        works=works,
        parking=parking,
        works_post=_post(works, "liaison", "Public Works liaison", "Enlace de Obras Públicas"),
        parking_post=_post(parking, "manager", "Parking control manager", "Gerencia de Estacionamiento"),
        agency=Agency.objects.create(
            jurisdiction=jurisdiction, code="county-roads", name="County Road Department", telephone="(559) 555-0177",
            email="roads@county.example",
        ),
        **_services(jurisdiction, works, parking),
        calendar=calendar_of(jurisdiction),
    )  # fmt: skip
    _resolutions(jurisdiction)
    _people(made)
    return made


def _hall(jurisdiction: Jurisdiction) -> CityHall:
    hall = CityHall.objects.create(
        jurisdiction=jurisdiction, telephone="(559) 555-0131", languages=["en", "es"], host_names=["almendra.example"]
    )
    for weekday in range(4):
        OfficeHours.objects.create(city_hall=hall, weekday=weekday, opens=time(7), closes=time(18))
    Holiday.objects.create(
        city_hall=hall, day=date(2026, 11, 26), name="Thanksgiving", names={"es": "Día de Acción de Gracias"}
    )
    return hall


def _department(jurisdiction: Jurisdiction, code: str, name: str, spanish: str) -> Department:
    return Department.objects.create(jurisdiction=jurisdiction, code=code, name=name, names={"es": spanish})


def _post(department: Department, code: str, name: str, spanish: str) -> Post:
    email = f"{department.code}@almendra.example"
    return Post.objects.create(department=department, code=code, name=name, names={"es": spanish}, email=email)


def _services(jurisdiction: Jurisdiction, works: Department, parking: Department) -> dict[str, Service]:
    group = ServiceGroup.objects.create(
        jurisdiction=jurisdiction, code="streets", name="Streets", names={"es": "Calles"}
    )
    common = {"jurisdiction": jurisdiction, "group": group}
    return {
        "pothole": Service.objects.create(
            code="pothole", name="Pothole", names={"es": "Bache"}, department=works, due_amount=3, **common
        ),
        "driveway": Service.objects.create(
            code="blocked-driveway", name="Blocked driveway", names={"es": "Entrada bloqueada"}, department=parking,
            due_amount=2, due_unit="open_hours", priority="high", **common,
        ),
        "tip": Service.objects.create(
            code="drug-house", name="Drug house tip", names={"es": "Aviso de venta de drogas"}, department=works,
            sensitive=True, privacy="hidden", text_publication="never", photo_publication="never",
            publication="internal", **common,
        ),
    }  # fmt: skip


def _resolutions(jurisdiction: Jurisdiction) -> None:
    rows = (
        ("repaired", "fixed", "Repaired", "Reparado", "The work has been done.", "El trabajo está hecho."),
        ("not-found", "not_found", "Not found", "No se encontró", "We could not find it.", "No lo encontramos."),
        ("withdrawn", "withdrawn", "Withdrawn", "Retirado", "You took it back.", "Usted lo retiró."),
    )
    for position, (code, meaning, name, spanish, sentence, oracion) in enumerate(rows, 1):
        Resolution.objects.create(
            jurisdiction=jurisdiction, code=code, meaning=meaning, name=name, names={"es": spanish},
            sentence=sentence, sentences={"es": oracion}, position=position,
        )  # fmt: skip


def _people(made: Town) -> None:
    made.person("agent", Role.AGENT)
    made.person("dispatcher", Role.DISPATCHER)
    liaison = made.person("liaison", Role.LIAISON, department=made.works)
    made.person("warden", Role.LIAISON, department=made.parking)
    made.person("council", Role.COUNCIL)
    PostHolder.objects.create(post=made.works_post, user=liaison)
