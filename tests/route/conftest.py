import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from geoserver_app.route.models import RuleSet
from tests.kept import built
from tests.route.city import City

Rules = Callable[..., RuleSet]


@pytest.fixture(scope="module")
def _city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    with built(django_db_blocker, City.build) as made:
        yield made


@pytest.fixture
def city(_city: City, db: None) -> City:
    """The town on squared paper with a city hall, a service for trees and one for weeds."""
    return copy.deepcopy(_city)


@pytest.fixture
def rules(city: City, tmp_path: Path) -> Rules:
    """Loads rules and puts them in force: rules(rule(...), ..., active=False, defaults=[...])."""

    def load(*rules: dict[str, Any], active: bool = True, **file: Any) -> RuleSet:
        return city.load(tmp_path / "rules.yaml", *rules, active=active, **file)

    return load
