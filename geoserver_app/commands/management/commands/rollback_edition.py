"""Takes the last activation of a kind back; the requests that it moved are as they were."""

from typing import Any

from django.core.management.base import CommandParser

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.management.commands.activate_edition import whole, with_bar
from geoserver_app.flow_editions import roll_back_edition


class Command(OneMapCommand):
    """rollback_edition KIND [--commit]"""

    help = "Restores the editions of a kind as they were before its last activation; a dry run unless --commit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind")
        add_jurisdiction_option(parser)
        parser.add_argument("--commit", action="store_true", help="write (without it: a dry run)")

    def handle(self, *args: Any, **options: Any) -> None:
        place = chosen_jurisdiction(options)
        change = roll_back_edition(place, options["kind"], commit=options["commit"], follow=with_bar)
        self.stdout.write("\n".join(whole(change, committed=options["commit"])))
