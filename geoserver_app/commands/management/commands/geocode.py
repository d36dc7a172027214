"""geocode: where a written place lies, or a file of them."""

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.geocode.candidate import Candidate
from geoserver_app.geocode.locate import locate, locate_many
from layers.errors import BadFile
from layers.models import Jurisdiction

_ADDED = ("geocode_label", "geocode_lon", "geocode_lat", "geocode_score", "geocode_method", "geocode_precision")


class Command(OneMapCommand):
    """geocode "TEXT" | geocode --file IN.csv --column NAME --out OUT.csv"""

    help = "Says where a written place lies: candidates with scores and reasons, as JSON. With --file: a table of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", nargs="?", help="an address, corner, block, landmark or mile post")
        parser.add_argument("--limit", type=int, default=5, help="candidates at most (5)")
        parser.add_argument("--file", metavar="IN.csv", help="a CSV file (UTF-8) with a header")
        parser.add_argument("--column", metavar="NAME", default="address", help="its column with the places (address)")
        parser.add_argument("--out", metavar="OUT.csv", help="where the table with the answers is written")
        add_jurisdiction_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = chosen_jurisdiction(options)
        if (options["text"] is None) == (options["file"] is None):
            raise CommandError("Say a place, or --file and --out, not both.", returncode=2)
        if options["file"] is None:
            on = jurisdiction.local_date(timezone.now())
            found = locate(jurisdiction, options["text"], on=on, limit=max(1, options["limit"]))
            self.stdout.write(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
            return
        if options["out"] is None:
            raise CommandError("--file needs --out, the file to write.", returncode=2)
        rows, found_rows = table(jurisdiction, Path(options["file"]), options["column"], Path(options["out"]))
        self.stdout.write(f"{found_rows} of {rows} rows found; written to {options['out']}.")


def table(jurisdiction: Jurisdiction, source: Path, column: str, target: Path) -> tuple[int, int]:
    """Writes a CSV file with the best candidate behind each row; (rows, rows found). BadFile for one it cannot read."""
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = list(reader.fieldnames or [])
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{source.name} cannot be read: {error}. A CSV file in UTF-8 with a header is needed.") from error
    if column not in names:
        raise BadFile(f"{source.name} has no column {column!r}. It has: {', '.join(names) or 'none'}. Say --column.")
    on = jurisdiction.local_date(timezone.now())
    answers = locate_many(jurisdiction, [row[column] or "" for row in rows], on=on)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*names, *_ADDED], extrasaction="ignore")
        writer.writeheader()
        for row, found in zip(rows, answers, strict=True):
            writer.writerow({**row, **_told(found)})
    return len(rows), sum(bool(found) for found in answers)


def _told(found: list[Candidate]) -> dict[str, Any]:
    if not found:
        return {}
    best = found[0]
    values = (best.label, f"{best.lon:.7f}", f"{best.lat:.7f}", best.score, best.method, best.precision)
    return dict(zip(_ADDED, values, strict=True))
