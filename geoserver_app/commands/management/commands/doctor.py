"""Checks what a newcomer gets wrong."""

import sys
from typing import Any

from django.core.management.base import CommandParser

from geoserver_app.commands.diagnosis import findings
from geoserver_app.commands.door import OneMapCommand


class Command(OneMapCommand):
    """doctor [--strict]"""

    help = "Checks what a newcomer gets wrong: versions, roles, extensions, migrations, worker, space, clocks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help="exit status 1 where something is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(findings())
        for finding in found:
            self.stdout.write(f"{finding.mark:>6}  {finding.what}")
            if finding.way_on:
                self.stdout.write(f"        -> {finding.way_on}")
        marks = [finding.mark for finding in found]
        self.stdout.write(f"{marks.count('wrong')} wrong, {marks.count('look')} to look at, {marks.count('ok')} ok")
        if options["strict"] and "wrong" in marks:
            sys.exit(1)
