"""Sets of areas by number: which areas of the counted kinds a place lies in, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from geoserver_app.density.models import AreaSet, Cube, Ledger
from layers.models import Area, Jurisdiction

AT_MOST = 5  # kinds of area that a cube knows
# Those that people filter by most, where a jurisdiction has them and names none itself.
USUAL_KINDS = ("neighborhood", "council_district", "beat", "maintenance_zone", "block_watch", "zipcode_area")


class AreaSets:
    """Numbers sets of areas, those it knows and those it meets."""

    def __init__(self, counted: Iterable[int], known: Iterable[tuple[int, Sequence[int]]] = ()) -> None:
        self._counted = frozenset(counted)
        self._numbers: dict[tuple[int, ...], int] = {tuple(areas): number for number, areas in known}
        self.fresh: list[tuple[int, tuple[int, ...]]] = []

    @classmethod
    def of(cls, cube: Cube) -> AreaSets:
        known = AreaSet.objects.filter(cube=cube).values_list("number", "area_ids")
        return cls(cube.area_ids, known)

    def number(self, area_ids: Sequence[int]) -> int:
        """The number of the set of those areas that are counted."""
        key = tuple(sorted(self._counted.intersection(area_ids)))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers)
            self.fresh.append((number, key))
        return number

    def keep(self, cube: Cube) -> None:
        """Writes the sets that were met for the first time."""
        rows = [AreaSet(cube=cube, number=number, area_ids=list(areas)) for number, areas in self.fresh]
        AreaSet.objects.bulk_create(rows, batch_size=2_000)
        self.fresh = []


def usual_kinds(jurisdiction: Jurisdiction) -> list[str]:
    """The kinds that are counted where nobody named any: of the usual ones, those that there are."""
    there = set(Area.objects.filter(jurisdiction=jurisdiction).values_list("kind__code", flat=True).distinct())
    return [code for code in USUAL_KINDS if code in there][:AT_MOST]


def counted_areas(ledger: Ledger) -> list[int]:
    """Ids of all areas of the ledger's kinds, of all times."""
    found = Area.objects.filter(jurisdiction_id=ledger.jurisdiction_id, kind__code__in=ledger.kinds)
    return sorted(found.values_list("pk", flat=True))
