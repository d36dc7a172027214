"""Names of a jurisdiction and of its neighbors, as people write them behind an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from geoserver_app.geocode.plain import plain
from layers.models import AreaShape, Jurisdiction

_FORM = re.compile(r"^(?:THE )?(?:(?:CITY|TOWN|VILLAGE|COUNTY|CIUDAD|MUNICIPIO|CONDADO)(?: AND COUNTY)?(?: OF| DE)?) ")


@dataclass(frozen=True)
class Cities:
    """Plain names: ``own`` ones of the jurisdiction and its neighborhoods, ``others`` of its neighbors."""

    own: frozenset[str]
    others: frozenset[str]

    @property
    def known(self) -> frozenset[str]:
        return self.own | self.others

    def is_other(self, city: str) -> bool:
        """Whether a written city is a neighbor's, and not at the same time one of the jurisdiction's own names."""
        return city in self.others and city not in self.own


def cities_of(jurisdiction: Jurisdiction) -> Cities:
    """The names that are known now; asked of the database once for each change of the layers."""
    return _cities(jurisdiction.pk, jurisdiction.epoch, jurisdiction.name, tuple(jurisdiction.names.values()))


@lru_cache(maxsize=64)
def _cities(jurisdiction_id: int, _epoch: int, name: str, names: tuple[str, ...]) -> Cities:
    own = {short_name(one) for one in (name, *names)}
    others: set[str] = set()
    shapes = AreaShape.objects.filter(kind__jurisdiction=jurisdiction_id, in_force=True)
    for kind, into in (("neighborhood", own), ("municipality", others)):
        into |= {short_name(one) for one in shapes.filter(kind__code=kind).values_list("name", flat=True)}
    return Cities(frozenset(own - {""}), frozenset(others - {""} - own))


def short_name(name: str) -> str:
    """ "City and County of San Francisco" as it stands in an address: SAN FRANCISCO."""
    return _FORM.sub("", plain(name))
