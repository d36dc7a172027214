"""Takes the last activation of a kind back."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from geoserver_app import jobs
from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.management.commands.activate_edition import told
from layers.activation import roll_back


class Command(OneMapCommand):
    """rollback_edition KIND [--commit]"""

    help = "Restores the editions of a kind as they were before its last activation; a dry run unless --commit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind")
        add_jurisdiction_option(parser)
        parser.add_argument("--commit", action="store_true", help="write (without it: a dry run)")

    def handle(self, *args: Any, **options: Any) -> None:
        place = chosen_jurisdiction(options)
        with transaction.atomic():
            turned = roll_back(place, options["kind"], commit=options["commit"])
            if options["commit"]:
                jobs.defer_basemap(place.pk)
        for line in told(turned, committed=options["commit"]):
            self.stdout.write(line)
