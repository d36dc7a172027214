"""What a draft edition would move of the requests of the last days; writes nothing."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from geoserver_app.commands.choice import is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.editions import difference
from geoserver_app.editions.moves import Moves
from geoserver_app.editions.sheets import HEADINGS, rows
from geoserver_app.flow_editions import simulate_edition
from layers.models import Edition

_TABLES = (("by_area", "areas"), ("by_department", "departments"), ("by_officer", "desks"))


class Command(OneMapCommand):
    """simulate_edition ID --days N [--csv FILE] [--geojson FILE]"""

    help = "Says which requests of the last days a draft edition would move, and to whom; writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("edition", type=int, metavar="ID")
        parser.add_argument("--days", type=int, required=True, metavar="N", help="today and the days before, N in all")
        parser.add_argument("--csv", metavar="FILE", help="every request that would move, with areas and desks")
        parser.add_argument("--geojson", metavar="FILE", help="the ground that changes hands, and those requests")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days is 1 or more: 1 is today.", returncode=2)
        with tqdm(desc="Linking", unit=" requests", file=sys.stderr, disable=not is_terminal()) as bar:
            found = simulate_edition(
                options["edition"],
                last_days=options["days"],
                progress=lambda count: _told(bar, count),
                begins=bar.reset,
            )
        self._write(found, options)
        self.stdout.write("\n".join(told(found)))

    def _write(self, found: Moves, options: dict[str, Any]) -> None:
        if options["csv"]:
            with Path(options["csv"]).open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([HEADINGS, *rows(found.moves)])
        if options["geojson"]:
            edition = Edition.objects.select_related("kind__jurisdiction").get(pk=found.edition)
            collection = difference.collection(edition, found.stored()["requests"])
            Path(options["geojson"]).write_text(json.dumps(collection), encoding="utf-8")


def _told(bar: Any, count: int) -> None:
    bar.update(count)


def told(found: Moves) -> list[str]:
    """What would move, in lines."""
    lines = [
        f"Edition {found.edition} over the last {found.days} days (nothing was written):",
        f"  {found.concerned:,} requests are concerned: {len(found.moves):,} would lie elsewhere,"
        f" {found.handed_on:,} of them go to another desk.",
    ]
    for name, title in _TABLES:
        table = getattr(found, name)()
        lines += [f"  {title}:"] if table else []
        lines += [f"    {before} -> {after}: {count:,}" for before, after, count in table]
    return lines + [f"  held up: {reason}." for reason in found.held]
