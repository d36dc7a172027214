"""seed_demo: the invented city's history, seven years of reports, through the product's own bulk path."""

import sys
from datetime import date, datetime, time
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from fixtures.load_steps import ALMENDRA
from geoserver_app.commands import demo_city, demo_history
from geoserver_app.commands.choice import is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.published.sensitive import publish
from layers.errors import Conflict, NotFound
from layers.models import Jurisdiction


class Command(OneMapCommand):
    """seed_demo [--requests N] [--as-of DATE]"""

    help = "Writes the invented city's history up to DATE; what is there is kept, an interrupted run goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--requests", type=int, metavar="N",
            help=f"in the six complete years before DATE (default: {demo_history.DEFAULT_REQUESTS:,}, cell by cell)",
        )  # fmt: skip
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="default: today, or as stored")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise Conflict("A history is only invented with DEMO=1, which ./run sets for its private database.")
        if options["requests"] is not None and options["requests"] < 1:
            raise CommandError("--requests must be at least 1.", returncode=2)
        place = Jurisdiction.objects.filter(code=ALMENDRA.code).first()
        if place is None or not demo_city.is_complete():
            raise NotFound("The City of Almendra is not there yet. Load it first: load_demo_city")
        order = demo_history.wanted(place, options["requests"], options["as_of"], place.local_date(timezone.now()))
        seeding = demo_history.Seeding(place, order)
        there = demo_history.stored(place)
        if there and there.requests == seeding.total and demo_history.truth_file().exists():
            self.stdout.write(f"The history up to {order.as_of} is there: {there.requests:,} requests.")
            return
        self._run(place, seeding)

    def _run(self, place: Jurisdiction, seeding: demo_history.Seeding) -> None:
        start = perf_counter()
        hidden = not is_terminal()
        with tqdm(total=seeding.total, desc="Seven years", unit="report", file=sys.stderr, disable=hidden) as bar:
            done = seeding.run(lambda count: _told(bar, count))
        took = perf_counter() - start
        as_of = seeding.history.order.as_of
        publish(place, at=datetime.combine(as_of, time(), seeding.history.order.zone))
        self.stdout.write(f"Wrote {done.new:,} requests up to {as_of} in {took:.0f} s ({done.known:,} were there).")


def _told(bar: Any, count: int) -> None:
    bar.update(count)
