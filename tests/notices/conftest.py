"""Almendra's office, its map, and a storm: what staff place and what people meet before they report."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from geoserver_app.duplicates.models import Notice
from tests import life
from tests.kept import built
from tests.link import squared
from tests.report.conftest import KEY

IN_BEAT_1 = squared.at(100, 300)
IN_BEAT_2 = squared.at(600, 300)
STORM = "Storm: 40 lights out, we know."
TORMENTA = "Tormenta: 40 faroles apagados, ya sabemos."


class Office:
    """People at their desks and residents; ``place`` is what the dispatcher's form sends."""

    def __init__(self) -> None:
        self.town = life.town()
        self.map = squared.town(place=self.town.jurisdiction)

    def client(self, name: str | None = None) -> Client:
        browser = Client(HTTP_ACCEPT_LANGUAGE="en")
        if name:
            browser.force_login(self.town.people[name])
        return browser

    def form(self, **changes: Any) -> dict[str, Any]:
        """The form of a notice about potholes in beat 1, from an hour ago until tomorrow."""
        now = timezone.now().astimezone(life.ZONE)
        fields = {
            "services": ["pothole"], "where": "area", "area": "beat:1", "text_en": STORM, "text_es": TORMENTA,
            "begins_at": _typed(now - timedelta(hours=1)), "ends_at": _typed(now + timedelta(days=1)),
            "expected_at": _typed(now + timedelta(hours=20)),
        }  # fmt: skip
        return {**fields, **changes}

    def post(self, name: str = "dispatcher", **changes: Any) -> Any:
        return self.client(name).post("/console/notices/new/", self.form(**changes))

    def placed(self, **changes: Any) -> Notice:
        """A notice that the dispatcher just placed."""
        answer = self.post(**changes)
        assert answer.status_code == 303, answer.content.decode()[-2000:]
        return Notice.objects.latest("pk")

    def page(self, name: str, path: str) -> str:
        answer = self.client(name).get(path)
        assert answer.status_code == 200, answer.content[-500:]
        return str(answer.content.decode())

    def report(self, at: tuple[float, float] = IN_BEAT_1, browser: Client | None = None, **sent: Any) -> Any:
        """What a resident's browser gets who sends the report's form without scripts."""
        lon, lat = at
        fields = {"key": KEY, "service": "pothole", "lon": str(lon), "lat": str(lat), "do": "send", **sent}
        return (browser or self.client()).post("/report/", fields)


def _typed(at: Any) -> str:
    return str(at.strftime("%Y-%m-%dT%H:%M"))


@pytest.fixture(scope="module")
def _office(django_db_setup: None, django_db_blocker: Any) -> Iterator[Office]:
    with built(django_db_blocker, Office) as made:
        yield made


@pytest.fixture
def office(_office: Office, db: None, settings: Any, tmp_path: Path) -> Office:
    settings.MEDIA_ROOT = tmp_path
    settings.DEFAULT_JURISDICTION = "almendra"
    return _office
