"""The plans of the hot statements: which index each uses, as prepared once for every tile."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import conninfo

from geoserver_app.density.models import Audience
from geoserver_app.published import listing, reader, render
from geoserver_app.published.catalog_codes import Codes
from geoserver_app.published.filters import Filters
from geoserver_app.published.patches import Cell
from tests.planned import as_new

NUMBERS = {"z": "$1", "x": "$2", "y": "$3", "jurisdiction": "$4", "kind": "$5", "recipe": "$6"}
TYPES = "int, int, int, bigint, bigint, text"


@pytest.fixture
def plan() -> Iterator[Any]:
    """Explains a statement as the reader's sessions plan it. Empty tables are scanned unless that is forbidden."""
    address = conninfo.make_conninfo(
        settings.PUBLISHED_DATABASE_URL,
        dbname=connection.settings_dict["NAME"],
        options=f"{reader.SESSION} -c enable_seqscan=off",
    )
    as_new("layers", "published")
    with psycopg.connect(address, autocommit=True) as raw:

        def explain(statement: str) -> str:
            numbered = re.sub(r"%\((\w+)\)s", lambda match: NUMBERS[match[1]], statement)
            raw.execute(f"prepare tile ({TYPES}) as {numbered}".encode())
            rows = raw.execute("explain execute tile (15, 5486, 12850, 1, 1, '')").fetchall()
            return "\n".join(line for (line,) in rows)

        yield explain


def by_index(text: str, table: str) -> bool:
    """True where a table is read under a condition on one of its indexes, and never from end to end."""
    conditions = re.search(rf"Index (Only )?Scan using \w+ on {table}\b.*\n\s+Index Cond: ", text)
    bitmap = re.search(rf"Bitmap Heap Scan on {table}\b", text)
    return bool(conditions or bitmap) and f"Seq Scan on {table}" not in text


def test_basemap_finds_everything_by_index(plan: Any) -> None:
    text = plan(render.BASEMAP)
    for index in (
        "area_shape_in_force", "parcel_shape_in_force", "centerline_in_force", "address_point_in_force",
        "landmark_in_force",
    ):  # fmt: skip
        assert re.search(rf"Index Scan (using|on) {index}.*\n\s+Index Cond: \(geom && ", text), index


def test_basemap_decides_by_zoom_before_it_touches_a_table(plan: Any) -> None:
    assert plan(render.BASEMAP).count("One-Time Filter") >= 4


def test_areas_find_theirs_by_index(plan: Any) -> None:
    # By ground, by kind or by its area: without rows the planner may take any of them.
    assert by_index(plan(render.AREAS), "layers_areashape")


def test_assets_find_theirs_by_index(plan: Any) -> None:
    assert "asset_in_force" in plan(render.ASSETS)


def test_kept_tile_is_found_by_index(plan: Any) -> None:
    assert by_index(plan(render.KEPT), "published_basemaptile")


def test_indexes_with_a_condition_are_partial() -> None:
    wanted = {
        index.name
        for label in ("layers", "published")
        for model in apps.get_app_config(label).get_models()
        for index in model._meta.indexes
        if index.condition
    }
    with connection.cursor() as cursor:
        cursor.execute("select indexname from pg_indexes where schemaname = 'public' and indexdef like '%% WHERE %%'")
        assert wanted <= {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize(("many", "by_place"), [(False, True), (None, False)])
def test_few_requests_are_found_by_their_places_and_sorted_then(db: None, *, many: bool | None, by_place: bool) -> None:
    """The order wanted does not make the database go through all times, even where sorting seems dear to it."""
    at = Codes(Audience.PUBLIC, 1, "town", ZoneInfo("UTC"), datetime(2026, 11, 1, tzinfo=UTC), (), {}, {})
    filters = Filters(codes=at, within=(Cell(16, 1, 1), Cell(16, 7, 7)))
    asked: list[Any] = []
    listing.page(lambda *one: (asked.append(one), [])[1], Audience.PUBLIC, filters, limit=5, many=many)
    ((statement, values),) = asked
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local enable_sort = off; set local jit = off")
        cursor.execute(f"explain {statement}", values)
        text = "\n".join(line for (line,) in cursor.fetchall())
    assert (text.index("Function Scan on c") < text.index("on intake_servicerequest")) == by_place, text
