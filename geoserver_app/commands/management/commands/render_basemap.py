"""Renders the basemap tiles of a jurisdiction that changed or are missing."""

from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction, is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.published import basemap


class Command(OneMapCommand):
    """render_basemap [--jurisdiction CODE] [--all]"""

    help = "Renders the basemap tiles that changed or are missing, as the worker does after an activation."

    def add_arguments(self, parser: CommandParser) -> None:
        add_jurisdiction_option(parser)
        parser.add_argument("--all", action="store_true", help="render every tile again")

    def handle(self, *args: Any, **options: Any) -> None:
        place = chosen_jurisdiction(options)
        with tqdm(unit=" tiles", disable=not is_terminal()) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            result = basemap.bring_up_to_date(place.pk, everything=options["all"], progress=progress)
        self.stdout.write(f"{place.code}: {result.deleted} tiles deleted, {result.rendered} rendered.")
