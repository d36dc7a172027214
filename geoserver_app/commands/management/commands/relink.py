"""relink: links and routes stored requests again, set-based; says how many lie elsewhere."""

import sys
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction, is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.rehearsal import add_commit_option, last_line
from geoserver_app.flow_again import relink
from geoserver_app.intake.models import ServiceRequest
from layers.errors import NotFound
from layers.models import Jurisdiction, Kind


class Command(OneMapCommand):
    help = "Links and routes all requests again; what lies elsewhere now gets a line in its history."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", metavar="KIND", help="only requests whose areas of this kind are others now")
        add_jurisdiction_option(parser)
        add_commit_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        place = chosen_jurisdiction(options)
        kind = _kind(place, options["kind"]) if options["kind"] else None
        total = ServiceRequest.objects.filter(jurisdiction=place).count()
        with tqdm(total=total, desc="Linking", unit="request", file=sys.stderr, disable=not is_terminal()) as bar:
            done = relink(place, kind=kind, commit=options["commit"], progress=lambda count: _told(bar, count))
        self.stdout.write(
            f"{done.looked_at:,} requests looked at: {done.moved:,} lie elsewhere now,"
            f" {done.handed_on:,} of them go to another desk"
        )
        self.stdout.write(last_line(options["commit"]))


def _kind(place: Jurisdiction, code: str) -> Kind:
    found = Kind.objects.filter(jurisdiction=place, code=code).first()
    if found is None:
        known = ", ".join(Kind.objects.filter(jurisdiction=place).order_by("code").values_list("code", flat=True))
        raise NotFound(f"There is no kind '{code}'. Known: {known}.")
    return found


def _told(bar: Any, count: int) -> None:
    bar.update(count)
