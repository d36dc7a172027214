import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kept import built
from tests.life import Town, town


@pytest.fixture(scope="module")
def _almendra(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with built(django_db_blocker, town) as made:
        yield made


@pytest.fixture
def almendra(_almendra: Town, db: None) -> Town:
    return copy.deepcopy(_almendra)
