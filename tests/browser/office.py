"""Staff of Encinar and requests on their desks, for the pages of the console.

Made in the process beside the server (tests/browser/beside.py): it adds what is not there yet.
"""

from datetime import timedelta
from typing import Any

PASSWORD = "encinar-for-tests-only"


def act() -> dict[str, str]:
    """Numbers of three new requests, and of the edition that has a report."""
    from geoserver_app.accounts.models import User
    from layers.models import Jurisdiction

    town = Jurisdiction.objects.get(code="encinar")
    if not User.objects.filter(username="dora").exists():
        _staff(town)
    return {
        "to_decide": _taken(town, 4.5, 0.8),
        "lost": _lost(town),
        "late": _late(town),
        "edition": _reported(town),
    }


def _reported(town: Any) -> str:
    """The edition of the neighborhoods, with a quality report."""
    from layers.models import Edition, QualityReport
    from layers.quality import report

    edition = Edition.objects.get(kind__jurisdiction=town, kind__code="neighborhood", is_current=True)
    if not QualityReport.objects.filter(edition=edition).exists():
        report.run(report.edition_of(edition.pk))
    return str(edition.pk)


def _staff(town: Any) -> None:
    """A dispatcher, the liaison of Public Works, a planner; another department with a desk; how requests end."""
    from geoserver_app.accounts.models import Assignment, User
    from geoserver_app.org.models import Agency, Department, Post
    from geoserver_app.work.models import Resolution

    works = Department.objects.get(jurisdiction=town, code="public-works")
    parking = Department.objects.create(jurisdiction=town, code="parking", name="Parking", names={"es": "Tránsito"})
    Post.objects.create(department=parking, code="wardens", name="Parking wardens", email="parking@encinar.example")
    Agency.objects.create(jurisdiction=town, code="county", name="County Roads", telephone="(559) 555-0177")
    for name, role, department in (
        ("dora", "dispatcher", None),
        ("luis", "liaison", works),
        ("pia", "planner", None),
        ("gus", "gis", None),
    ):
        user = User.objects.create_user(name, f"{name}@encinar.example", PASSWORD, first_name=name.title())
        Assignment.objects.create(user=user, jurisdiction=town, role=role, department=department)
    Resolution.objects.get_or_create(
        jurisdiction=town, code="repaired",
        defaults={"meaning": "fixed", "name": "Repaired", "sentence": "The hole has been filled.",
                  "sentences": {"es": "El bache quedó tapado."}},
    )  # fmt: skip


def _taken(town: Any, x: float, y: float, **given: Any) -> str:
    """A pothole that nobody has yet, since Encinar has no rules."""
    from geoserver_app import flow
    from geoserver_app.catalog.models import Service
    from geoserver_app.intake.submission import Contact, Submission
    from tests.layers.town import at

    lon, lat = at(x, y)
    place = {"lon": lon, "lat": lat, "place_method": "pin", "address_text": "100 Almond Street"}
    pothole = Service.objects.get(jurisdiction=town, code="pothole")
    report = Submission(
        jurisdiction_id=town.pk, service_id=pothole.pk, channel="phone", language="en",
        description="A deep hole <b>here</b>", contact=Contact(name="Rosa Lima", phone="(559) 555-0163"),
        **{**place, **given},
    )  # fmt: skip
    return str(flow.submit(report).request.service_request_id)


def _lost(town: Any) -> str:
    return _taken(town, 0, 0, lon=None, lat=None, place_method="none", address_text="by the old mill")


def _late(town: Any) -> str:
    """One of Public Works that should have been done yesterday."""
    from django.utils import timezone

    from geoserver_app import flow
    from geoserver_app.accounts.models import User
    from geoserver_app.accounts.rights import rights_of
    from geoserver_app.intake.models import ServiceRequest
    from geoserver_app.org.models import Post

    number = _taken(town, 12.5, 16.1)
    request = ServiceRequest.objects.get(jurisdiction=town, service_request_id=number)
    desk = Post.objects.select_related("department").get(department__jurisdiction=town, code="liaison")
    dora = rights_of(User.objects.get(username="dora"), at=timezone.now())
    flow.hand_on(request.pk, desk.department, post=desk, by=dora, reason="Streets")
    yesterday = timezone.now() - timedelta(days=1, hours=2)
    ServiceRequest.objects.filter(pk=request.pk).update(
        requested_datetime=yesterday - timedelta(days=3), expected_datetime=yesterday
    )
    return number
