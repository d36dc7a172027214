"""Says what an edition changes against another one of its kind."""

from typing import Any

from django.core.management.base import CommandParser

from geoserver_app.commands.door import OneMapCommand
from geoserver_app.gis import told
from layers.errors import Conflict
from layers.quality import report as quality

LISTED = 30


class Command(OneMapCommand):
    """diff_edition ID [--against ID] [--lines N]"""

    help = (
        "What an edition changes: added, gone, renamed, renumbered, borders moved, what changes hands. Keeps nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("edition", type=int, metavar="ID")
        parser.add_argument(
            "--against", type=int, metavar="ID", help="compare with this one, not with the one in force"
        )
        parser.add_argument("--lines", type=int, default=LISTED, metavar="N", help="changes shown of each sort")

    def handle(self, *args: Any, **options: Any) -> None:
        edition = quality.edition_of(options["edition"])
        other = options["against"] or getattr(quality.predecessor(edition), "pk", None)
        if other is None:
            raise Conflict(f"Edition {edition.pk} is the first of {edition.kind.code}: say --against.")
        against = quality.edition_of(other)
        if against.kind_id != edition.kind_id:
            raise Conflict(f"Edition {against.pk} is of kind {against.kind.code}, not {edition.kind.code}.")
        for line in told.difference(edition, against, options["lines"]):
            self.stdout.write(line)
