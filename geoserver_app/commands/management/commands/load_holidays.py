"""load_holidays: the federal holidays of the United States as closed days of the office, one row a day."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.rehearsal import add_commit_option, last_line, rehearsal
from geoserver_app.org.holidays import load_holidays
from geoserver_app.org.models import CityHall
from layers.errors import NotFound
from layers.models import Jurisdiction

YEARS_BACK, YEARS_AHEAD = 7, 2


class Command(OneMapCommand):
    help = "Closes the office on federal holidays. Days that are there already stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--years", metavar="FIRST-LAST", help="default: seven years back to two years ahead")
        parser.add_argument(
            "--leave-out", action="append", default=[], metavar="NAME",
            help='a holiday on which this office works, as "Columbus Day"; may be repeated',
        )  # fmt: skip
        add_jurisdiction_option(parser)
        add_commit_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = chosen_jurisdiction(options)
        years = _years(options["years"], jurisdiction)
        with rehearsal(options["commit"]):
            counts = load_holidays(_hall(jurisdiction), years, leave_out=options["leave_out"])
        self.stdout.write(f"{years[0]} to {years[-1]}, {counts.line('holidays')}")
        self.stdout.write(last_line(options["commit"]))


def _hall(jurisdiction: Jurisdiction) -> CityHall:
    hall = CityHall.objects.filter(jurisdiction=jurisdiction).first()
    if hall is None:
        raise NotFound(f"'{jurisdiction.code}' has no city hall yet. Load one first: load_catalog FOLDER --commit")
    return hall


def _years(written: str | None, jurisdiction: Jurisdiction) -> range:
    """The years asked for, both inclusive."""
    if not written:
        now = jurisdiction.local_date(timezone.now()).year
        return range(now - YEARS_BACK, now + YEARS_AHEAD + 1)
    first, _, last = written.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal():
        raise CommandError(f"--years is {written!r}, but must be as 2026 or 2020-2028.", returncode=2)
    years = range(int(first), int(last or first) + 1)
    if not years or years[0] < 1971 or years[-1] > 2100:
        raise CommandError(f"--years is {written!r}: first to last, from 1971 to 2100.", returncode=2)
    return years
