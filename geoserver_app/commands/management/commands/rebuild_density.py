"""rebuild_density: counts the requests of a jurisdiction anew for the map."""

from typing import Any

from django.core.management.base import CommandParser

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.density.models import Ledger
from geoserver_app.density.rebuild import rebuild


class Command(OneMapCommand):
    help = "Counts the requests anew for the map, while it goes on being read; changes no request."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--kinds", metavar="KIND,...", help="kinds of area that the counts know from now on, at most five"
        )
        add_jurisdiction_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        place = chosen_jurisdiction(options)
        given = options["kinds"]
        kinds = None if given is None else [code.strip() for code in given.split(",") if code.strip()]
        for done in rebuild(place, kinds=kinds):
            self.stdout.write(f"{done.audience.label}: {done.requests:,} requests in {done.rows:,} rows of counts")
        counted = Ledger.objects.get(jurisdiction=place).kinds
        self.stdout.write(f"Kinds of area: {', '.join(counted) or 'none'}")
