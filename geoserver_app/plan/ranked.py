"""Areas with their counts and rates, the most first, and the class of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geoserver_app.density.models import Audience
from geoserver_app.density.months import first_day
from geoserver_app.density.read import Run
from geoserver_app.plan.asked import Asked
from geoserver_app.plan.classes import Class, class_of, classes
from geoserver_app.plan.ground import Ground
from geoserver_app.published.chosen import chosen
from geoserver_app.published.counting import View, counts, in_cube, split
from geoserver_app.published.filters import AREA_GROUPS, AreaFilter, Filters

_BY_AREA = (Path(__file__).parent / "by_area.sql").read_text(encoding="utf-8")
_PER = {"count": 1.0, "residents": 1000.0, "street_km": 1.0, "parcels": 1000.0}


@dataclass(frozen=True)
class Ranked:
    """An area in the ranking. ``value`` is what it is ranked by, None where there is nothing to divide by."""

    rank: int | None
    ground: Ground
    count: int
    value: float | None
    of_class: Class | None


@dataclass(frozen=True)
class Ranking:
    """All areas of the kind, the most first, and the classes that the map draws."""

    rows: tuple[Ranked, ...]
    classes: tuple[Class, ...]


def ranking(run: Run, asked: Asked, grounds: Sequence[Ground]) -> Ranking:
    """The areas that a question compares. Equal values have equal ranks."""
    numbers = by_area(run, asked, [one.pk for one in grounds])
    valued = [(one, numbers[one.pk], rate(numbers[one.pk], one, asked.rate)) for one in grounds]
    values = sorted((value for _, _, value in valued if value is not None), reverse=True)
    made = classes(values, asked.classes)
    rows = [
        Ranked(None, one, number, None, None) if value is None
        else Ranked(values.index(value) + 1, one, number, value, class_of(value, made))
        for one, number, value in valued
    ]  # fmt: skip
    rows.sort(key=lambda row: (row.value is None, -(row.value or 0)))
    return Ranking(tuple(rows), tuple(made))


def rate(count: int, ground: Ground, per: str) -> float | None:
    """A count divided by what the rate is of; None where that is unknown or nothing."""
    whole = {"count": 1, "residents": ground.residents, "street_km": ground.street_km, "parcels": ground.parcels}[per]
    return count / whole * _PER[per] if whole else None


def by_area(run: Run, asked: Asked, areas: Sequence[int]) -> Counter[int]:
    """Counts by area: whole months from the cube where it knows the kind, the days at both ends from the requests."""
    filters = asked.filters
    room = len(filters.areas) < AREA_GROUPS
    known = room and asked.kind.code in filters.codes.kinds and in_cube(filters, sight=asked.sight)
    parts = split(filters)
    if not known or parts.whole is None:
        return _from_requests(run, asked, filters, areas)
    found = Counter({area: _from_cube(run, asked, area, parts.whole) for area in areas})
    for stretch in parts.edges:
        edge = _from_requests(run, asked, replace(filters, since=stretch.since, until=stretch.until), areas)
        for area, number in edge.items():
            found[area] += stretch.sign * number
    return found


def _from_cube(run: Run, asked: Asked, area: int, whole: tuple[int | None, int | None]) -> int:
    first, last = whole
    midnight = asked.filters.codes.midnight
    within = replace(
        asked.filters,
        since=None if first is None else midnight(first_day(first)),
        until=None if last is None else midnight(first_day(last + 1)),
        areas=(*asked.filters.areas, AreaFilter(asked.kind.code, (), frozenset({area}))),
    )
    found = counts(run, Audience.STAFF, within, View())
    return found.on_map + found.off_map


def _from_requests(run: Run, asked: Asked, filters: Filters, areas: Sequence[int]) -> Counter[int]:
    meant = chosen(Audience.STAFF, filters, sight=asked.sight)
    statement = _BY_AREA.format(relation=meant.relation, condition=meant.condition)
    return Counter(dict(run(statement, {**meant.values, "wanted": list(areas)})))
