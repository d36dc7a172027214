"""The invented city, loaded through the importer like any other: each step whole, a half-finished run goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from fixtures.load_steps import ALMENDRA, STEPS, LoadStep
from geoserver_app.accounts.loading import load_people
from geoserver_app.commands.management.commands.add_jurisdiction import parsed_hours
from geoserver_app.commands.management.commands.load_catalog import load as load_catalog
from geoserver_app.commands.management.commands.load_holidays import YEARS_AHEAD, YEARS_BACK
from geoserver_app.org.holidays import load_holidays
from geoserver_app.org.models import CityHall, OfficeHours
from geoserver_app.org.records import Faults
from geoserver_app.route.loading import load_rules
from geoserver_app.route.models import RuleSet
from geoserver_app.route.versions import activate as activate_rules
from layers.activation import activate
from layers.jurisdictions import OutlineFile, add_jurisdiction
from layers.loading import LoadOptions, days_wanted, load
from layers.models import Edition, Jurisdiction

OFFICE = Path(__file__).resolve().parents[2] / "fixtures" / "almendra"


@dataclass(frozen=True)
class Loaded:
    """What a run did: ``done`` steps now, ``skipped`` ones that an earlier run had finished."""

    jurisdiction: Jurisdiction
    done: int
    skipped: int


def is_complete() -> bool:
    """True where every step has been loaded."""
    place = Jurisdiction.objects.filter(code=ALMENDRA.code).first()
    return place is not None and not _missing(place)


def load_city(folder: Path, as_of: date, step_done: Callable[[LoadStep], None]) -> Loaded:
    """Loads the generator's files from a folder: the jurisdiction, then each step with its activation."""
    place = Jurisdiction.objects.filter(code=ALMENDRA.code).first() or _add(folder)
    missing = _missing(place)
    for step in missing:
        _load_step(place, folder, step, as_of)
        step_done(step)
    return Loaded(place, len(missing), len(STEPS) - len(missing))


def load_office(place: Jurisdiction, at: datetime) -> None:
    """Everything that the office says of itself, after the layers that people and rules name; what is there is kept.

    Holidays are those of the demo's history and two years ahead. Rules are loaded once: later versions are the
    office's own.
    """
    faults = Faults()
    year = place.local_date(at).year
    with transaction.atomic():
        load_catalog(OFFICE, place)
        load_people(OFFICE, place, faults)
        faults.refuse()
        load_holidays(CityHall.objects.get(jurisdiction=place), range(year - YEARS_BACK, year + YEARS_AHEAD + 1))
        if not RuleSet.objects.filter(jurisdiction=place, state=RuleSet.State.ACTIVE).exists():
            activate_rules(load_rules(OFFICE / "rules.yaml", place, at=at).rule_set, at=at)


def _missing(place: Jurisdiction) -> list[LoadStep]:
    there = set(
        Edition.objects.filter(kind__jurisdiction=place)
        .exclude(activated_at=None)
        .values_list("kind__code", "source", "source_layer")
    )
    files = {(kind, source) for kind, source, _ in there}
    layers = {(kind, layer) for kind, _, layer in there}
    return [
        step
        for step in STEPS
        if (step.kind, Path(step.file).name) not in files or (step.layer and (step.kind, step.layer) not in layers)
    ]


def _add(folder: Path) -> Jurisdiction:
    city = ALMENDRA
    with transaction.atomic():
        place = add_jurisdiction(
            city.code,
            name=city.name,
            names={"es": city.name_es},
            time_zone=city.time_zone,
            outline=OutlineFile(folder / city.outline_file, where=city.outline_where),
        )
        hall = CityHall.objects.create(
            jurisdiction=place, telephone=city.telephone, languages=list(city.languages), host_names=[]
        )
        rows = [row for text in city.hours for row in parsed_hours(text)]
        OfficeHours.objects.bulk_create(
            OfficeHours(city_hall=hall, weekday=day, opens=opens, closes=closes) for day, opens, closes in rows
        )
    return place


def _load_step(place: Jurisdiction, folder: Path, step: LoadStep, as_of: date) -> None:
    days = step.days(as_of)
    options = LoadOptions(
        layer=step.layer,
        crosswalk=step.crosswalk_path,
        where=step.where,
        wanted=days_wanted(days) if days else None,
    )
    # Draft and activation in one transaction: a run that is interrupted leaves no draft behind.
    with transaction.atomic():
        loaded = load(place, folder / step.file, kind=step.kind, options=options, commit=True)
        assert loaded.edition is not None  # noqa: S101  a committed load has one
        activate(loaded.edition, today=as_of, commit=True)
