"""import_jurisdiction: what export_jurisdiction wrote, brought into another installation without loss."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from geoserver_app.commands.choice import is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.rehearsal import add_commit_option, last_line
from geoserver_app.past.arriving import arrive


class Command(OneMapCommand):
    help = "Brings in what export_jurisdiction wrote: whole or not at all, under the same numbers and ids."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder that was exported")
        add_commit_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        told = self.stderr.write if is_terminal() else lambda _line: None
        done = arrive(options["folder"], commit=options["commit"], told=told)
        self.stdout.write(f"{done.code}: {done.rows:,} rows of {done.tables} tables, {done.photos:,} files of photos.")
        self.stdout.write(last_line(options["commit"]))
