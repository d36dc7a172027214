"""Which jurisdiction a command works on: the one named, the only one, or the installation's default."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from layers.models import Jurisdiction


def add_jurisdiction_option(parser: CommandParser) -> None:
    """Adds --jurisdiction CODE, which may be left out where one is served or there is a default."""
    parser.add_argument("--jurisdiction", metavar="CODE", help="the jurisdiction; may be left out where one is served")


def chosen_jurisdiction(options: dict[str, Any]) -> Jurisdiction:
    """The jurisdiction of a command's options. CommandError with exit status 2 and the list where none is clear."""
    known = {one.code: one for one in Jurisdiction.objects.order_by("code")}
    code = options.get("jurisdiction")
    if code is None:
        code = next(iter(known)) if len(known) == 1 else settings.DEFAULT_JURISDICTION
    if code not in known:
        there = ", ".join(known) or "none yet (add_jurisdiction makes one)"
        problem = f"There is no jurisdiction {code!r}." if code else "Which jurisdiction? Say --jurisdiction."
        raise CommandError(f"{problem} Known: {there}.", returncode=2)
    return known[code]


def is_terminal() -> bool:
    """True where a person watches: progress is shown there and nowhere else."""
    return sys.stderr.isatty()
