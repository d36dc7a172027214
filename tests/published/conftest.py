"""Tiles are read over connections of their own, so these tests commit what they draw."""

import math
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.transaction import atomic
from django.test import TransactionTestCase

from geoserver_app.maps import tiles
from geoserver_app.published import reader
from tests.factories import box

# The tile that everything is drawn in: zoom 14, in the invented city's farmland.
Z, X, Y = 14, 2743, 6425


def lon_lat(u: float, v: float, z: int = Z, x: int = X, y: int = Y) -> tuple[float, float]:
    """The place (degrees) at u, v of a tile: 0, 0 its north-west corner and 4096, 4096 its south-east one."""
    count = 1 << z
    lon = (x + u / 4096) / count * 360 - 180
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + v / 4096) / count))))
    return lon, lat


def tile_box(left: float, top: float, right: float, bottom: float) -> Polygon:
    """A rectangle given in units of the tile, as a polygon in degrees."""
    west, north = lon_lat(left, top)
    east, south = lon_lat(right, bottom)
    return box(west, south, east, north)


@pytest.fixture
def _quickly_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: empty_tables())


@pytest.fixture(autouse=True)
def _nothing_remembered(_quickly_emptied: None, transactional_db: None) -> Iterator[None]:
    tiles.forget()
    yield
    tiles.forget()
    # An open connection would keep the test database from being dropped.
    reader.close()


@atomic
def empty_tables() -> None:
    """Deletes every row that a test may have written: ten times as quick as truncating each table.

    Foreign keys are checked when the transaction ends, so the order does not matter.
    """
    assert connection.settings_dict["NAME"].startswith(connection.settings_dict["TEST"]["NAME"])
    models = [
        model
        for label in ("layers", "org", "published", "geocode", "editions", "density")
        for model in apps.get_app_config(label).get_models()
    ]
    with connection.cursor() as cursor:
        for table in [model._meta.db_table for model in models] + ["procrastinate_events", "procrastinate_jobs"]:
            cursor.execute(f"delete from {connection.ops.quote_name(table)}")
