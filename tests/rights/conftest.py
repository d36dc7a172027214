import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests.flow.conftest import with_rules
from tests.kept import built
from tests.rights.story import Story, tell


@pytest.fixture(scope="module")
def _story(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Story]:
    from django.conf import settings

    folder: Path = tmp_path_factory.mktemp("story")
    before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, folder
    with built(django_db_blocker, lambda: tell(with_rules(folder))) as story:
        yield story
    settings.MEDIA_ROOT = before


@pytest.fixture
def story(_story: Story, db: None) -> Story:
    """The requests of the story and the people who come and look."""
    cache.clear()
    return copy.copy(_story)
