"""What the map of a jurisdiction holds, for its lists and its legend: kinds, areas, neighbors, age of the data."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.contrib.gis.db.models.functions import Envelope
from django.db.models import Max
from django.utils.translation import get_language

from geoserver_app.maps.area_style import AreaStyle, styles
from layers.models import AreaShape, Edition, Jurisdiction, Kind

Box = tuple[float, float, float, float]
MUNICIPALITY = "municipality"
# A list longer than this helps nobody; the kind is then only switched on on the map.
LONGEST_LIST = 400


@dataclass(frozen=True)
class ListedArea:
    """An area as lists show it. ``bbox`` is west, south, east, north in degrees."""

    code: str
    slug: str
    name: str
    bbox: Box
    attributes: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def label(self) -> str:
        """The name in the active language, where the city has said it in that (``name_es``)."""
        return str(self.attributes.get(f"name_{get_language()}") or self.name)

    @property
    def population(self) -> int | None:
        number = self.attributes.get("population")
        return number if isinstance(number, int) else None

    @property
    def telephone(self) -> str:
        return str(self.attributes.get("telephone") or "")

    @property
    def contact(self) -> str:
        """Whom to ask, in the active language where the city has said it in that (``contact_es``)."""
        return spoken(self.attributes, "contact")

    @property
    def page(self) -> str:
        """The path of a neighborhood's own page."""
        return f"/neighborhoods/{self.slug}/"

    @property
    def bounds(self) -> str:
        """The box as addresses carry it."""
        return ",".join(f"{number:.5f}" for number in self.bbox)


@dataclass(frozen=True)
class MapKind:
    """A kind that can be switched on: its name in the active language, its style, its areas (none where too many)."""

    code: str
    name: str
    style: AreaStyle
    count: int
    areas: tuple[ListedArea, ...]


@dataclass(frozen=True)
class Freshness:
    """How old the data of a kind are: in force since a day (None: since ever), loaded on one, the jurisdiction's."""

    name: str
    in_force_from: date | None
    loaded_on: date


def map_kinds(jurisdiction: Jurisdiction, language: str) -> tuple[MapKind, ...]:
    """The kinds of area offered on the map, in their order, with what is in force of each."""
    return _map_kinds(jurisdiction.pk, jurisdiction.epoch, language)


@lru_cache(maxsize=32)
def _map_kinds(jurisdiction: int, epoch: int, language: str) -> tuple[MapKind, ...]:
    # The epoch is part of the key: it grows with every activation and roll back, so nothing stale is ever shown.
    kinds = list(
        Kind.objects.filter(
            jurisdiction_id=jurisdiction, on_map=True, feature_class=Kind.FeatureClass.AREA, editions__is_current=True
        )
    )
    look = styles([kind.code for kind in kinds])
    return tuple(_map_kind(kind, look[kind.code], language) for kind in kinds)


def _map_kind(kind: Kind, style: AreaStyle, language: str) -> MapKind:
    count = AreaShape.objects.filter(kind=kind, in_force=True).count()
    areas = listed(kind) if count <= LONGEST_LIST else ()
    return MapKind(kind.code, kind.name_in(language), style, count, areas)


def neighbors(jurisdiction: Jurisdiction) -> tuple[ListedArea, ...]:
    """The municipalities around, with whom to call there."""
    return _neighbors(jurisdiction.pk, jurisdiction.epoch)


@lru_cache(maxsize=16)
def _neighbors(jurisdiction: int, epoch: int) -> tuple[ListedArea, ...]:
    kind = Kind.objects.filter(jurisdiction_id=jurisdiction, code=MUNICIPALITY).first()
    own = Jurisdiction.objects.get(pk=jurisdiction)
    # Some cities' files hold the city itself beside its neighbors.
    return tuple(area for area in listed(kind) if own.name != area.name) if kind else ()


def listed(kind: Kind) -> tuple[ListedArea, ...]:
    """The areas of a kind in force, by name as people count: Beat 2 before Beat 10."""
    shapes = AreaShape.objects.filter(kind=kind, in_force=True).select_related("area").annotate(box=Envelope("geom"))
    found = [
        ListedArea(one.area.code, one.area.slug, one.name or one.area.code, one.box.extent, one.attributes)
        for one in shapes.defer("geom")
    ]
    return tuple(sorted(found, key=lambda area: natural(area.name)))


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """A sorting key that puts numbers inside names in the order of their value."""
    runs = re.findall(r"(\d+)|(\D+)", name)
    return tuple((0, int(digits)) if digits else (1, word.casefold()) for digits, word in runs)


def spoken(attributes: dict[str, Any], name: str) -> str:
    """An attribute in the active language (``contact_es``), else as it is (``contact``)."""
    return str(attributes.get(f"{name}_{get_language()}") or attributes.get(name) or "")


def freshness(jurisdiction: Jurisdiction, language: str) -> list[Freshness]:
    """The edition in force of every kind, in the kinds' order."""
    current = Edition.objects.filter(kind__jurisdiction=jurisdiction, is_current=True).select_related("kind")
    return [
        Freshness(
            name=edition.kind.name_in(language),
            in_force_from=edition.in_force.lower if edition.in_force else None,
            loaded_on=jurisdiction.local_date(edition.loaded_at),
        )
        for edition in current.order_by("kind__position", "kind__code")
    ]


def data_as_of(jurisdiction: Jurisdiction) -> datetime | None:
    """When the newest edition in force was loaded, or None where there is none."""
    current = Edition.objects.filter(kind__jurisdiction=jurisdiction, is_current=True)
    newest: datetime | None = current.aggregate(newest=Max("loaded_at"))["newest"]
    return newest
