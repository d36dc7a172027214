"""Which rows of which table belong to a jurisdiction, found along the foreign keys of the models themselves.

A new table belongs by itself as soon as it points at something that does; what is left out says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from layers.models import Jurisdiction

# Left out, and why; whole packages by their label.
LEFT_OUT = {
    "accounts.user_groups": "what a person may do stands in accounts.assignment",
    "accounts.user_user_permissions": "what a person may do stands in accounts.assignment",
    "published.basemapset": "drawn anew from the layers",
    "published.basemaptile": "drawn anew from the layers",
    "density.cube": "counted anew from the requests",
    "density.areaset": "counted anew from the requests",
    "density.dictionary": "counted anew from the requests",
    "density.block": "counted anew from the requests",
    "density.change": "counted anew from the requests",
    "density.missed": "counted anew from the requests",
    "procrastinate": "work of this machine",
    "follow": "counted per address for minutes",
    "report": "counted per address for minutes",
    "geocode.street": "filled anew from the layers",
    "geocode.house": "filled anew from the layers",
    "geocode.segment": "filled anew from the layers",
    "geocode.crossing": "filled anew from the layers",
    "geocode.placename": "filled anew from the layers",
    "geocode.filled": "filled anew from the layers",
    "geocode.outsideanswer": "answers of somebody else's service, kept for thirty days",
}
_OURS = ("layers", "geoserver_app.")
# Everything that rules name stands before their version: the database lets no rule into a version that is in force.
_LAST = ("route_ruleset",)
USER = "accounts_user"
PICTURE = "notify_picture"


@dataclass(frozen=True)
class Table:
    """A table with its columns; ``where`` is SQL for the rows of the jurisdiction with the id %(jurisdiction)s."""

    name: str
    columns: tuple[str, ...]
    key: str
    where: str
    references: dict[str, str]
    has_sequence: bool


def tables() -> list[Table]:
    """Every table that belongs, those that others point at first."""
    found: dict[str, Table] = {}
    models = [model for model in _models() if not is_left_out(model)]
    waiting = list(models)
    while waiting:
        ready = [
            model for model in waiting if (where := _where(model, found)) is not None and _note(found, model, where)
        ]
        if not ready:
            break
        waiting = [model for model in waiting if model not in ready]
    _by_the_way(found)
    return _ordered(found)


def unknown() -> list[str]:
    """Tables of ours that neither belong nor are left out: a test holds this empty."""
    known = {table.name for table in tables()}
    return sorted(model._meta.db_table for model in _models() if not is_left_out(model)
                  and model._meta.db_table not in known)  # fmt: skip


def is_left_out(model: type[Model]) -> bool:
    """Whether a table stays behind on purpose."""
    return bool({model._meta.app_label, model._meta.label_lower} & LEFT_OUT.keys())


def _models() -> Iterator[type[Model]]:
    for config in apps.get_app_configs():
        if config.name.startswith(_OURS):
            yield from config.get_models(include_auto_created=True)


def _where(model: type[Model], found: dict[str, Table]) -> str | None:
    """The rows of a table: by the jurisdiction itself, else by the first thing it must have that belongs."""
    if model is Jurisdiction:
        return "id = %(jurisdiction)s"
    keys = [key for key in _keys(model) if not key.null]
    for key in keys:
        if key.related_model is Jurisdiction:
            return f"{key.column} = %(jurisdiction)s"
    for key in keys:
        parent = found.get(_table_of(key))
        if parent is not None and parent.name != USER:
            return f"{key.column} in (select {parent.key} from {parent.name} where {parent.where})"
    return None


def _note(found: dict[str, Table], model: type[Model], where: str) -> bool:
    meta = model._meta
    key = meta.pk.column if meta.pk is not None and getattr(meta.pk, "column", None) else _keys(model)[0].column
    found[meta.db_table] = Table(
        name=meta.db_table,
        columns=tuple(str(one.column) for one in meta.concrete_fields if one.column and not one.generated),
        key=str(key),
        where=where,
        references={str(one.column): _table_of(one) for one in _keys(model)},
        has_sequence=type(meta.pk).__name__ in {"BigAutoField", "AutoField"},
    )
    return True


def _keys(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if isinstance(field, ForeignKey)]


def _table_of(key: Any) -> str:
    return str(key.related_model._meta.db_table)


def _by_the_way(found: dict[str, Table]) -> None:
    """Persons who stand in any of the tables, and pictures that were sent: they belong to nobody, but are named."""
    for name in (USER, PICTURE):
        model = next(model for model in _models() if model._meta.db_table == name)
        named = [
            f"select {column} from {table.name} where {table.where}"
            for table in list(found.values())
            for column, target in table.references.items()
            if target == name
        ]
        _note(found, model, f"id in ({' union '.join(named)})")


def _ordered(found: dict[str, Table]) -> list[Table]:
    ordered: dict[str, Table] = {}

    def put(table: Table, seen: frozenset[str]) -> None:
        for target in table.references.values():
            if target in found and target not in seen and target not in _LAST and target != table.name:
                put(found[target], seen | {target})
        ordered.setdefault(table.name, table)

    for table in found.values():
        if table.name not in _LAST:
            put(table, frozenset({table.name}))
    return [*ordered.values(), *(found[name] for name in _LAST)]
