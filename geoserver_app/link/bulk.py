"""Links of many requests at once, set-based: the same as link() gives for each of them, and a test holds them equal.

A batch is a temporary table that the caller fills (create_batch, then COPY or fill_from_requests). The steps are SQL
files in steps/, each with a header of what it reads and leaves; every point is looked up once however many requests
share it, and where a batch is large the polygons look for the points that lie in them, not the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from django.db import connection
from psycopg.sql import SQL, Identifier

from geoserver_app.link import privacy
from geoserver_app.link.found import OPEN_SHARE
from geoserver_app.link.ground import (
    ACCURACY_M,
    EDGE_M,
    EXCLUSIVE,
    KINDS,
    LARGEST_REACH_M,
    STREET_HALF_WIDTH_M,
    Lies,
)
from geoserver_app.link.one import CONTACT, FAR_M
from layers.lookup import STREET_M
from layers.metric import plane_point_sql

STEPS = ("eras", "spots", "streets", "seen", "covers", "borders", "bridges", "parcels", "ground", "memberships",
         "results", "reviews")  # fmt: skip
# Those that areas alone come of; what lies near, on and beside a place takes most of the time.
AREA_STEPS = ("eras", "spots", "covers", "bridges")
# Up to here the points look for the polygons; beyond, one probe for each polygon of the city is cheaper.
FEW_SPOTS = 5_000
# Streets are looked for twice: nearly every place has one within this.
CLOSE_M = 40.0
# Statistics of a batch's tables are read off 300 times as many rows: their sizes and distinct values are all it takes.
SAMPLE = 10
# Columns of link_batch; located_* is where a locator found the address that was given, received_at when a report was
# taken in that is linked in the same breath (its traces bear that moment).
BATCH = """
    request_id bigint not null, jurisdiction_id bigint not null, service_id bigint not null, asset_id bigint,
    channel text not null, language text not null, requested_datetime timestamptz not null,
    place_method text not null, accuracy_m float8, lon float8, lat float8, description text not null default '',
    address_text text not null default '', located_lon float8, located_lat float8, located_address text, answers jsonb,
    received_at timestamptz
"""


Step: TypeAlias = Callable[[], None]


def _nobody() -> None:
    """Is told how far a batch is, and does not care."""


@dataclass(frozen=True)
class LinkedMany:
    """How many requests of a batch were linked, memberships that are not plain, and reviews."""

    requests: int
    exceptional: int
    reviews: int


def create_batch() -> None:
    """Makes the empty table link_batch; it goes with the transaction. Call inside one."""
    _execute(f"create temporary table link_batch ({BATCH}) on commit drop")


def fill_from_requests(where: str, parameters: dict[str, Any] | None = None) -> int:
    """Fills link_batch from stored requests; ``where`` is SQL about intake_servicerequest r. Returns how many."""
    statement = (Path(__file__).parent / "steps" / "batch.sql").read_text(encoding="utf-8")
    return _execute(f"{statement}\nwhere {where}", parameters or {})


def link_many(told: Step = _nobody) -> LinkedMany:
    """Links every request in link_batch; leaves link_result, link_exceptional and link_review for the caller.

    ``told`` is called after each of STEPS. Writes no table of ours: keep_many() writes the trace, flow the requests.
    Call inside a transaction.
    """
    _steps(STEPS, told)
    return LinkedMany(_count("link_batch"), _count("link_exceptional"), _count("link_review"))


def areas_many(into: str, told: Step = _nobody, *, kinds: Sequence[int] | None = None) -> None:
    """Fills a table (request_id, area_ids) with the areas that link_many() would find for link_batch, and nothing else.

    For the areas of today of what is linked by the editions of its own day; of some ``kinds`` (ids) only, where the
    others have not changed since. Call inside a transaction.
    """
    _steps(AREA_STEPS, told, kinds)
    with connection.cursor() as cursor:
        cursor.execute(
            SQL(
                "insert into {into} (request_id, area_ids) select b.request_id, coalesce(l.area_ids, '{{}}')"
                " from link_batch b left join link_visit v on v.request_id = b.request_id"
                " left join link_areas l on l.place = v.place"
            ).format(into=Identifier(into))
        )


def _steps(steps: Sequence[str], told: Step, kinds: Sequence[int] | None = None) -> None:
    with _roomy():
        _execute("analyze link_batch (request_id, jurisdiction_id, service_id, requested_datetime, place_method)")
        for step in steps:
            few = _spots() < FEW_SPOTS if step not in {"eras", "spots"} else False
            _execute(_text(step, few), {**_parameters(), "only": kinds if kinds is None else list(kinds)})
            told()


def keep_many() -> int:
    """Writes the memberships that are not plain in place of those the requests had; returns how many were written.

    What staff chose by hand is left alone: requests with such a choice are linked one by one (see with_choices).
    """
    _execute("delete from link_membership m using link_batch b where m.request_id = b.request_id")
    return _execute(
        "insert into link_membership (request_id, kind_id, area_id, method, distance_m, alternatives)"
        " select r.request_id, e.kind_id, e.area_id, e.method, e.metres, e.alternatives"
        " from link_exceptional e join link_visit r on r.place = e.place"
        " join link_batch b on b.request_id = r.request_id"
        " order by r.request_id, e.kind_id"
    )


def with_choices() -> list[int]:
    """Takes the requests in which staff chose an area out of link_batch and returns their ids: link them one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with chosen as (select distinct request_id from link_membership where method = 'manual')"
            " delete from link_batch b using chosen c where c.request_id = b.request_id returning b.request_id"
        )
        return [int(row[0]) for row in cursor.fetchall()]


