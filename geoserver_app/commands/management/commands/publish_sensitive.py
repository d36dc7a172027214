"""publish_sensitive: publishes the ended quarters of the table of sensitive services, or fixes how it is made."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.published import sensitive
from geoserver_app.published.sensitive import Published


class Command(OneMapCommand):
    """publish_sensitive [--kind KIND] [--minimum N] [--commit]"""

    help = "Publishes the quarters that have ended of the table of sensitive services, each once and for ever."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", metavar="KIND", help="count the coming quarters by areas of this kind")
        parser.add_argument("--minimum", type=int, metavar="N", help="hide numbers below this from now on (default 5)")
        parser.add_argument("--commit", action="store_true", help="publish; without it nothing is written")
        add_jurisdiction_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        place = chosen_jurisdiction(options)
        with transaction.atomic():
            plan = sensitive.choose(place, kind=options["kind"], minimum=options["minimum"])
            self.stdout.write(f"By {plan.kind.code}, numbers below {plan.minimum} hidden.")
            done = sensitive.publish(place, at=timezone.now())
            transaction.set_rollback(not options["commit"])
        for one in done:
            self.stdout.write(_said(one))
        if not done:
            self.stdout.write("Every quarter that has ended is published.")
        elif not options["commit"]:
            self.stdout.write("Nothing was published. With --commit it is, and can never be changed.")


def _said(one: Published) -> str:
    if not one.cells:
        return f"{one.quarter.code}: too little in the whole city, not shown"
    return f"{one.quarter.code}: {one.total:,} incidents in {one.cells} areas, {one.hidden} numbers hidden"
