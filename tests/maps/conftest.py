"""Pages are asked for through Django's client; what they show is committed, for the reader has a log-in of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.test import TransactionTestCase

from geoserver_app.org.models import CityHall
from geoserver_app.published import reader
from layers.models import Jurisdiction
from tests import factories
from tests.layers.town import at
from tests.published.conftest import empty_tables


@pytest.fixture(autouse=True)
def _emptied_afterwards(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[None]:
    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: empty_tables())
    yield
    reader.close()


@pytest.fixture
def hall(settings: Any) -> CityHall:
    """Encinar's city hall; the town is a square of 10 x 10 units with one street and one parcel."""
    settings.DEFAULT_JURISDICTION = ""
    return city("encinar", "City of Encinar", {"es": "Ciudad de Encinar"})


def city(code: str, name: str, names: dict[str, str] | None = None) -> CityHall:
    west, south = at(0, 0)
    east, north = at(10, 10)
    town = factories.jurisdiction(code, factories.box(west, south, east, north), name=name, names=names or {})
    return CityHall.objects.create(jurisdiction=town, telephone="(559) 555-0142", languages=["en", "es"])


@pytest.fixture
def town(hall: CityHall) -> Jurisdiction:
    town = hall.jurisdiction
    lines = factories.kind(town, "centerline", "centerline", "line")
    street = LineString(at(0, 5), at(10, 5), srid=4326)
    factories.street(lines, "S1", street, "Almond Street", street_name="ALMOND", post_type="ST",
                     road_class="arterial", from_address_right=100, to_address_right=198)  # fmt: skip
    parcels = factories.kind(town, "parcel", "parcel")
    lot = factories.box(*at(4, 4), *at(5, 4.8))
    factories.parcel(parcels, "421-1", lot, situs_address="120 ALMOND STREET", land_use="Single Family",
                     owner_class="private")  # fmt: skip
    parks = factories.kind(town, "park", on_map=True, names={"es": "Parques"})
    factories.area(parks, "P1", factories.box(*at(7, 7), *at(9, 9)), name="Parque & Sol")
    return town
