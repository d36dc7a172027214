"""Puts a draft edition in force."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from geoserver_app import jobs
from geoserver_app.commands.door import OneMapCommand
from layers.activation import Turned, activate
from layers.models import Edition


class Command(OneMapCommand):
    """activate_edition ID [--commit]"""

    help = "Puts a draft edition in force and ends its predecessor the day before; a dry run unless --commit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("edition", type=int, metavar="ID")
        parser.add_argument("--commit", action="store_true", help="write (without it: a dry run)")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            turned = activate(options["edition"], commit=options["commit"])
            if options["commit"]:
                jobs.defer_basemap(Edition.objects.get(pk=turned.edition).kind.jurisdiction_id)
        for line in told(turned, committed=options["commit"]):
            self.stdout.write(line)


def told(turned: Turned, *, committed: bool) -> list[str]:
    """What an activation or roll back did, in lines; the same for a dry run but for the first words."""
    made = "Done" if committed else "Dry run (nothing written; --commit writes)"
    lines = [f"{made}: edition {turned.edition} of {turned.kind_code} is {_state(turned)}."]
    lines += [f"  {other}" for other in turned.others]
    current = f"edition {turned.current}" if turned.current else "none"
    lines.append(f"  in force today: {current}; shapes: {turned.came_in} came in, {turned.went_out} went out.")
    return lines


def _state(turned: Turned) -> str:
    return "a draft again" if turned.days == "not in force" else f"in force {turned.days}"
