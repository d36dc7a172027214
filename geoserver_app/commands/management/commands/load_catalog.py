"""load_catalog: a city's office, departments, services and frequent questions from a folder of YAML files."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from geoserver_app.catalog.loading import load_faqs, load_services
from geoserver_app.catalog.models import Service
from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.rehearsal import add_commit_option, last_line, rehearsal
from geoserver_app.org.loading import load_departments, load_office
from geoserver_app.org.records import Counts, Faults
from geoserver_app.published.sensitive import refuse_laid_open
from geoserver_app.work.resolutions import load_resolutions
from layers.models import Jurisdiction


class Command(OneMapCommand):
    help = "Loads the office, departments, services, questions and resolutions of a city from a folder of YAML files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        add_jurisdiction_option(parser)
        add_commit_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = chosen_jurisdiction(options)
        with rehearsal(options["commit"]):
            counts = load(options["folder"], jurisdiction)
        for what, counted in counts.items():
            self.stdout.write(counted.line(what))
        self.stdout.write(last_line(options["commit"]))


def load(folder: Path, jurisdiction: Jurisdiction) -> dict[str, Counts]:
    """Everything in the order in which it refers to each other; BadFile with the faults of all files, LaidOpen."""
    faults = Faults()
    on = jurisdiction.local_date(timezone.now())
    counts = {"office": load_office(folder, jurisdiction, faults)}
    counts |= load_departments(folder, jurisdiction, faults)
    counts |= load_services(folder, jurisdiction, faults, on=on)
    faults.refuse()
    counts |= load_faqs(folder, jurisdiction, faults)
    counts["resolutions"] = load_resolutions(folder, jurisdiction, faults, on=on)
    faults.refuse()
    shown = Service.objects.filter(jurisdiction=jurisdiction, sensitive=False, publication=Service.Audience.PUBLIC)
    refuse_laid_open(jurisdiction.pk, set(shown.values_list("code", flat=True)))
    return counts
