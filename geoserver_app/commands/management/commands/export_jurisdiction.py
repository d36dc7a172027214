"""export_jurisdiction: everything of a city as open files, so that it can leave, or be looked at elsewhere."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction, is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.past.leaving import export


class Command(OneMapCommand):
    help = "Writes everything of a jurisdiction into a new folder: tables (CSV), photos, areas (GeoJSON)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a new folder; it will hold personal data")
        add_jurisdiction_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        place = chosen_jurisdiction(options)
        told = self.stderr.write if is_terminal() else lambda _line: None
        written = export(place, options["folder"], at=timezone.now(), told=told)
        rows = sum(one.rows for one in written)
        self.stdout.write(f"{place}: {rows:,} rows of {len(written)} tables written to {options['folder']}.")
