from collections.abc import Iterator

import pytest

from tests.life import Town, town
from tests.notify.mail_server import MailServer


@pytest.fixture
def almendra(db: None) -> Town:
    return town()


@pytest.fixture
def mail_server(settings: object) -> Iterator[MailServer]:
    """A real SMTP server on loopback, named by the settings."""
    server = MailServer()
    server.start()
    server.into(settings)
    yield server
    server.stop()
