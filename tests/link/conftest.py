import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kept import built
from tests.link.squared import Squared, redraw_beats, town


@pytest.fixture(scope="module")
def _squared(django_db_setup: None, django_db_blocker: Any) -> Iterator[Squared]:
    def build() -> Squared:
        made = town()
        redraw_beats(made)
        return made

    with built(django_db_blocker, build) as made:
        yield made


@pytest.fixture
def squared(_squared: Squared, db: None) -> Squared:
    """The town on squared paper, its beats redrawn in 2025."""
    return copy.deepcopy(_squared)


@pytest.fixture(scope="module")
def _open_streets(django_db_setup: None, django_db_blocker: Any) -> Iterator[Squared]:
    with built(django_db_blocker, lambda: town(right_of_way=False, code="openstreets")) as made:
        yield made


@pytest.fixture
def open_streets(_open_streets: Squared, db: None) -> Squared:
    """The town without polygons of the right-of-way."""
    return copy.deepcopy(_open_streets)
