"""Dry run and commit of one kind: both do all the work and print the same counts, only one keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandParser
from django.db import transaction


def add_commit_option(parser: CommandParser) -> None:
    """``--commit``; without it a command only says what it would do."""
    parser.add_argument("--commit", action="store_true", help="write it; without this nothing is changed")


@contextmanager
def rehearsal(commit: bool) -> Iterator[None]:
    """One transaction, undone at its end unless it is meant."""
    with transaction.atomic():
        yield
        transaction.set_rollback(not commit)


def last_line(commit: bool) -> str:
    """What the command says last."""
    return "Written." if commit else "Nothing was written: this was a dry run. Add --commit to write it."
