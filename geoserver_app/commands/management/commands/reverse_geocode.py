"""reverse_geocode: what a point is called."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.geocode.reverse import reverse_geocode


class Command(OneMapCommand):
    """reverse_geocode LON LAT"""

    help = "Says what a point is called: the nearest address, its block and cross streets, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lon", type=float, help="degrees, EPSG:4326")
        parser.add_argument("lat", type=float)
        add_jurisdiction_option(parser)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """West of Greenwich is a negative number, not an option: LON LAT may begin with a minus."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser._has_negative_number_optionals = []
        return parser

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = chosen_jurisdiction(options)
        on = jurisdiction.local_date(timezone.now())
        found = reverse_geocode(jurisdiction, options["lon"], options["lat"], on=on)
        self.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=2))
