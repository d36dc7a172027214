"""Draws the invented city and loads it through the importer; makes the demo log-ins."""

import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from fixtures.city.build import DEFAULT_SEED, build_city
from fixtures.city.tables import tables
from fixtures.city.write import write_tables
from fixtures.load_steps import ALMENDRA, STEPS
from geoserver_app import jobs
from geoserver_app.accounts.demo import create_logins
from geoserver_app.commands import demo_city
from geoserver_app.commands.choice import is_terminal
from geoserver_app.commands.door import OneMapCommand
from layers.errors import Conflict
from layers.models import Jurisdiction


class Command(OneMapCommand):
    """load_demo_city [--as-of DATE]"""

    help = "Loads the invented City of Almendra and its office into ./run's own database; what is there is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day the city is as of (default: today)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise Conflict("The invented city is only loaded with DEMO=1, which ./run sets for its private database.")
        create_logins()
        if demo_city.is_complete():
            self.stdout.write("The City of Almendra is there.")
        else:
            self._draw(options["as_of"] or timezone.localdate())
        demo_city.load_office(Jurisdiction.objects.get(code=ALMENDRA.code), timezone.now())
        self.stdout.write("Its office, people, services and rules are there.")

    def _draw(self, as_of: date) -> None:
        with tempfile.TemporaryDirectory(prefix="almendra-") as folder:
            self.stdout.write("Drawing the City of Almendra ...")
            write_tables(tables(build_city(DEFAULT_SEED)), Path(folder))
            self._load(Path(folder), as_of)

    def _load(self, folder: Path, as_of: date) -> None:
        with tqdm(total=len(STEPS), desc="Loading", unit="layer", file=sys.stderr, disable=not is_terminal()) as bar:
            loaded = demo_city.load_city(folder, as_of, lambda step: self._told(bar, step.kind))
        with transaction.atomic():
            jobs.defer_basemap(loaded.jurisdiction.pk)
        self.stdout.write(f"Loaded {loaded.done} layers ({loaded.skipped} were there).")

    def _told(self, bar: Any, kind: str) -> None:
        bar.set_postfix_str(kind)
        bar.update()
