"""What the past needs and the city has not: services retired at once, departments that are no more, resolutions."""

from __future__ import annotations

from datetime import date

from geoserver_app.catalog.models import Service, ServiceGroup
from geoserver_app.org.models import Department
from geoserver_app.past.mapping import Mapping
from geoserver_app.past.vocabulary import Vocabulary
from geoserver_app.work.models import Resolution
from layers.models import Jurisdiction

GROUP = "imported"
_GROUP_NAMES = {"es": "Historial importado"}


def make(place: Jurisdiction, mapping: Mapping, words: Vocabulary, on: date) -> dict[str, dict[str, str]]:
    """Writes what is missing; codes and names of what was new, by what it is. ``on`` is the local day."""
    return {
        "departments": _departments(place, words),
        "services": _services(place, mapping, words, on),
        "resolutions": _resolutions(place, mapping, on),
    }


def _departments(place: Jurisdiction, words: Vocabulary) -> dict[str, str]:
    wanted = dict(words.new_departments)
    if any(not one.department for one in words.new_services.values()):
        wanted[GROUP] = "Imported history"
    made = {}
    for code, name in sorted(wanted.items()):
        _, new = Department.objects.get_or_create(
            jurisdiction=place, code=code, defaults={"name": name, "active": False}
        )
        if new:
            made[code] = name
    return made


def _services(place: Jurisdiction, mapping: Mapping, words: Vocabulary, on: date) -> dict[str, str]:
    if not words.new_services:
        return {}
    group, _ = ServiceGroup.objects.get_or_create(
        jurisdiction=place, code=GROUP,
        defaults={"name": "Imported history", "names": _GROUP_NAMES, "position": 9_999},
    )  # fmt: skip
    departments = {one.code: one for one in Department.objects.filter(jurisdiction=place)}
    made = {}
    for code, one in sorted(words.new_services.items()):
        _, new = Service.objects.get_or_create(
            jurisdiction=place,
            code=code,
            defaults={
                "name": one.name, "group": group, "department": departments[one.department or GROUP],
                "retired_on": on, "publication": mapping.create.publication, "privacy": mapping.create.privacy,
            },
        )  # fmt: skip
        if new:
            made[code] = one.name
    return made


def _resolutions(place: Jurisdiction, mapping: Mapping, on: date) -> dict[str, str]:
    made = {}
    for code, meaning in sorted(mapping.resolutions.items()):
        name = code.replace("-", " ").replace("_", " ").capitalize()
        _, new = Resolution.objects.get_or_create(
            jurisdiction=place, code=code,
            defaults={"name": name, "sentence": name + ".", "meaning": meaning, "position": 9_999, "retired_on": on},
        )  # fmt: skip
        if new:
            made[code] = name
    return made
