from collections.abc import Callable
from typing import Any

import pytest

from geoserver_app import flow
from geoserver_app.accounts.rights import Rights
from geoserver_app.accounts.roles import Role
from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.submission import Contact
from tests import life
from tests.flow.conftest import Report, _city, city, report  # noqa: F401 - fixtures
from tests.route.city import City

Reported = Callable[..., ServiceRequest]


def mail(name: str) -> Contact:
    return Contact(name=name.title(), email=f"{name}@example.org", tell_by="email")


@pytest.fixture
def dora(city: City) -> Rights:  # noqa: F811 - the fixture
    """A dispatcher."""
    city.hall.person("dora", Role.DISPATCHER)
    Service.objects.filter(pk=city.services["pothole"].pk).update(duplicate_radius_m=15, duplicate_days=30)
    return city.hall.rights("dora")


@pytest.fixture
def reported(city: City, report: Report) -> Reported:  # noqa: F811 - the fixtures
    """Reports a pothole, by somebody with a name who is told by mail, unless told."""

    def sent(name: str = "", service: str = "pothole", x: float = 350.0, y: float = 700.0, **given: Any) -> Any:
        more = {"contact": mail(name)} if name else {}
        return flow.submit(report(service, x, y, **more, **given), at=given.pop("at", life.MONDAY)).request

    return sent
