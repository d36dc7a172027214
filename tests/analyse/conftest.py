"""Almendra's office on the town on squared paper: what happened there again and again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from geoserver_app.intake.models import ServiceRequest
from tests.console.conftest import Hall
from tests.kept import built


class Ground(Hall):
    """Requests are reported noon after noon: the first yesterday, the next the day before."""

    def __init__(self) -> None:
        super().__init__()
        assert self.paper
        self.town.person("trusted", "dispatcher", sensitive=True)

    def happened(self, times: int, **given: Any) -> list[ServiceRequest]:
        """So many incidents with one report each; ``parcel``, ``segment``, ``asset`` by their codes."""
        columns = dict(given)
        for name, column, find in (
            ("parcel", "parcel_id", self.paper.parcel),
            ("segment", "centerline_id", self.paper.segment),
            ("asset", "asset_id", self.paper.asset),
        ):
            if name in columns:
                columns[column] = find(columns.pop(name))
        now = timezone.now()
        return [self.request(**{"at": now - timedelta(days=day), **columns}) for day in range(1, times + 1)]

    def register(self, name: str = "planner", **asked: object) -> str:
        """The register's page as somebody sees it."""
        query = "&".join(f"{key}={value}" for key, value in asked.items())
        return self.get(name, f"/console/repeat/?{query}")


@pytest.fixture(scope="module")
def _ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    with built(django_db_blocker, Ground) as made:
        yield made


@pytest.fixture
def ground(_ground: Ground, db: None, settings: Any, tmp_path: Path) -> Ground:
    settings.ALLOWED_HOSTS = ["almendra.example"]
    settings.DEFAULT_JURISDICTION = "almendra"
    settings.MEDIA_ROOT = tmp_path
    _ground.town.running = 0
    return _ground
