"""Telling how far a long transaction is, while it runs: by a connection of its own, at most twice a second.

A block of requests is linked together, step by step; each step counts as a like share of its requests, so that who
waits sees it move. The last share is told when the block is committed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.utils import timezone

from geoserver_app.editions.models import Turn, TurnProgress
from layers.errors import OneMapError

_EVERY_S = 0.5
Tell = Callable[..., None]
Progress = Callable[[int], None]


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


def work_out(asked: Any, work: Callable[[Progress, Progress], dict[str, Any]]) -> None:
    """Does what a page asked for (a Simulation or RuleSimulation) and keeps what came of it, or why nothing did.

    ``work`` is given what to tell of requests looked at, and of how many there are; it returns the columns to keep.
    Nothing is done where it was worked out already.
    """
    if not asked.is_running:
        return
    asked.state = asked.State.RUNNING
    asked.save(update_fields=["state"])
    done = 0

    def more(count: int) -> None:
        nonlocal done
        done += count
        say(done=done)

    try:
        with telling(asked) as say:
            columns = work(more, lambda total: say(at_once=True, total=total))
        for name, value in {**columns, "state": asked.State.DONE, "done": columns["total"]}.items():
            setattr(asked, name, value)
    except OneMapError as error:
        asked.state, asked.problem = asked.State.FAILED, str(error)
    asked.finished_at = timezone.now()
    asked.save()


class Spread:
    """Spreads the requests of a block over the steps of its work: ``tell`` hears of shares that add up to ``count``."""

    def __init__(self, count: int, steps: int, tell: Callable[[int], None]) -> None:
        self._count, self._steps, self._tell = count, steps, tell
        self._step = self._told = 0

    def step(self) -> None:
        """One step is done."""
        self._step += 1
        self._say(min(self._count * self._step // self._steps, self._count - 1))

    def rest(self) -> None:
        """The block is committed."""
        self._say(self._count)

    def _say(self, whole: int) -> None:
        if whole > self._told:
            share, self._told = whole - self._told, whole
            self._tell(share)


@contextmanager
def followed(turn_id: int, progress: Callable[[int], None]) -> Iterator[Callable[[int], None]]:
    """Gives a function that adds to how many requests of a turn have followed, for its page (Turn.followed).

    It tells ``progress`` too. The turn's own row is held by the work; this one is beside it. Inside a transaction of
    the caller nobody could see it: then nothing is written.
    """
    done = Turn.objects.filter(pk=turn_id).values_list("done", flat=True).first()
    if connection.in_atomic_block or done is None:
        yield progress
        return
    row, _made = TurnProgress.objects.update_or_create(turn_id=turn_id, defaults={"done": done})
    with telling(row) as tell:

        def more(count: int) -> None:
            nonlocal done
            done += count
            tell(done=done)
            progress(count)

        yield more
