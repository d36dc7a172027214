"""Requests that filters choose, newest first, a page at a time: for lists, feeds and exports, and points on the map."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from geoserver_app.density.models import Audience
from geoserver_app.density.read import Run
from geoserver_app.published.catalog_codes import Codes
from geoserver_app.published.chosen import EVERYTHING, Sight, chosen
from geoserver_app.published.filters import Filters

EXPORT_PAGE = 5_000


@dataclass(frozen=True)
class Listed:
    """One request as the audience sees it; degrees (EPSG:4326), None where it stands on no map."""

    id: int
    service_request_id: str
    service_id: int
    requested_datetime: datetime
    is_open: bool
    closed_at: datetime | None
    address: str
    lon: float | None
    lat: float | None
    area_ids: list[int]


def page(
    run: Run, audience: Audience, filters: Filters, *, limit: int, after: tuple[datetime, int] | None = None,
    sight: Sight = EVERYTHING, many: bool | None = None,
) -> list[Listed]:  # fmt: skip
    """The newest ones; those after a request (its moment and id), where one is given.

    ``many``: where the caller knows whether so many are meant that one comes upon enough by going back in time. Of few
    all are found first and sorted then; the database would go through all times for them.
    """
    asked = chosen(audience, filters, sight=sight, many=many)
    condition, values = asked.condition, {**asked.values, "limit": limit}
    if after is not None:
        condition += " and (r.requested_datetime, r.id) < (%(after_at)s::timestamptz, %(after_id)s::bigint)"
        values |= {"after_at": after[0], "after_id": after[1]}
    statement = _FEW if many is False else _PAGE
    rows = run(statement.format(around=asked.around, relation=asked.relation, condition=condition), values)
    return [Listed(*row) for row in rows]


def everything(
    snapshot: Callable[[], AbstractContextManager[Run]], audience: Audience, filters: Filters, *,
    sight: Sight = EVERYTHING, size: int = EXPORT_PAGE,
) -> Iterator[Listed]:  # fmt: skip
    """All of them, newest first, read page by page: nobody's connection waits for a slow reader."""
    after = None
    while True:
        with snapshot() as run:
            found = page(run, audience, filters, limit=size, after=after, sight=sight)
        yield from found
        if len(found) < size:
            return
        after = found[-1].requested_datetime, found[-1].id


def one_of(run: Run, audience: Audience, filters: Filters, number: str, *, sight: Sight = EVERYTHING) -> Listed | None:
    """The request with a tracking number among what filters choose; None where it is not among it."""
    asked = chosen(audience, filters, sight=sight)
    condition, values = f"{asked.condition} and r.service_request_id = %(number)s::text", asked.values
    rows = run(_PAGE.format(relation=asked.relation, condition=condition), {**values, "number": number, "limit": 1})
    return Listed(*rows[0]) if rows else None


def first_requested(run: Run, audience: Audience, codes: Codes) -> datetime | None:
    """When the oldest request of an audience was made; None where there is none."""
    asked = chosen(audience, Filters(codes=codes, count="reports"))
    rows = run(_FIRST.format(relation=asked.relation, condition=asked.condition), asked.values)
    first: datetime | None = rows[0][0] if rows else None
    return first


def newest_before(run: Run, audience: Audience, filters: Filters, number: str) -> tuple[datetime, int] | None:
    """Where a list goes on after a request with a tracking number; None where there is none such."""
    asked = chosen(audience, Filters(codes=filters.codes, count="reports"))
    condition = f"{asked.condition} and r.service_request_id = %(number)s::text"
    rows = run(
        _PAGE.format(relation=asked.relation, condition=condition), {**asked.values, "number": number, "limit": 1}
    )
    return (rows[0][3], rows[0][0]) if rows else None


_FIRST = """
select r.requested_datetime from {relation} r where {condition} order by r.requested_datetime, r.id limit 1
"""
_LISTED = """
select r.id, r.service_request_id, r.service_id, r.requested_datetime, r.is_open, r.closed_at, r.address,
       postgis.st_x(r.geom), postgis.st_y(r.geom), r.area_ids
from {relation} r where {condition}
"""
_PAGE = f"{_LISTED} order by r.requested_datetime desc, r.id desc limit %(limit)s::int"
# OFFSET 0 keeps the order of what is outside from deciding how what is inside is looked for.
_FEW = f"""
select r.* from {{around}} ({_LISTED} offset 0) r order by r.requested_datetime desc, r.id desc limit %(limit)s::int
"""
