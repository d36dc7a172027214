"""check_density: compares every count of the map with the requests themselves."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.density.check import check


class Command(OneMapCommand):
    help = "Compares every count of the map with the requests, in one moment; changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help="exit status 1 where a count is wrong")
        add_jurisdiction_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        place = chosen_jurisdiction(options)
        found = check(place)
        if not found:
            self.stdout.write(
                f"{place.code} is not counted yet: the map reads the requests. rebuild_density counts it."
            )
        for one in found:
            self.stdout.write(f"{one.audience.label}: {one.rows:,} rows of counts, {one.wrong:,} counts are wrong")
            if one.missed:
                self.stdout.write("A bulk load is not counted yet; the worker does it when the load is over.")
        if any(one.wrong for one in found):
            if options["strict"]:
                raise CommandError("The counts are not those of the requests. rebuild_density counts anew.")
            self.stdout.write("rebuild_density counts anew.")
