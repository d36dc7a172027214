"""The invented city, built once for all tests of it: in memory, as layers, and as files.

To draw it costs twenty seconds: what looks at all of it is slow; that its streets come out alike is tried each day.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from fixtures.city.build import City, build_city
from fixtures.city.table import Table
from fixtures.city.tables import tables
from fixtures.city.write import write_tables

Layers = Mapping[str, Table]


@pytest.fixture(scope="session")
def city() -> City:
    return build_city()


@pytest.fixture(scope="session")
def layers(city: City) -> Layers:
    """Every layer by its file, or by "file:layer" where a file holds several."""
    found = tables(city)
    return {f"{one.path}:{one.layer}" if one.layer else one.path: one for one in found}


@pytest.fixture(scope="session")
def folder(layers: Layers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, as the city hands them over."""
    path = tmp_path_factory.mktemp("almendra")
    write_tables(list(layers.values()), path)
    return path
