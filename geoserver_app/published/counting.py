"""Counts what filters choose: from the cube where it can, from the requests where it must, of one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from geoserver_app.density.cells import WIDE, Ints, shift
from geoserver_app.density.models import Audience, Measure
from geoserver_app.density.months import first_day, month_of
from geoserver_app.density.read import Counts, Question, Run, Weights, read
from geoserver_app.published.catalog_codes import Codes
from geoserver_app.published.chosen import EVERYTHING, Sight, chosen
from geoserver_app.published.filters import Filters

_FOLLOWS = {Measure.LEADS: Measure.FOLLOWS, Measure.LEADS_OPEN: Measure.FOLLOWS_OPEN,
            Measure.LEADS_FRESH: Measure.FOLLOWS_FRESH}  # fmt: skip
_STANDING: dict[str | None, Weights] = {
    None: {Measure.LEADS: 1},
    "open": {Measure.LEADS_OPEN: 1},
    "closed": {Measure.LEADS: 1, Measure.LEADS_OPEN: -1},
    "recent": {Measure.LEADS_OPEN: 1, Measure.LEADS_FRESH: 1},
}


@dataclass(frozen=True)
class View:
    """Which cells are wanted: the blocks of a level (density/cells.py); None: all of them; WIDE: only the totals."""

    z: int = WIDE
    blocks: Sequence[int] | None = ()


@dataclass(frozen=True)
class Stretch:
    """Requests of some time, added or taken away."""

    sign: int
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Split:
    """A range of time as whole months (None, None: all time) and the days that the table must add or take away.

    ``whole`` is None where there are no whole months: then the table counts it all.
    """

    whole: tuple[int | None, int | None] | None
    edges: tuple[Stretch, ...] = ()


def split(filters: Filters) -> Split:
    """Whole months and the days at both ends; half a month at most is read from the table at each."""
    zone = filters.codes
    first, head = _begin(filters.since, zone) if filters.since else (None, ())
    last, tail = _end(filters.until, zone) if filters.until else (None, ())
    if first is not None and last is not None and first > last:
        return Split(None)
    return Split((first, last), (*head, *tail))


def _begin(since: datetime, codes: Codes) -> tuple[int, tuple[Stretch, ...]]:
    day = since.astimezone(codes.zone).date()
    month = month_of(day)
    begins, ends = (codes.midnight(first_day(one)) for one in (month, month + 1))
    if since == begins:
        return month, ()
    if day.day > 15:
        return month + 1, (Stretch(1, since, ends),)
    return month, (Stretch(-1, begins, since),)


def _end(until: datetime, codes: Codes) -> tuple[int, tuple[Stretch, ...]]:
    day = until.astimezone(codes.zone).date()
    month = month_of(day)
    begins, ends = (codes.midnight(first_day(one)) for one in (month, month + 1))
    if until == begins:
        return month - 1, ()
    if day.day > 15:
        return month, (Stretch(-1, until, ends),)
    return month - 1, (Stretch(1, begins, until),)


def in_cube(filters: Filters, *, sight: Sight = EVERYTHING) -> bool:
    """Whether the cube knows all that the filters ask."""
    known = all(area.kind in filters.codes.kinds for area in filters.areas)
    anywhere = filters.cells is None and filters.within is None
    return known and anywhere and not filters.of_staff_alone and not sight.condition


def counts(run: Run, audience: Audience, filters: Filters, view: View, *, sight: Sight = EVERYTHING) -> Counts:
    """The counts of a view. ``run`` must see one moment in all its statements where several are needed."""
    everything = Stretch(1, filters.since, filters.until)
    parts = split(filters) if in_cube(filters, sight=sight) else Split(None)
    found = read(run, audience, _question(filters, parts.whole, view)) if parts.whole else None
    if found is None:
        return _from_table(run, audience, filters, view, everything, sight)
    for stretch in parts.edges:
        found = _added(found, _from_table(run, audience, filters, view, stretch, sight), stretch.sign)
    return found


def is_one_statement(filters: Filters, *, sight: Sight = EVERYTHING) -> bool:
    """Whether one statement of the cube gives the answer, where there is a cube."""
    parts = split(filters)
    return in_cube(filters, sight=sight) and parts.whole is not None and not parts.edges


def _question(filters: Filters, whole: tuple[int | None, int | None], view: View) -> Question:
    measures = dict(_STANDING[filters.status])
    if filters.count == "reports":
        measures |= {_FOLLOWS[measure]: weight for measure, weight in measures.items()}
    return Question(
        jurisdiction_id=filters.codes.jurisdiction_id,
        z=view.z,
        blocks=view.blocks,
        measures=measures,
        services=filters.services,
        all_services=frozenset(filters.codes.services.values()),
        first=whole[0],
        last=whole[1],
        areas=tuple(area.ids for area in filters.areas),
    )


def _from_table(run: Run, audience: Audience, filters: Filters, view: View, stretch: Stretch, sight: Sight) -> Counts:
    """The same counts from the requests themselves: the work grows with how many there are in the stretch."""
    asked = chosen(audience, replace(filters, since=stretch.since, until=stretch.until), sight=sight, many=False)
    values = {
        **asked.values, "view_z": view.z, "shift": shift(view.z) if view.z else 0,
        "blocks": None if view.blocks is None else list(view.blocks),
    }  # fmt: skip
    rows = run(_BY_CELL.format(around=asked.around, relation=asked.relation, condition=asked.condition), values)
    as_of = rows[0][2]
    cells = np.array([cell for cell, _, _ in rows if cell is not None and cell >= 0], dtype=np.int64)
    numbers = np.array([n for cell, n, _ in rows if cell is not None and cell >= 0], dtype=np.int64)
    off_map = sum(n for cell, n, _ in rows if cell == -1)
    elsewhere = sum(n for cell, n, _ in rows if cell == -2)
    return Counts(view.z, cells, numbers, int(numbers.sum()) + elsewhere, off_map, as_of, 0)


# Cells of the view; -1: on no map, -2: elsewhere on the map; and always one row that says when.
_BY_CELL = """
with one as (
    select case when r.morton is null then -1
                when %(view_z)s::int = 0 then -2
                when %(blocks)s::bigint[] is null or r.morton >> (%(shift)s::int + 10) = any(%(blocks)s::bigint[])
                then r.morton >> %(shift)s::int
                else -2 end as cell
    from {around} (select r.morton from {relation} r where {condition} offset 0) r
)
select null::bigint, 0::bigint, now()
union all
select * from (select cell, count(*), null::timestamptz from one group by cell order by cell) x
"""


def _added(one: Counts, other: Counts, sign: int) -> Counts:
    codes, which = np.unique(np.concatenate((one.cells, other.cells)), return_inverse=True)
    weights = np.concatenate((one.counts, sign * other.counts))
    numbers: Ints = np.bincount(which, weights=weights, minlength=codes.size).astype(np.int64)
    return Counts(
        z=one.z,
        cells=codes[numbers != 0],
        counts=numbers[numbers != 0],
        on_map=one.on_map + sign * other.on_map,
        off_map=one.off_map + sign * other.off_map,
        as_of=one.as_of,
        cube_id=one.cube_id,
    )
