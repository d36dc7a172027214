"""Towns that take a while to draw are drawn once a module; each test works on a copy, inside pytest-django's ``db``."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction

Thing = TypeVar("Thing")


@contextmanager
def built(blocker: Any, build: Callable[[], Thing]) -> Iterator[Thing]:
    """For a fixture of a module: what ``build`` made, in a transaction that is undone at the end.

    The fixture that lends it to a test must ask for ``db`` too: only then does pytest-django make a test database, and
    undo what the test does.
    """
    with blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
