"""The federal holidays of the United States (5 U.S.C. 6103) as closed days of an office."""

from collections.abc import Collection, Iterable
from datetime import date

import holidays

from geoserver_app.org.models import CityHall, Holiday
from geoserver_app.org.records import Counts
from layers.errors import NotFound

_OBSERVED = " (observed)"
# What people here call them in Spanish; the library speaks English and Thai for this country.
SPANISH = {
    "New Year's Day": "Año Nuevo",
    "Martin Luther King Jr. Day": "Día de Martin Luther King Jr.",
    "Washington's Birthday": "Día de los Presidentes",
    "Memorial Day": "Día de los Caídos (Memorial Day)",
    "Juneteenth National Independence Day": "Juneteenth, fin de la esclavitud",
    "Independence Day": "Día de la Independencia",
    "Labor Day": "Día del Trabajo",
    "Columbus Day": "Día de Colón",
    "Veterans Day": "Día de los Veteranos",
    "Thanksgiving Day": "Día de Acción de Gracias",
    "Christmas Day": "Navidad",
}


def federal_holidays(years: Iterable[int]) -> dict[date, str]:
    """Day -> English name, with the days on which a weekend's holiday is observed instead."""
    found = holidays.country_holidays("US", years=list(years), observed=True)
    wanted = set(years)
    # New Year's Day of the next year may be observed on this year's last; it is asked for with its own year.
    return {day: name for day, name in sorted(found.items()) if day.year in wanted}


def load_holidays(hall: CityHall, years: Collection[int], *, leave_out: Collection[str] = ()) -> Counts:
    """Writes the holidays of some years; days that have a row already keep it. NotFound for a name there is not."""
    unknown = set(leave_out) - SPANISH.keys()
    if unknown:
        raise NotFound(f"No federal holiday '{unknown.pop()}'; there are: {', '.join(SPANISH)}.")
    counts = Counts()
    have = set(hall.holidays.values_list("day", flat=True))
    for day, name in federal_holidays(years).items():
        plain = name.removesuffix(_OBSERVED)
        if plain in leave_out:
            continue
        if day in have:
            counts.same += 1
            continue
        Holiday.objects.create(city_hall=hall, day=day, name=name, names={"es": _spanish(name)})
        counts.new += 1
    return counts


def _spanish(name: str) -> str:
    plain = name.removesuffix(_OBSERVED)
    return SPANISH.get(plain, plain) + (" (día de asueto)" if name.endswith(_OBSERVED) else "")
