from collections.abc import Iterator
from typing import Any

import pytest

from tests.kept import built
from tests.sensitive import counted
from tests.sensitive.counted import Districts


@pytest.fixture(scope="module")
def _districts(django_db_blocker: Any) -> Iterator[Districts]:
    with built(django_db_blocker, counted.build) as made:
        yield made


@pytest.fixture
def place(db: None, _districts: Districts, settings: Any) -> Districts:
    settings.DEFAULT_JURISDICTION = "almendra"
    return _districts
