import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from layers.models import Jurisdiction
from tests.city import FILES, bare_jurisdiction


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    """The demo city's whole catalog, loaded once for a module by the command that loads it everywhere."""
    with django_db_blocker.unblock(), transaction.atomic():
        pk = bare_jurisdiction().pk
        call_command("load_catalog", str(FILES), "--commit", stdout=io.StringIO())
        yield pk
        transaction.set_rollback(True)


@pytest.fixture
def almendra(loaded: int, db: None) -> Jurisdiction:
    """The invented city with its catalog; what a test changes is undone after it."""
    return Jurisdiction.objects.get(pk=loaded)
