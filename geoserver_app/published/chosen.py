"""The condition that filters are, over the relation of an audience: the same for list, map, feed and export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from geoserver_app.density.models import Audience
from geoserver_app.published.filters import Filters
from geoserver_app.published.patches import Cell

# Columns alike for both audiences; of staff, places and areas are the true ones.
RELATIONS = {
    Audience.PUBLIC: "published.counted",
    Audience.STAFF: """(
        select q.id, q.jurisdiction_id, q.service_request_id, q.service_id, q.leads, q.requested_datetime, q.closed_at,
               q.state not in ('closed', 'cancelled') as is_open, q.morton, q.area_ids, q.address_text as address,
               q.geom, q.state, q.channel, q.department_id
        from intake_servicerequest q)""",
}


@dataclass
class Chosen:
    """SQL about ``r``, a row of the audience's relation, with its values. ``relation`` goes into FROM, as r.

    ``around`` (of few alone) goes before the whole as a subselect, which is made once for each range of places.
    """

    relation: str
    condition: str
    values: dict[str, Any] = field(default_factory=dict)
    around: str = ""


@dataclass(frozen=True)
class Sight:
    """Of staff: what one may see, as SQL about r.id with its values; empty where that is everything."""

    condition: str = ""
    values: dict[str, Any] = field(default_factory=dict)


EVERYTHING = Sight()


def chosen(audience: Audience, filters: Filters, *, sight: Sight = EVERYTHING, many: bool | None = None) -> Chosen:
    """All filters as one condition. ``many``: where that is known, many rows are looked at by time, few by place."""
    parts = ["r.jurisdiction_id = %(jurisdiction)s::bigint"]
    values: dict[str, Any] = {"jurisdiction": filters.codes.jurisdiction_id}
    if filters.count == "incidents":
        parts.append("r.leads")
    if filters.services is not None:
        parts.append("r.service_id = any(%(services)s::bigint[])")
        values["services"] = sorted(filters.services)
    for part, more in (_standing(filters), _when(filters), _where(filters), _staff(filters)):
        parts += part
        values |= more
    if sight.condition:
        parts.append(sight.condition)
        values |= sight.values
    relation, around, ranges = RELATIONS[audience], "", _ranges(filters)
    if ranges is not None:
        if many:
            parts.append(_IS_IN_RANGES)
        elif many is None:
            relation = _IN_RANGES.format(relation=relation)
        else:
            parts.append("r.morton >= c.low and r.morton < c.high")
            around = f"{_RANGES} cross join lateral"
        values |= {"lows": [low for low, _ in ranges], "highs": [high for _, high in ranges]}
    return Chosen(relation, " and ".join(parts), values, around)


_Part = tuple[list[str], dict[str, Any]]
_Range = tuple[int, int]
_RANGES = "unnest(%(lows)s::bigint[], %(highs)s::bigint[]) as c (low, high)"
_IS_IN_RANGES = f"exists (select 1 from {_RANGES} where r.morton >= c.low and r.morton < c.high)"
# One look into the index for each range, if the database thinks that few are in them.
_IN_RANGES = f"(select x.* from {_RANGES} join {{relation}} x on x.morton >= c.low and x.morton < c.high)"


def _standing(filters: Filters) -> _Part:
    if filters.status == "open":
        return ["r.is_open"], {}
    if filters.status == "closed":
        return ["not r.is_open"], {}
    if filters.status == "recent":
        return ["(r.is_open or r.closed_at >= %(fresh_from)s)"], {"fresh_from": filters.codes.fresh_from}
    return [], {}


def _when(filters: Filters) -> _Part:
    parts: list[str] = []
    values: dict[str, Any] = {}
    if filters.since:
        parts.append("r.requested_datetime >= %(since)s")
        values["since"] = filters.since
    if filters.until:
        parts.append("r.requested_datetime < %(until)s")
        values["until"] = filters.until
    return parts, values


def _where(filters: Filters) -> _Part:
    parts: list[str] = []
    values: dict[str, Any] = {}
    for n, area in enumerate(filters.areas):
        parts.append(f"r.area_ids && %(area{n})s::bigint[]")
        values[f"area{n}"] = sorted(area.ids)
    return parts, values


def _ranges(filters: Filters) -> list[_Range] | None:
    """Morton codes of the cells that are meant, as ranges that do not overlap; None: anywhere."""
    asked = [_disjoint(cells) for cells in (filters.cells, filters.within) if cells is not None]
    if len(asked) == 2:
        return _both(*asked)
    return asked[0] if asked else None


def _disjoint(cells: Sequence[Cell]) -> list[_Range]:
    """Cells may lie in one another: each request is meant once. Neighbors become one range."""
    merged: list[_Range] = []
    for low, high in sorted(cell.codes for cell in cells):
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def _both(some: list[_Range], others: list[_Range]) -> list[_Range]:
    pairs = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return [(low, high) for low, high in pairs if low < high]


def _staff(filters: Filters) -> _Part:
    parts: list[str] = []
    values: dict[str, Any] = {}
    if filters.states:
        parts.append("r.state = any(%(states)s::text[])")
        values["states"] = list(filters.states)
    if filters.channels:
        parts.append("r.channel = any(%(channels)s::text[])")
        values["channels"] = list(filters.channels)
    if filters.departments:
        parts.append(
            "r.department_id in (select d.id from org_department d where d.code = any(%(departments)s::text[]))"
        )
        values["departments"] = list(filters.departments)
    return parts, values
