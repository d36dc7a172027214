import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from geoserver_app.past.importing import Import
from geoserver_app.past.mapping import mapping_from
from geoserver_app.past.report import Report
from geoserver_app.past.sources import opened
from tests import factories
from tests.flow.conftest import report, with_rules
from tests.kept import built
from tests.link.squared import at
from tests.route.city import City

__all__ = ["report"]  # a fixture

MAPPING: dict[str, Any] = {
    "source": "notes",
    "number": "No",
    "dates": ["%m/%d/%Y %H:%M", "iso"],
    "requested": "Opened",
    "updated": "Updated",
    "closed": "Closed",
    "service": {"column": "Kind", "values": {"Pot hole": "pothole"}},
    "status": {"column": "Status", "values": {"Open": "assigned", "Done": "closed", "Void": "cancelled"}},
    "status_notes": "Remarks",
    "channel": {"column": "Via", "values": {"Call": "phone"}, "default": "web"},
    "description": "Text",
    "place": {"lon": "X", "lat": "Y", "address": "Where"},
    "areas": {"beat": "Beat"},
    "create": {"services": True, "publication": "public"},
}
COLUMNS = ("No", "Opened", "Updated", "Closed", "Kind", "Status", "Remarks", "Via", "Text", "X", "Y", "Where", "Beat")
ROW = {
    "Opened": "03/02/2026 08:30", "Updated": "03/03/2026 10:00", "Closed": "03/03/2026 10:00", "Kind": "Pot hole",
    "Status": "Done", "Remarks": "Filled.", "Via": "Call", "Text": "A hole", "Where": "", "Beat": "1",
}  # fmt: skip


def row(number: str, x: float | None = 350.0, y: float = 700.0, **more: str) -> dict[str, str]:
    """A row of the old system, at a place on the squared paper."""
    lon, lat = at(x, y) if x is not None else ("", "")
    return {**ROW, "No": number, "X": str(lon), "Y": str(lat), **more}


def table(path: Path, *rows: dict[str, str]) -> Path:
    """A CSV file of rows."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def drawn(folder: Path) -> City:
    """The town on squared paper with its rules, and houses along Main St."""
    city = with_rules(folder)
    kind = factories.kind(city.squared.jurisdiction, "address_point", "address_point", "point")
    for number in range(4):
        factories.address(
            kind, 100 + 2 * number, Point(*at(30 + 45 * number, 530), srid=4326), street_name="MAIN", post_type="ST"
        )
    return city


@pytest.fixture(scope="module")
def _city(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[City]:
    with built(django_db_blocker, lambda: drawn(tmp_path_factory.mktemp("rules"))) as city:
        yield city


@pytest.fixture
def city(_city: City, db: None) -> City:
    return copy.deepcopy(_city)


Bring = Callable[..., Report]


def brought(city: City, path: Path, *, commit: bool = True, rejects: Any = None, **changes: Any) -> Report:
    """Imports a file into the town, with changes to the mapping."""
    mapping = mapping_from({**MAPPING, **changes})
    place = city.hall.jurisdiction
    with opened(path) as given:
        history = [part for part in given.parts if mapping.history and part.name.endswith(mapping.history.file)]
        parts = [part for part in given.parts if part not in history]
        work = Import(place, mapping, timezone.now(), commit, lambda _step, _total: lambda _count: None, rejects)
        return work.run(type(given)(given.name, parts, given.sha256), history)


@pytest.fixture
def bring(city: City, tmp_path: Path) -> Bring:
    """Imports rows, or a file, into the town."""

    def import_(*rows: Any, **more: Any) -> Report:
        path = rows[0] if isinstance(rows[0], Path) else table(tmp_path / "old.csv", *rows)
        return brought(city, path, **more)

    return import_
