import copy
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from django.contrib.gis.geos import Point

from fixtures.history.demand import Asked, Form, services
from fixtures.history.ground import Ground, Points
from geoserver_app.catalog.loading import load_faqs
from geoserver_app.org.holidays import federal_holidays, load_holidays
from geoserver_app.org.models import CityHall
from geoserver_app.org.records import Faults
from geoserver_app.work.resolutions import load_resolutions
from layers.models import Jurisdiction
from tests import factories
from tests.flow.conftest import with_rules
from tests.kept import built
from tests.link.squared import TODAY, Squared, at
from tests.route.city import City
from tests.route.test_almendra import FOLDER, build

AS_OF = date(2026, 11, 20)
_IN_C = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast


@pytest.fixture(scope="module")
def _city(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[City]:
    def drawn() -> City:
        city = with_rules(tmp_path_factory.mktemp("rules"))
        _houses(city.squared)
        return city

    with built(django_db_blocker, drawn) as city:
        yield city


@pytest.fixture
def city(_city: City, db: None) -> City:
    """The town on squared paper with rules in force, mailboxes at every desk and houses along Main St."""
    return copy.deepcopy(_city)


@pytest.fixture(scope="module")
def _almendra(django_db_setup: None, django_db_blocker: Any) -> Iterator[Squared]:
    with built(django_db_blocker, _whole) as made:
        yield made


@pytest.fixture
def almendra(_almendra: Squared, db: None, settings: Any, tmp_path: Path) -> Squared:
    """Almendra's office, catalog and rules in the town on squared paper, with houses, and a data folder of its own."""
    settings.DATA_DIR = str(tmp_path)
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return copy.deepcopy(_almendra)


def _whole() -> Squared:
    squared = build()
    place = Jurisdiction.objects.get(pk=squared.jurisdiction.pk)
    faults = Faults()
    load_faqs(FOLDER, place, faults)
    load_resolutions(FOLDER, place, faults, on=TODAY)
    faults.refuse()
    load_holidays(CityHall.objects.get(jurisdiction=place), range(2019, 2028))
    _houses(squared)
    squared.jurisdiction = place
    return squared


def _houses(squared: Squared) -> None:
    """Twenty houses on both sides of Main St, and a school to be near to."""
    kind = factories.kind(squared.jurisdiction, "address_point", "address_point", "point")
    for number in range(20):
        x, y = 30 + 45 * number, (530 if number % 2 else 470)
        factories.address(kind, 100 + 2 * number, Point(*at(x, y), srid=4326), street_name="MAIN", post_type="ST")
    marks = factories.kind(squared.jurisdiction, "landmark", "landmark", "any")
    factories.landmark(marks, "school", Point(*at(150, 440), srid=4326), name="Main School")


@pytest.fixture(scope="session")
def holidays() -> frozenset[date]:
    return frozenset(federal_holidays(range(2019, 2028)))


@pytest.fixture(scope="session")
def offered() -> list[Asked]:
    """Almendra's services with their forms, out of the files."""
    found = []
    for file in sorted((FOLDER / "services").glob("*.yaml")):
        read = yaml.load(file.read_text(encoding="utf-8"), Loader=_IN_C)  # noqa: S506  it is a SafeLoader
        found += [_service(one) for one in read["services"]]
    return services(sorted(found, key=lambda one: str(one["code"])))


def _service(one: dict[str, Any]) -> dict[str, Any]:
    forms = [
        Form(
            question["code"], question["datatype"], question.get("required", False),
            tuple(value["key"] for value in question.get("values", ()) if "stopper" not in value),
            _condition(question.get("shown_if")),
        )
        for question in one.get("questions", ())
    ]  # fmt: skip
    return {
        "code": one["code"], "kind": one.get("kind", "request"), "location": one.get("location", "point"),
        "asset_kind": one.get("asset_kind", ""), "forms": forms,
    }  # fmt: skip


def _condition(shown: dict[str, Any] | None) -> tuple[str, tuple[str, ...]] | None:
    return (shown["attribute"], tuple(shown["in"])) if shown else None


@pytest.fixture(scope="session")
def grid() -> Ground:
    """Four neighborhoods of 15 x 15 houses, 40 m apart, each with the street 12 m to the north."""
    rows = [(x, y) for y in range(30) for x in range(30)]
    east, north = 40 / (111_320 * np.cos(np.radians(36.0))), 40 / 111_320
    lon = np.array([-119.72 + x * east for x, _ in rows])
    lat = np.array([36.0 + y * north for _, y in rows])
    zone = np.array([(y // 15) * 2 + x // 15 for x, y in rows], dtype=np.int64)
    nothing = np.zeros(len(rows), dtype=np.int64)
    lights = Points(lon[::9], lat[::9] + 1e-4, zone[::9], np.arange(1, len(rows[::9]) + 1, dtype=np.int64))
    return Ground(
        zones=["North", "South", "East", "West"],
        houses=Points(lon, lat, zone, nothing),
        addresses=[f"{100 + x} Row {y}" for x, y in rows],
        streets=[f"Row {y}" for _, y in rows],
        near=["the school"] * len(rows),
        road_lon=lon,
        road_lat=lat + 12 / 111_320,
        elsewhere={"asset:street_light": lights},
    )
