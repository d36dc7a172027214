"""The fixed table of sensitive services as it was published: read in the public's role, which knows nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from geoserver_app.density.read import Run
from geoserver_app.published.quarters import Quarter, from_to

Rows: TypeAlias = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Area:
    """A row; ``cells`` are its numbers by quarter, None where the number is hidden."""

    code: str
    name: str
    cells: Mapping[Quarter, int | None]


@dataclass(frozen=True)
class Column:
    """A quarter; ``total`` is None where so little was reported in the whole city that nothing is shown."""

    quarter: Quarter
    total: int | None
    minimum: int | None


@dataclass(frozen=True)
class Table:
    """All published quarters that were counted by areas of one kind, the oldest first."""

    kind: str
    kind_name: str
    columns: tuple[Column, ...]
    areas: tuple[Area, ...]

    @property
    def minimums(self) -> tuple[int, ...]:
        """Below which numbers cells are hidden: one, unless it was changed in between."""
        return tuple(sorted({one.minimum for one in self.columns if one.minimum is not None}))


def tables(
    run: Run, jurisdiction_id: int, language: str, *, through: Quarter, newest: int | None = None
) -> list[Table]:
    """One table for each kind of area that was ever used, the present one first.

    ``newest``: so many published quarters, else all. The first table goes on ``through`` a quarter, published or not.
    """
    quarters = run(_QUARTERS, {"jurisdiction": jurisdiction_id, "language": language, "newest": newest})
    counts = run(_COUNTS, {"quarters": [row[0] for row in quarters], "language": language})
    found: list[Table] = []
    for kind in dict.fromkeys(row[1] for row in quarters):
        found.append(_table([row for row in quarters if row[1] == kind], counts, None if found else through))
    return found


def _table(quarters: Rows, counts: Rows, through: Quarter | None) -> Table:
    told = {Quarter(first): (total, minimum) for _pk, _kind, _name, first, minimum, total in quarters}
    by_id = {row[0]: Quarter(row[3]) for row in quarters}
    names: dict[str, str] = {}
    cells: dict[str, dict[Quarter, int | None]] = {}
    for pk, code, name, n in counts:
        if pk in by_id:
            names[code] = name  # the newest quarter's comes last
            cells.setdefault(code, {})[by_id[pk]] = n
    every = from_to(min(told), max([*told, *([through] if through else [])]))
    columns = tuple(Column(one, *told.get(one, (None, None))) for one in every)
    areas = tuple(Area(code, names[code], cells[code]) for code in sorted(cells))
    _pk, kind, kind_name, *_rest = quarters[0]
    return Table(kind, kind_name, columns, areas)


_QUARTERS = """
select q.id, q.kind, coalesce(nullif(q.kind_names ->> %(language)s::text, ''), q.kind_name), q.first_day, q.minimum,
       q.total
from published.sensitive_quarter q where q.jurisdiction_id = %(jurisdiction)s::bigint
order by q.first_day desc limit %(newest)s::bigint
"""
_COUNTS = """
select c.quarter_id, c.area, coalesce(nullif(c.names ->> %(language)s::text, ''), c.name), c.n
from published.sensitive_count c join published.sensitive_quarter q on q.id = c.quarter_id
where c.quarter_id = any(%(quarters)s::bigint[])
order by q.first_day, c.area
"""
