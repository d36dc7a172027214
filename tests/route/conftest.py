from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from geoserver_app.route.models import RuleSet
from tests.route.city import City

Rules = Callable[..., RuleSet]


@pytest.fixture
def city(db: None) -> City:
    """The town on squared paper with a city hall, a service for trees and one for weeds."""
    return City.build()


@pytest.fixture
def rules(city: City, tmp_path: Path) -> Rules:
    """Loads rules written as a mapping and puts them in force: rules({...a file...}, active=False)."""

    def load(*rules: dict[str, Any], active: bool = True, **file: Any) -> RuleSet:
        return city.load(tmp_path / "rules.yaml", *rules, active=active, **file)

    return load
