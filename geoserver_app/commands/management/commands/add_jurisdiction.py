"""Adds a government that this installation serves, from its outline."""

import re
from datetime import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from geoserver_app.commands.door import OneMapCommand
from geoserver_app.org.models import CityHall, OfficeHours
from layers.jurisdictions import OutlineFile, add_jurisdiction, plane_name

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"^([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$", re.IGNORECASE)


class Command(OneMapCommand):
    """add_jurisdiction CODE --name TEXT --time-zone TZ --languages en,es --phone TEXT --outline FILE"""

    help = "Adds a jurisdiction: a government that this installation serves."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="short name used in addresses and commands, e.g. almendra")
        parser.add_argument("--name", required=True, help='its name: "City of Almendra"')
        parser.add_argument("--name-es", help="its name in Spanish, where it has one")
        parser.add_argument("--time-zone", required=True, metavar="TZ", help="e.g. America/Los_Angeles")
        parser.add_argument("--languages", default="en", help="comma-separated, the first is the default: en,es")
        parser.add_argument("--phone", required=True, help="the telephone number shown on every page")
        parser.add_argument(
            "--hours", action="append", default=[], metavar='"Mon-Thu 07:00-18:00"', help="opening hours; repeat it"
        )
        parser.add_argument("--host", action="append", default=[], help="a host name it is reached by; repeat it")
        parser.add_argument("--outline", required=True, metavar="FILE", help="Shapefile, GeoPackage, GeoJSON or zip")
        parser.add_argument("--layer", help="the layer of the outline's file")
        parser.add_argument("--where", metavar="EXPR", help="which features are the outline, in OGR SQL")
        parser.add_argument("--source-srid", type=int, metavar="N", help="EPSG code where the file states none")

    def handle(self, *args: Any, **options: Any) -> None:
        hours = [row for text in options["hours"] for row in parsed_hours(text)]
        languages = [word.strip() for word in options["languages"].split(",") if word.strip()]
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", options["code"]) or not languages:
            raise CommandError(
                "CODE is lower-case letters, digits and hyphens; --languages names at least one.", returncode=2
            )
        outline = OutlineFile(Path(options["outline"]), options["layer"], options["where"], options["source_srid"])
        with transaction.atomic():
            made = add_jurisdiction(
                options["code"],
                name=options["name"],
                names={"es": options["name_es"]} if options["name_es"] else {},
                time_zone=options["time_zone"],
                outline=outline,
            )
            hall = CityHall.objects.create(
                jurisdiction=made, telephone=options["phone"], languages=languages, host_names=options["host"]
            )
            OfficeHours.objects.bulk_create(
                OfficeHours(city_hall=hall, weekday=day, opens=opens, closes=closes) for day, opens, closes in hours
            )
        west, south, east, north = made.outline.extent
        self.stdout.write(
            f"Added {made.code}: {made.name}, {west:.4f}, {south:.4f} to {east:.4f}, {north:.4f}; "
            f"metres in EPSG:{made.metric_srid} ({plane_name(made.metric_srid)}); {made.time_zone}."
        )


def parsed_hours(text: str) -> list[tuple[int, time, time]]:
    """(weekday, opens, closes) for each day of "Mon-Thu 07:00-18:00"; Monday is 0. CommandError (2) otherwise."""
    match = _HOURS.match(text.strip())
    days = [day.lower() for day in match.groups()[:2] if day] if match else []
    if match is None or not all(day in _DAYS for day in days):
        raise CommandError(f'--hours {text!r}: write it as "Mon-Thu 07:00-18:00".', returncode=2)
    try:
        opens, closes = (time(int(match[at]), int(match[at + 1])) for at in (3, 5))
    except ValueError as error:
        raise CommandError(f"--hours {text!r}: {error}.", returncode=2) from error
    first, last = _DAYS.index(days[0]), _DAYS.index(days[-1])
    if first > last or opens >= closes:
        raise CommandError(f"--hours {text!r} runs backwards.", returncode=2)
    return [(day, opens, closes) for day in range(first, last + 1)]
