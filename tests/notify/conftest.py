import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kept import built
from tests.life import Town, town
from tests.notify.mail_server import MailServer


@pytest.fixture(scope="module")
def _almendra(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    with built(django_db_blocker, town) as made:
        yield made


@pytest.fixture
def almendra(_almendra: Town, db: None) -> Town:
    return copy.deepcopy(_almendra)


@pytest.fixture
def mail_server(settings: object) -> Iterator[MailServer]:
    """A real SMTP server on loopback, named by the settings."""
    server = MailServer()
    server.start()
    server.into(settings)
    yield server
    server.stop()
