"""Makes the quality report of an edition and keeps it."""

import json
import sys
from typing import Any

from django.core.management.base import CommandParser

from geoserver_app.commands.bars import Bars
from geoserver_app.commands.choice import is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.gis import as_json, content, told
from layers.quality import report as quality

LISTED = 10


class Command(OneMapCommand):
    """check_edition ID [--strict] [--against ID] [--json] [--sql] [--lines N]"""

    help = "Reports what is wrong with an edition and what it changes; the report is kept and shown on the GIS desk."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("edition", type=int, metavar="ID")
        parser.add_argument(
            "--against", type=int, metavar="ID", help="compare with this one, not with the one in force"
        )
        parser.add_argument("--strict", action="store_true", help="exit with 1 where there are faults or warnings")
        parser.add_argument("--json", action="store_true", help="everything that is kept, as JSON")
        parser.add_argument("--sql", action="store_true", help="with each class the SQL that shows it")
        parser.add_argument("--lines", type=int, default=LISTED, metavar="N", help="findings shown of each class")

    def handle(self, *args: Any, **options: Any) -> None:
        edition = quality.edition_of(options["edition"])
        against = quality.edition_of(options["against"]) if options["against"] else None
        bars = Bars()
        report = quality.run(edition, bars.next if is_terminal() else bars.hidden, against=against)
        bars.close()
        if options["json"]:
            self.stdout.write(json.dumps(as_json.document(report), indent=1))
        else:
            for line in told.lines(report, options["lines"], sql=options["sql"]):
                self.stdout.write(line)
            taken = ", ".join(f"{step} {seconds:.2f} s" for step, seconds in report.seconds.items())
            self.stdout.write(f"\n{taken}")
        found = content.severities(report)
        if options["strict"] and found["error"] + found["warning"]:
            sys.exit(1)
