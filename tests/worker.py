"""Runs the jobs that wait, as the worker does, to their end."""

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from django.db import connection
from procrastinate.contrib.django import app


def run_jobs() -> None:
    """In a thread of its own: a browser that ran in this process before has left an event loop in the main one."""
    # The worker's threads keep no connection to a database that is dropped after the tests.
    with patch.dict(connection.settings_dict, CONN_MAX_AGE=0), ThreadPoolExecutor(1) as pool:
        pool.submit(_run).result()


def _run() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)
