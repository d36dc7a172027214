"""A worker that is killed at the worst moments, in a process of its own: what the contract promises is kept."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, connections

from geoserver_app.notify import claims
from geoserver_app.notify.models import Message
from tests.life import MONDAY, Town, town
from tests.notify.mail_server import MailServer
from tests.notify.test_delivery import deliver, message

ROOT = Path(__file__).resolve().parents[2]
LATER = MONDAY + claims.LEASE + timedelta(minutes=1)
WORKER = """
import django; django.setup()
from datetime import datetime
from geoserver_app.notify.delivery import deliver_due
deliver_due(50, datetime.fromisoformat({at!r}), on_end=lambda message: None)
"""


@pytest.fixture
def almendra(transactional_db: None) -> Town:
    return town()


def worker(server: MailServer, failpoint: str) -> int:
    """Runs the delivery in a process of its own against the test's database; how it ended."""
    database = urlsplit(os.environ["OWNER_DATABASE_URL"])
    name = urlunsplit(database._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "geoserver_app.settings",
        "OWNER_DATABASE_URL": name,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(server.port),
        "EMAIL_SECURITY": "none",
        "EMAIL_FROM": "onecall@almendra.example",
        "ONEMAP_FAILPOINT": failpoint,
        "ONEMAP_PRIVATE_DATABASE": "1",
    }
    code = WORKER.format(at=MONDAY.isoformat())
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False).returncode


@pytest.mark.parametrize(
    ("failpoint", "there_before", "there_after"),
    [
        # Killed before the server heard of it: each arrives once.
        pytest.param("notify.claimed", 0, 3, marks=pytest.mark.slow),
        ("notify.handed_over", 1, 4),  # killed before we wrote it down: the one in doubt arrives twice
        pytest.param("notify.handed_over:3", 3, 4, marks=pytest.mark.slow),
    ],
)
def test_a_worker_killed_while_mailing_loses_nothing_and_repeats_one_mail_at_most(
    almendra: Town, mail_server: MailServer, failpoint: str, there_before: int, there_after: int
) -> None:
    for _ in range(3):
        message(almendra)
    assert worker(mail_server, failpoint) == -signal.SIGKILL
    assert len(mail_server.received) == there_before
    deliver(LATER)
    deliver(LATER + claims.WAITS[0])
    assert len(mail_server.received) == there_after
    assert not Message.objects.exclude(state="sent").exists()
    assert len({mail["Message-ID"] for mail in mail_server.received}) == 3


def test_two_workers_at_once_send_each_mail_once(almendra: Town, mail_server: MailServer) -> None:
    for _ in range(12):
        message(almendra)

    def run() -> None:
        deliver()
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mail_server.received) == len({mail["Subject"] for mail in mail_server.received}) == 12
