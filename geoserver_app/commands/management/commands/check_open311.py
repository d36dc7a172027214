"""check_open311: whether an endpoint keeps to Open311 GeoReport v2."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from geoserver_app.commands.door import OneMapCommand
from geoserver_app.open311.conformance.run import broken, examine, printed
from geoserver_app.open311.conformance.sending import Trial


class Command(OneMapCommand):
    """check_open311 URL [--jurisdiction-id ID] [--api-key KEY --send CODE --at LON,LAT] [--strict]"""

    help = "Examines an Open311 endpoint, ours or another, and prints a report. Makes requests only with --send."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="its discovery document (.../discovery.xml), or its base (.../v2/)")
        parser.add_argument("--jurisdiction-id", default="", help="sent with every call")
        parser.add_argument("--api-key", default="", help="for --send")
        parser.add_argument("--send", metavar="CODE", help="makes real requests of this service, which asks nothing")
        parser.add_argument("--at", metavar="LON,LAT", help="where, for --send")
        parser.add_argument("--strict", action="store_true", help="exit status 1 where a rule is broken")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine(options["url"], jurisdiction_id=options["jurisdiction_id"], trial=_trial(options))
        self.stdout.write(printed(findings))
        wrong = broken(findings)
        if options["strict"] and wrong:
            raise CommandError(f"{len(wrong)} rules of Open311 are broken.", returncode=1)


def _trial(options: dict[str, Any]) -> Trial | None:
    if options["send"] is None:
        return None
    lon, _, lat = (options["at"] or "").partition(",")
    try:
        place = float(lat), float(lon)
    except ValueError as error:
        raise CommandError("--send needs --at LON,LAT and --api-key.", returncode=2) from error
    if not options["api_key"]:
        raise CommandError("--send needs --api-key.", returncode=2)
    return Trial(options["api_key"], options["send"], *place)
