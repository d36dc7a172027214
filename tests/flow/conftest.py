import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from geoserver_app.intake.submission import Contact, Submission
from geoserver_app.org.models import Post
from tests import life
from tests.kept import built
from tests.link.squared import at
from tests.route.city import TREES, City

Report = Callable[..., Submission]


@pytest.fixture(scope="module")
def _city(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[City]:
    with built(django_db_blocker, lambda: with_rules(tmp_path_factory.mktemp("rules"))) as city:
        yield city


def with_rules(folder: Path) -> City:
    """The town on squared paper with its rules in force and a mailbox at every desk."""
    city = City.build()
    city.load(folder / "rules.yaml", *TREES)
    for code, post in city.posts.items():
        Post.objects.filter(pk=post.pk).update(email=f"{code}@almendra.example")
    return city


@pytest.fixture
def city(_city: City, db: None) -> City:
    """The town on squared paper with its rules in force."""
    return copy.deepcopy(_city)


@pytest.fixture
def report(city: City) -> Report:
    """A report as a door hands it over: of a pothole in beat 1, anonymous, unless told."""

    def submission(service: str = "pothole", x: float | None = 350.0, y: float = 700.0, **given: Any) -> Submission:
        lon, lat = at(x, y) if x is not None else (None, None)
        columns: dict[str, Any] = {
            "jurisdiction_id": city.squared.jurisdiction.pk,
            "service_id": city.services[service].pk,
            "channel": "web",
            "lon": lon,
            "lat": lat,
            "place_method": "pin" if x is not None else "none",
            "requested_datetime": life.MONDAY,
            **given,
        }
        return Submission(**columns)

    return submission


@pytest.fixture
def told_by_mail() -> Contact:
    return Contact(name="Rosalinda Invented", email="rosalinda@example.org", tell_by="email")
