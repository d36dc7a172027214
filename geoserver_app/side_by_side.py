"""Blocks of a bulk job side by side: each on a connection of its own, a transaction of its own, committed in order.

While Python prepares one block the database works on others, and a machine's cores are all busy. What a caller sees is
the same as one block after the other: a block that fails leaves those before it, and none after it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeAlias, TypeVar

from django.db import connection

from layers.errors import OneMapError

# More connections than this gain little: blocks are committed one after the other.
LANES = max(1, min(4, os.cpu_count() or 1))

Block = TypeVar("Block")
Done = TypeVar("Done")
Turn: TypeAlias = Callable[[], None]


class Overtaken(OneMapError):
    """A block must not be committed, since one before it failed; whoever asked is told of that one."""


def side_by_side(blocks: Iterable[Block], work: Callable[[Block, Turn], Done], *, lanes: int = LANES) -> Iterator[Done]:
    """Yields ``work(block, my_turn)`` of each block, in order; the first error in that order ends it.

    Blocks are made in the caller's thread, a few ahead. ``my_turn()`` waits until all blocks before are committed and
    raises Overtaken where one failed: call it last in the block's transaction if the block may need what they wrote.
    Inside a transaction of the caller, whose rows no other connection sees, blocks are done one after the other on it.
    """
    if lanes == 1 or connection.in_atomic_block:
        yield from (work(block, _at_once) for block in blocks)
        return
    flying: deque[Future[Done]] = deque()
    pool = ThreadPoolExecutor(lanes, thread_name_prefix="block")
    try:
        for block in blocks:
            flying.append(pool.submit(_in_lane, work, block, flying[-1] if flying else None))
            if len(flying) > lanes:
                yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()
    except Exception:
        # A block could not be made, or one failed: those on their way before it still arrive, and are told of.
        yield from _arrived(flying)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _arrived(flying: Iterable[Future[Done]]) -> Iterator[Done]:
    for one in flying:
        if one.exception() is not None:
            return
        yield one.result()


def _in_lane(work: Callable[[Block, Turn], Done], block: Block, before: Future[Done] | None) -> Done:
    """One block, in a thread of the pool and on its connection, which is given back at the end."""
    try:
        return work(block, _at_once if before is None else partial(_wait_for, before))
    finally:
        connection.close()


def _wait_for(before: Future[Done]) -> None:
    if before.exception() is not None:
        raise Overtaken("A block before this one could not be written.")


def _at_once() -> None:
    """The turn of a block that nothing goes before."""