def drop_batch() -> None:
    """Drops everything that a batch left, so that the next one can be made in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relnamespace = pg_my_temp_schema() and relkind = 'r'")
        tables = [row[0] for row in cursor.fetchall() if row[0].startswith(("link_", "route_"))]
        if tables:
            cursor.execute(f"drop table {', '.join(f'pg_temp.{name}' for name in tables)} cascade")


def _text(step: str, few: bool) -> str:
    text = (Path(__file__).parent / "steps" / f"{step}.sql").read_text(encoding="utf-8")
    covers = "x.geom && s.point and ST_Covers(x.geom, s.point)"
    widest = "(select max(within_m) from link_stretch)"
    by_border = (
        f"s.plane && ST_Expand(x.line, x.within_m) and x.line && ST_Expand(s.plane, {widest})"
        " and ST_DWithin(x.line, s.plane, x.within_m)"
    )
    return text.format(
        plane_point=plane_point_sql("s.lon", "s.lat", "j.metric_srid"),
        plane_located=plane_point_sql("b.located_lon", "b.located_lat", "s.metric_srid"),
        middle=privacy.MIDDLE_SQL,
        cell=privacy.cell_center_sql("v.lon", "v.lat"),
        block=privacy.block_name_sql("lowest.number", "x.full_name"),
        masked=privacy.mask_sql("b.description"),
        some_ground=f"{OPEN_SHARE} * pi() * p.reach ^ 2",
        plain_pieces=_pairs(_pieces("plain and x.in_force") + ("" if few else " offset 0"), covers, few),
        other_pieces=_pairs(_other_pieces(few), covers, few),
        stretches=_pairs("select * from link_stretch", by_border, few),
        lines=_pairs("select * from link_line_of", _within_reach("line"), few),
        close_streets=_pairs(_STREETS, _CLOSE_TO_PLACE if few else _CLOSE_TO_STREET, few),
        lots=_pairs("select * from link_lot_shape", covers, few),
        beside=_pairs("select * from link_lot_shape", _within_reach("plane"), few),
        cover=_COVER,
        borders_concerned=_concerned("layers_areaborder", "b", "line", "ST_Expand(s.plane, 60)") if few else "true",
        parcels_concerned=_concerned("layers_parcelshape", "x", "geom", "ST_Expand(s.point, 0.001)") if few else "true",
        any_reach="(select max(reach) from link_spot) > 0",
        row=int(Lies.RIGHT_OF_WAY),
        private=int(Lies.PRIVATE_PARCEL),
        public=int(Lies.PUBLIC_PARCEL),
        state=int(Lies.STATE_HIGHWAY),
        outside=int(Lies.OUTSIDE),
        parcel=int(Lies.PARCEL),
        exclusive=int(EXCLUSIVE),
    )  # fmt: skip


# What covers a place: of kinds that are the same for the whole batch, and of the others.
_COVER = """(select p.place, h.kind_id, h.area_id, h.shape_id, h.bit, h.ground from link_hit h
    join link_place p on p.spot = h.spot
    union all select place, kind_id, area_id, shape_id, bit, ground from link_other)"""


# Streets of today, and the boxes by which those that may be close to a place are found.
_STREETS = """select c.id, c.plane, k.jurisdiction_id from layers_centerlineshape c
    join link_kind k on k.kind_id = c.kind_id and k.plain and k.feature_class = 'centerline'
    where c.in_force and c.street_name <> ''"""
_CLOSE_TO_PLACE = "s.jurisdiction_id = x.jurisdiction_id and x.plane && ST_Expand(s.plane, %(close_m)s)"
_CLOSE_TO_STREET = "s.jurisdiction_id = x.jurisdiction_id and s.plane && ST_Expand(x.plane, %(close_m)s)"


def _pieces(which: str) -> str:
    kinds = "layers_areapiece x join link_kind k on k.kind_id = x.kind_id"
    return f"select x.*, k.bit, k.ground from {kinds} where {which}"


def _other_pieces(few: bool) -> str:
    # Indexes are on the shapes in force and on those of the past: asked apart, each question has one.
    if few:
        return f"{_pieces('not plain and x.in_force')} union all {_pieces('not plain and not x.in_force')}"
    return _pieces("not plain")


def _within_reach(column: str) -> str:
    # By their boxes only: who asks measures the distance anyway.
    return f"s.reach > 0 and s.around && x.{column}"


def _pairs(shapes: str, on: str, few: bool) -> str:
    """A FROM item that pairs spots (s) with shapes (x); OFFSET 0 makes the inner side an index scan for each outer."""
    if few:
        return f"link_spot s cross join lateral (select x.* from ({shapes}) x where {on} offset 0) x"
    return f"({shapes}) x cross join lateral (select s.* from link_spot s where {on} offset 0) s"


def _concerned(table: str, name: str, column: str, box: str) -> str:
    """A condition that keeps a small batch from reading a whole table: shapes whose box is near one of its spots."""
    return (
        f"{name}.id in (select near.id from link_spot s cross join lateral"
        f" (select id from {table} where in_force and {column} && {box}"
        f" union all select id from {table} where not in_force and {column} && {box} offset 0) near)"
    )


def _parameters() -> dict[str, Any]:
    return {
        "ground": json.dumps({kind: int(bit) for kind, bit in KINDS.items()}),
        "exact": [method for method, metres in ACCURACY_M.items() if metres == 0],
        "accuracy": json.dumps(ACCURACY_M),
        "largest_m": LARGEST_REACH_M,
        "street_m": STREET_M,
        "close_m": CLOSE_M,
        "half_m": STREET_HALF_WIDTH_M,
        "edge_m": EDGE_M,
        "coarse": list(privacy.COARSE_KINDS),
        "contact": list(CONTACT),
        "far_m": FAR_M,
    }


def _execute(statement: str, parameters: dict[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _spots() -> int:
    return _count("link_spot")


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return int(cursor.fetchone()[0])


@contextmanager
def _roomy() -> Iterator[None]:
    """Memory for sorts and hashes of a batch, and smaller samples of its tables; back to the usual at the end."""
    _execute(f"set local work_mem = '256MB'; set local default_statistics_target = {SAMPLE}")
    yield
    _execute("set local work_mem to default; set local default_statistics_target to default")
