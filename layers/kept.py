"""Rows that seldom change and are asked for all the time: read once a process, and again as soon as they changed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class Kept(Generic[Row]):
    """Objects with the version of the rows that each was read from; whoever asks gets a copy of its own.

    The version comes fresh from the database each time (see ``version_sql``), in a statement that is asked anyway: a
    change counts from its commit on, whoever made it. Related objects that are read later belong to the copy.
    """

    def __init__(self, read: Callable[[int], Row]) -> None:
        self._read = read
        self._kept: dict[int, tuple[str, Row]] = {}

    def get(self, key: int, version: str) -> Row:
        """The object with a key whose rows are at a version."""
        kept = self._kept.get(key)
        if kept is None or kept[0] != version:
            # What is read now may be newer than the version; then the next one to ask reads it once more.
            kept = self._kept[key] = version, self._read(key)
        return copy.copy(kept[1])


def version_sql(*rows: str) -> str:
    """SQL for the version of rows by their aliases, "" for one that is not there (an outer join).

    Where a row lies and which transaction wrote it: no other version of any row ever has both.
    """
    return " || ' ' || ".join(f"coalesce({row}.ctid::text || {row}.xmin::text, '')" for row in rows)
