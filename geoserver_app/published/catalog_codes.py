"""What the codes in an address stand for: services, groups, areas, and a jurisdiction's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from geoserver_app.density.ledger import LATELY_DAYS
from geoserver_app.density.models import Audience
from geoserver_app.density.read import Run
from layers.errors import NotFound


@dataclass(frozen=True)
class Codes:
    """A jurisdiction as filters see it. ``fresh_from``: since when a closing is of late; ``kinds``: counted ones."""

    audience: Audience
    jurisdiction_id: int
    jurisdiction: str
    zone: ZoneInfo
    fresh_from: datetime
    kinds: tuple[str, ...]
    services: Mapping[str, int]
    groups: Mapping[str, frozenset[int]]

    def midnight(self, day: date) -> datetime:
        """The first moment of a local day."""
        return datetime.combine(day, time(), self.zone)


def codes(run: Run, audience: Audience, jurisdiction_id: int, *, at: datetime | None = None) -> Codes:
    """The codes of a jurisdiction as they are now; retired services keep theirs."""
    values, relations = {"jurisdiction": jurisdiction_id}, _RELATIONS[audience]
    clocks = run(_CLOCK.format(**relations), values)
    if not clocks:
        raise NotFound("This jurisdiction is gone. GET /tiles/catalog.json names the one that is served.")
    code, time_zone, fresh, kinds = clocks[0]
    zone = ZoneInfo(time_zone)
    services: dict[str, int] = {}
    groups: dict[str, set[int]] = {}
    for service_id, service, group in run(_SERVICES.format(**relations), values):
        services[service] = service_id
        groups.setdefault(group, set()).add(service_id)
    if fresh is None:
        day = (at or datetime.now(UTC)).astimezone(zone).date() - timedelta(days=LATELY_DAYS)
        fresh = datetime.combine(day, time(), zone)
    frozen = {group: frozenset(ids) for group, ids in groups.items()}
    return Codes(audience, jurisdiction_id, code, zone, fresh, tuple(kinds), services, frozen)


def area_id(run: Run, codes: Codes, kind: str, code: str) -> int | None:
    """The id of an area by its kind and code."""
    values: dict[str, Any] = {"jurisdiction": codes.jurisdiction_id, "kind": kind, "code": code}
    found = run(_AREA.format(**_RELATIONS[codes.audience]), values)
    return int(found[0][0]) if found else None


# The relations of an audience, in the same columns: the public's are views, which the application does not read.
_STAFF = {
    "clock": """(
        select j.id as jurisdiction_id, j.code, j.time_zone, l.fresh_from, coalesce(l.kinds, '{}') as kinds
        from layers_jurisdiction j left join density_ledger l on l.jurisdiction_id = j.id)""",
    "service": """(
        select s.id, s.jurisdiction_id, s.code, g.code as group_code
        from catalog_service s join catalog_servicegroup g on g.id = s.group_id)""",
    "area_code": """(
        select a.id, k.jurisdiction_id, k.code as kind, a.code
        from layers_area a join layers_kind k on k.id = a.kind_id)""",
}
_RELATIONS = {Audience.PUBLIC: {name: f"published.{name}" for name in _STAFF}, Audience.STAFF: _STAFF}

_CLOCK = """
select c.code, c.time_zone, c.fresh_from, c.kinds from {clock} c
where c.jurisdiction_id = %(jurisdiction)s::bigint
"""
_SERVICES = """
select s.id, s.code, s.group_code from {service} s
where s.jurisdiction_id = %(jurisdiction)s::bigint order by s.code
"""
_AREA = """
select a.id from {area_code} a
where a.jurisdiction_id = %(jurisdiction)s::bigint and a.kind = %(kind)s::text and a.code = %(code)s::text
"""
