"""The town on squared paper with rules, requests and people, whose beats are drawn anew."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Polygon
from psycopg.types.range import DateRange

from geoserver_app import flow
from geoserver_app.accounts.roles import Role
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.intake.submission import Submission
from layers.loading import LoadOptions, load
from layers.models import Area, Edition, Kind, Succession
from tests import life
from tests.flow.conftest import with_rules
from tests.kept import built
from tests.link.squared import at, square
from tests.route.city import City, rule

NOW = life.local("2026-11-20 10:00")
SINCE = date(2026, 11, 1)


@dataclass
class Desk:
    """The town, a folder for its files, and what a test asks of both."""

    city: City
    folder: Path
    requests: dict[str, ServiceRequest] = field(default_factory=dict)

    @property
    def place(self) -> Any:
        return self.city.hall.jurisdiction

    @property
    def beats(self) -> Kind:
        return self.city.squared.kinds["beat"]

    def pothole(self, name: str, x: float, when: datetime = life.MONDAY, **given: Any) -> ServiceRequest:
        """A pothole at (x, 700) on the paper, by telephone."""
        lon, lat = at(x, 700)
        submission = Submission(
            jurisdiction_id=self.place.pk, service_id=self.city.services["pothole"].pk, channel="phone", lon=lon,
            lat=lat, place_method="pin", requested_datetime=when, **given,
        )  # fmt: skip
        self.requests[name] = flow.submit(submission, at=when).request
        return self.requests[name]

    def draft(self, shapes: dict[str, Polygon], *, kind: str = "beat", since: date | None = SINCE) -> Edition:
        """Loads areas as a draft of a kind."""
        path = self.folder / f"{kind}-{len(list(self.folder.iterdir()))}.geojson"
        features = [
            {"type": "Feature", "properties": {"code": code, "name": code}, "geometry": json.loads(geom.geojson)}
            for code, geom in shapes.items()
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        options = LoadOptions(code_field="code", name_field="name", wanted=DateRange(since, None) if since else None)
        loaded = load(self.place, path, kind=kind, options=options, commit=True)
        return Edition.objects.select_related("kind__jurisdiction").get(pk=loaded.edition)

    def areas(self, name: str) -> set[str]:
        """What a request lies in, as filed."""
        return self.city.squared.names(ServiceRequest.objects.get(pk=self.requests[name].pk).area_ids)

    def areas_today(self, name: str) -> set[str]:
        return self.city.squared.names(ServiceRequest.objects.get(pk=self.requests[name].pk).areas_today or [])

    def succeed(self, edition: Edition, old: str, *new: str) -> None:
        """Confirms that an area went over into others."""
        for code in new:
            Succession.objects.update_or_create(
                edition=edition, old=self._area(edition, old), new=self._area(edition, code),
                defaults={"share": 1 / len(new), "confirmed": True},
            )  # fmt: skip

    @staticmethod
    def _area(edition: Edition, code: str) -> Area:
        return Area.objects.get(kind=edition.kind, code=code)


def moved_border(border: float) -> dict[str, Polygon]:
    """Beats 1 and 2 with the border between them elsewhere; it stood at x=500."""
    return {"1": square(0, 0, border, 900), "2": square(border, 0, 1000, 900)}


def renumbered() -> dict[str, Polygon]:
    """Beat 2 is beat 3 now."""
    return {"1": square(0, 0, 500, 900), "3": square(500, 0, 1000, 900)}


@pytest.fixture(scope="module")
def _city(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[City]:
    def drawn() -> City:
        city = with_rules(tmp_path_factory.mktemp("rules"))
        city.hall.person("gus", Role.GIS)
        return city

    with built(django_db_blocker, drawn) as city:
        yield city


@pytest.fixture
def desk(_city: City, db: None, tmp_path: Path) -> Desk:
    """Almendra's GIS desk."""
    files = tmp_path / "files"
    files.mkdir()
    return Desk(copy.deepcopy(_city), files)


@pytest.fixture
def by_beat(desk: Desk, tmp_path: Path) -> Callable[[], None]:
    """Puts a rule in force that names beat 2, and a deputy whose scope it is."""

    def named() -> None:
        patrol = rule("beat-two", {"services": ["pothole"], "areas": ["beat:2"]}, post="code/desk")
        desk.city.load(tmp_path / "rules.yaml", patrol)
        desk.city.hall.person("dan", Role.DEPUTY, area_kind="beat", area_codes=["2"])

    return named
