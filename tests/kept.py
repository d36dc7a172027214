"""Towns that take a while to draw are drawn once a module: each test works on a copy and is undone after it."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction

Thing = TypeVar("Thing")


@contextmanager
def built(blocker: Any, build: Callable[[], Thing]) -> Iterator[Thing]:
    """For a fixture of a module: what ``build`` made, in a transaction that is undone at the end."""
    with blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@contextmanager
def lent(blocker: Any, thing: Thing) -> Iterator[Thing]:
    """For a fixture of a test: a copy of what the module built, in a savepoint that is undone."""
    with blocker.unblock(), transaction.atomic():
        yield copy.deepcopy(thing)
        transaction.set_rollback(True)
