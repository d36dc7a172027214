"""The city's codes for how a request ended: the choices of a page, look-up, loading from resolutions.yaml."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.org.loading import names
from geoserver_app.org.records import Counts, Faults, put, read
from geoserver_app.work.errors import Incomplete
from geoserver_app.work.models import Resolution
from layers.models import Jurisdiction


def choices(jurisdiction: Jurisdiction, on: date) -> list[Resolution]:
    """The resolutions in use on a local day, in the city's order."""
    return [one for one in Resolution.objects.filter(jurisdiction=jurisdiction) if _in_use(one, on)]


def resolution_of(request: ServiceRequest, code: str, at: datetime) -> Resolution:
    """The resolution that a code names in the request's city; Incomplete for one that is unknown or retired."""
    in_use = choices(request.jurisdiction, request.jurisdiction.local_date(at))
    for one in in_use:
        if one.code == code:
            return one
    there = ", ".join(one.code for one in in_use) or _("none yet")
    raise Incomplete(_("No resolution '%(code)s'. There are: %(codes)s.") % {"code": code, "codes": there})


def _in_use(one: Resolution, on: date) -> bool:
    return one.retired_on is None or on < one.retired_on


def load_resolutions(folder: Path, jurisdiction: Jurisdiction, faults: Faults, *, on: date) -> Counts:
    """Brings the table to what resolutions.yaml says; ``on`` is the local day on which what it has not is retired.

    Never deleted: requests of all years say how they ended.
    """
    file = read(folder / "resolutions.yaml", faults)
    counts = Counts()
    languages = jurisdiction.city_hall.languages
    codes = set()
    for position, record in enumerate(file.records("resolutions", "resolution"), 1):
        code = record.text("code")
        codes.add(code)
        values = {
            **names(record, languages),
            **names(record, languages, "sentence"),
            "meaning": record.choice("meaning", Resolution.Meaning),
            "position": position * 10,
            "retired_on": record.day("retired_on"),
        }
        if not faults.found:
            put(Resolution, {"jurisdiction": jurisdiction, "code": code}, values, counts, record)
    file.done()
    gone = Resolution.objects.filter(jurisdiction=jurisdiction, retired_on=None).exclude(code__in=codes)
    counts.retired = gone.update(retired_on=on)
    return counts
