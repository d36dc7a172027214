"""load_people: log-ins, roles with their scopes, and who holds which post, from people.yaml in a folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from geoserver_app.accounts.loading import load_people
from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.rehearsal import add_commit_option, last_line, rehearsal
from geoserver_app.org.records import Faults


class Command(OneMapCommand):
    help = "Loads people.yaml from a folder. New people have no password until an administrator gives them one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        add_jurisdiction_option(parser)
        add_commit_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = chosen_jurisdiction(options)
        faults = Faults()
        with rehearsal(options["commit"]):
            counts = load_people(options["folder"], jurisdiction, faults)
            faults.refuse()
        for what, counted in counts.items():
            self.stdout.write(counted.line(what))
        self.stdout.write(last_line(options["commit"]))
