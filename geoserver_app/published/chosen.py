"""The condition that filters are, over the relation of an audience: the same for list, map, feed and export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from geoserver_app.density.models import Audience
from geoserver_app.published.filters import Cell, Filters

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
    """SQL about ``r``, a row of the audience's relation, with its values. ``relation`` goes into FROM, as r."""

    relation: str
    condition: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sight:
    """Of staff: what one may see, as SQL about r.id with its values; empty where that is everything."""

    condition: str = ""
    values: dict[str, Any] = field(default_factory=dict)


EVERYTHING = Sight()


def chosen(audience: Audience, filters: Filters, *, sight: Sight = EVERYTHING) -> Chosen:
    """All filters as one condition."""
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
    return Chosen(RELATIONS[audience], " and ".join(parts), values)


_Part = tuple[list[str], dict[str, Any]]


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
    for name, cells in (("cells", filters.cells), ("within", filters.within)):
        if cells is not None:
            part, more = _in_cells(name, cells)
            parts += part
            values |= more
    return parts, values


def _in_cells(name: str, cells: Sequence[Cell]) -> _Part:
    """In any of some cells, which may lie in one another: each request is meant once."""
    ranges = [cell.codes for cell in cells]
    low, high = f"{name}_low", f"{name}_high"
    parts = [
        f"exists (select from unnest(%({low}s)s::bigint[], %({high}s)s::bigint[]) as c (low, high)"
        " where r.morton >= c.low and r.morton < c.high)",
        # For the index, which does not look into arrays.
        f"r.morton >= %({low})s::bigint",
        f"r.morton < %({high})s::bigint",
    ]
    return parts, {
        f"{low}s": [first for first, _ in ranges],
        f"{high}s": [beyond for _, beyond in ranges],
        low: min((first for first, _ in ranges), default=0),
        high: max((beyond for _, beyond in ranges), default=0),
    }


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
