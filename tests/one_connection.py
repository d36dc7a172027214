"""A server inside of a test's transaction: Django must not give its connection back after an answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core import signals
from django.db import close_old_connections


@contextmanager
def kept_open() -> Iterator[None]:
    """For requests that go through WSGI itself, as a program outside would send them."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)
