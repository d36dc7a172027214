"""Runs the jobs that wait, as the worker does, to their end."""

from concurrent.futures import ThreadPoolExecutor

from procrastinate.contrib.django import app


def run_jobs() -> None:
    """In a thread of its own: a browser that ran in this process before has left an event loop in the main one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_run).result()


def _run() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)
