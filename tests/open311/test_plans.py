"""The statements of Open311 find their rows by an index, however many there are."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory

from geoserver_app.open311 import updates
from geoserver_app.open311.ask import Ask
from geoserver_app.open311.listing import _statement
from geoserver_app.open311.narrowing import narrowed
from geoserver_app.published.reader import as_reader
from tests.open311.conftest import NOW, Endpoint


def plan(statement: str, values: dict[str, Any]) -> str:
    """The plan as the public's own role gets it, of a table that is too small for one of its own."""
    with as_reader(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {statement}", values)
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(("query", "index"), [
    ("", "request_by_time"),
    ("status=open&service_code=pothole", "request_by_time"),
    ("start_date=2026-10-01T00:00:00Z&area=beat:1", "request_by_time"),
    ("updated_after=2026-11-15T00:00:00Z", "request_by_update"),
])  # fmt: skip
def test_a_list_is_found_by_its_index(endpoint: Endpoint, query: str, index: str) -> None:
    assert endpoint.city
    asked = narrowed(Ask(RequestFactory().get("/"), "json", NOW, QueryDict(query)))
    statement = _statement().format(where=asked.where, order=asked.order, distance=asked.distance)
    assert index in plan(statement, {**asked.values, "limit": 1001, "offset": 0})


def test_updates_are_found_by_their_day(endpoint: Endpoint) -> None:
    values = {"jurisdiction": endpoint.city.hall.jurisdiction.pk, "start": NOW - timedelta(days=1), "end": NOW,
              "limit": 1001}  # fmt: skip
    assert "status_change_" in plan(updates._STATEMENT, values)
