"""Fills the search tables from shapes that are, or were, in force; each shape once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from geoserver_app.geocode.asked import House as AskedHouse
from geoserver_app.geocode.models import Filled, Segment, Street
from geoserver_app.geocode.plain import key_of, letters_of, plain
from geoserver_app.geocode.reading import structured
from geoserver_app.geocode.street_asked import keys_of
from geoserver_app.geocode.words import MILE
from layers.addresses import StreetName, display_name, split_street
from layers.models import Edition, Jurisdiction, Kind

# Grows whenever the same layer would give other rows: every kind is then filled anew by the next migrate.
VERSION = 1
NAMED_AREAS = ("park", "neighborhood")
_TABLES = ("geocode_house", "geocode_segment", "geocode_crossing", "geocode_placename")
_Class = Kind.FeatureClass


def fill_kind(kind: Kind) -> None:
    """Adds what the search tables lack of a kind's editions in force, in the caller's transaction or one of its own.

    A draft adds nothing. Rows that an older folding made are made anew.
    """
    way = _WAYS.get(kind.feature_class)
    if way is None or (way is _names and kind.feature_class == _Class.AREA and kind.code not in NAMED_AREAS):
        return
    with transaction.atomic():
        done = Filled.objects.filter(kind=kind).first()
        if done is not None and done.version != VERSION:
            _forget(kind)
        way(kind)
        Filled.objects.update_or_create(kind=kind, defaults={"version": VERSION})


def fill_jurisdiction(jurisdiction: Jurisdiction) -> None:
    """Fills every kind of a jurisdiction."""
    for kind in Kind.objects.filter(jurisdiction=jurisdiction).order_by("pk"):
        fill_kind(kind)


def after_migrations(*, using: str, plan: list[Any] | None = None, **_: Any) -> None:
    """Fills kinds that were in force before there was a geocoder, or that another version filled (post_migrate)."""
    if plan is None or "geocode_filled" not in connection.introspection.table_names():
        return
    done = Filled.objects.filter(version=VERSION).values("kind")
    with_editions = Edition.objects.filter(state=Edition.State.ACTIVE).values("kind")
    with transaction.atomic(using=using):
        for kind in Kind.objects.filter(pk__in=with_editions).exclude(pk__in=done).select_related("jurisdiction"):
            fill_kind(kind)


def _forget(kind: Kind) -> None:
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"delete from {table} where kind_id = %s", [kind.pk])


def _address_points(kind: Kind) -> None:
    _streets(kind, "layers_addresspointshape")
    _run_by_hash("fill_houses", kind)


def _centerlines(kind: Kind) -> None:
    _streets(kind, "layers_centerlineshape")
    _run_by_hash("fill_segments", kind)
    _run("fill_crossings", kind)
    Segment.objects.filter(kind=kind, is_crossed=False).update(is_crossed=True)


def _parcels(kind: Kind) -> None:
    """Situs addresses are read like anything that people write: "14-18 HOLLIS ST" is three houses' range."""
    rows = _rows("fill_situs", kind)
    read = [(shape, _house_in(situs)) for shape, situs in rows]
    found = [(shape, house, split_street(house.street.written)) for shape, house in read if house is not None]
    _add_streets(kind, {name for _, _, name in found})
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table situs_batch (shape_id bigint, number int, last int, suffix text, unit text,"
            " pre text, name text, type text, post text) on commit drop"
        )
        with cursor.copy("copy situs_batch from stdin") as copy:
            for shape, house, name in found:
                numbers = (house.number, house.last or house.number, house.suffix, house.unit)
                parts = (name.pre_directional, name.street_name, name.post_type, name.post_directional)
                copy.write_row((shape, *numbers, *parts))
    _run_by_hash("fill_parcels", kind)
    _execute("drop table situs_batch", {})


def _house_in(situs: str) -> AskedHouse | None:
    readings = structured(plain(situs.split(",", maxsplit=1)[0]))
    return next((one for one in readings if isinstance(one, AskedHouse)), None)


def _names(kind: Kind) -> None:
    table = "layers_landmarkshape" if kind.feature_class == _Class.LANDMARK else "layers_areashape"
    category = "s.category" if kind.feature_class == _Class.LANDMARK else "%(code)s"
    statement = _statement("fill_names").replace("{table}", table).replace("{category}", category)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"kind": kind.pk, "code": kind.code})
        rows = cursor.fetchall()
        values = [
            (shape, kind.pk, name, *_named(name), category, point, reach)
            for shape, name, category, point, reach in rows
        ]
        cursor.executemany(
            "insert into geocode_placename (shape_id, kind_id, name, name_key, mile, road_key, category, geom, reach_m)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            values,
        )


def _named(name: str) -> tuple[str, float | None, str]:
    """A place's folded name; the mile and the road where it is a mile post."""
    words = plain(name)
    mile = MILE.search(words)
    if mile is None:
        return letters_of(words)[:200], None, ""
    road = f"{words[: mile.start()]} {words[mile.end() :]}".strip(" ,-")
    return letters_of(words)[:200], float(mile["mile"]), key_of(road.removeprefix("ON ").removeprefix("OF "))[:120]


def _streets(kind: Kind, table: str) -> None:
    """Adds the streets that a kind's new shapes name."""
    statement = _statement("fill_streets").replace("{table}", table)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"kind": kind.pk, "jurisdiction": kind.jurisdiction_id})
        _add_streets(kind, {StreetName(*row) for row in cursor.fetchall()})


def _add_streets(kind: Kind, names: Iterable[StreetName]) -> None:
    rows = [
        Street(
            jurisdiction_id=kind.jurisdiction_id, pre_directional=name.pre_directional, street_name=name.street_name,
            post_type=name.post_type, post_directional=name.post_directional, label=display_name(name)[:200],
            name_key=keys[0][:120], keys=keys,
        )
        for name in sorted(names, key=str)
        if name.street_name and len(name.street_name) <= 120 and (keys := _plain_keys(name))
    ]  # fmt: skip
    Street.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2_000)


def _plain_keys(name: StreetName) -> list[str]:
    folded = StreetName(name.pre_directional, plain(name.street_name), name.post_type, name.post_directional)
    return [key.text for key in keys_of(folded)]


def _run(name: str, kind: Kind) -> None:
    _execute(_statement(name), {"kind": kind.pk, "jurisdiction": kind.jurisdiction_id})


def _run_by_hash(name: str, kind: Kind) -> None:
    """Streets that were just added have no statistics: the planner would read all of them for each house."""
    _execute("set local enable_nestloop = off", {})
    _run(name, kind)
    _execute("set local enable_nestloop = on", {})


def _rows(name: str, kind: Kind) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_statement(name), {"kind": kind.pk, "jurisdiction": kind.jurisdiction_id})
        return list(cursor.fetchall())


def _execute(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


@cache
def _statement(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


_WAYS: dict[str, Callable[[Kind], None]] = {
    _Class.ADDRESS_POINT: _address_points,
    _Class.CENTERLINE: _centerlines,
    _Class.PARCEL: _parcels,
    _Class.LANDMARK: _names,
    _Class.AREA: _names,
}
