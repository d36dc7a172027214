"""GET requests: the public set, as it was asked for, newest first; and one of it by its number."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from geoserver_app.follow.finding import canonical, find_old
from geoserver_app.open311.ask import Ask
from geoserver_app.open311.document import Document, moment
from geoserver_app.open311.door import Answer
from geoserver_app.open311.errors import unknown
from geoserver_app.open311.items import Row, items
from geoserver_app.open311.narrowing import Narrowed, narrowed
from geoserver_app.published.reader import as_reader
from layers.asked import ask as ask_database

# Parameters that the address of the next page says in its own words.
_SAID_ANEW = {"page", "page_size", "start_date", "end_date", "requested_from", "requested_to", "api_key"}


def request_list(ask: Ask) -> Answer:
    """GET requests: up to 1,000, with the address of the next page where there are more."""
    asked = narrowed(ask)
    rows = _rows(asked)
    headers = {"X-Total-Count": str(_total(asked, rows))}
    if len(rows) > asked.page_size:
        headers["Link"] = f'<{_next_page(ask, asked)}>; rel="next"'
    return Answer(Document("service_requests", items(ask, rows[: asked.page_size])), headers=headers)


def one_request(ask: Ask, number: str) -> Answer:
    """GET requests/NUMBER: the same, in a list of one; 404 too for what exists and is not public."""
    return Answer(Document("service_requests", items(ask, [public_row(ask, number)])))


def public_row(ask: Ask, number: str) -> Row:
    """The request with a number, ours or (imported) the old system's; 404 too for what exists and is not public."""
    rows = _by_number(ask, canonical(number)) or _by_number(ask, _of_old_number(ask, number))
    if not rows:
        raise unknown(f"There is no request '{number[:40]}' that everybody may see.")
    return rows[0]


def _by_number(ask: Ask, number: str | None) -> list[Row]:
    if not number:
        return []
    asked = Narrowed(["r.jurisdiction_id = %(jurisdiction)s"], {"jurisdiction": ask.jurisdiction.pk}, by_id=True)
    asked.add("r.service_request_id = %(number)s", number=number)
    return _rows(asked)


def _of_old_number(ask: Ask, text: str) -> str | None:
    """The number that an imported request got from us; whether it is public is asked after."""
    found = find_old(ask.jurisdiction, text)
    return found.service_request_id if found else None


def _rows(asked: Narrowed) -> list[Row]:
    """The rows of a page, and one more where there is a next one."""
    statement = _statement().format(where=asked.where, order=asked.order, distance=asked.distance)
    values = {
        **asked.values,
        "limit": asked.page_size if asked.by_id else asked.page_size + 1,
        "offset": (asked.page - 1) * asked.page_size,
    }
    with as_reader():
        return [Row(*row) for row in ask_database(statement, values)]


def _total(asked: Narrowed, rows: list[Row]) -> int:
    """How many there are on all pages; counted only where it cannot be told from this one."""
    if asked.page == 1 and len(rows) <= asked.page_size:
        return len(rows)
    with as_reader():
        counted = f"select count(*) as total from published.service_request r where {asked.where}"
        return int(ask_database(counted, asked.values)[0].total)


def _next_page(ask: Ask, asked: Narrowed) -> str:
    """The same question for the next page; its window is said in full, so that what comes in moves nothing."""
    query: list[tuple[str, Any]] = [
        (name, value) for name in ask.sent if name not in _SAID_ANEW for value in ask.sent.getlist(name)
    ]
    if asked.stretch:
        start, end = (moment(one, ask.zone) for one in asked.stretch)
        query += [("start_date", start), ("end_date", end)]
    query += [("page", asked.page + 1), ("page_size", asked.page_size)]
    return f"{ask.http.build_absolute_uri(ask.http.path)}?{urlencode(query)}"


@cache
def _statement() -> str:
    return Path(__file__).with_name("listing.sql").read_text(encoding="utf-8")
