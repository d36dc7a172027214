"""What the old system said of an imported request: its areas beside ours, its photos, columns without a place here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.maps.words import one_of
from geoserver_app.past.models import Origin
from layers.models import AreaShape, Kind


@dataclass(frozen=True)
class AreaSaid:
    """An area as the old system had it; ``here`` is ours where it is another one, "" where they agree."""

    kind: str
    theirs: str
    here: str


@dataclass(frozen=True)
class OldSystem:
    """A request as it was there. Links are never fetched; ``kept`` are columns with their values, as they stood."""

    source: str
    number: str
    areas: tuple[AreaSaid, ...]
    photos: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]


def old_system(request: ServiceRequest) -> OldSystem | None:
    """What an import kept of a request; None for one that was filed here."""
    origin = Origin.objects.filter(request=request).first()
    if origin is None:
        return None
    kept = tuple((name, value) for name, value in origin.kept.items() if name != "place")
    return OldSystem(
        source=request.source,
        number=request.external_id,
        areas=tuple(_areas(request, origin.areas)),
        photos=tuple(origin.photo_links),
        kept=kept,
    )


def _areas(request: ServiceRequest, said: Mapping[str, str]) -> Sequence[AreaSaid]:
    kinds = Kind.objects.filter(jurisdiction=request.jurisdiction_id, code__in=said)
    ours: dict[str, dict[str, set[str]]] = {}
    shapes = AreaShape.objects.filter(area__in=request.area_ids, area__kind__code__in=said).order_by("pk")
    for kind, code, name in shapes.values_list("area__kind__code", "area__code", "name"):
        ours.setdefault(kind, {})[name or code] = {_plain(code), _plain(name)}
    names = {kind.code: one_of(kind) for kind in kinds}
    return [
        AreaSaid(names.get(code, code), theirs, _other(ours.get(code, {}), theirs))
        for code, theirs in sorted(said.items())
    ]


def _other(ours: Mapping[str, set[str]], theirs: str) -> str:
    """Ours, where none of them is called what the old system said."""
    return "" if any(_plain(theirs) in called for called in ours.values()) else ", ".join(sorted(ours))


def _plain(name: str) -> str:
    """A name as an import compares it (past/steps/agreement.sql): letters and digits, no zeros before them."""
    return re.sub(r"[\W_]+", "", name.upper()).lstrip("0")
