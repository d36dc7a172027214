"""Telling how far a long transaction is, while it runs: by a connection of its own, at most twice a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

_EVERY_S = 0.5
Tell = Callable[..., None]


@contextmanager
def telling(row: models.Model) -> Iterator[Tell]:
    """Gives tell(done=..., total=...): writes columns of a committed row at once, outside of what the caller does."""
    other = connection.copy()
    last = 0.0

    def tell(*, at_once: bool = False, **columns: Any) -> None:
        nonlocal last
        now = time.monotonic()
        if not at_once and now - last < _EVERY_S:
            return
        last = now
        names = ", ".join(f"{name} = %s" for name in columns)
        with other.cursor() as cursor:
            statement = f"update {row._meta.db_table} set {names} where id = %s"
            cursor.execute(statement, [*columns.values(), row.pk])

    try:
        yield tell
    finally:
        other.close()
