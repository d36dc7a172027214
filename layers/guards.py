"""Guards that live in the database, as SQL for the first migration: what no program may break, ours included.

- *Frozen*: the content of shapes, pieces and borders never changes; identities keep their kind and code for ever. Only
  which editions a shape stands in, and whether that is today's, may be written.
- *Agrees*: a fresh row has what it points to, and its copies of it (the kind of a shape, the jurisdiction of an
  identity, the area of a piece) agree. Compared once a statement, set against set: a foreign key looks at each of a
  million rows singly, which cost a third of an import, and takes a copy that is another valid row for right.
- *Held*: what others point to is not deleted from under them. Looked at when the transaction ends, as Django's foreign
  keys are, so the order of deletions does not matter.

Agrees and Held meet on the row of the kind: a fresh row locks it as a foreign key would (for key share), a deletion
for update, so that two transactions cannot pass each other unseen.
"""

# Table of identities, and its columns that may change.
_IDENTITIES: dict[str, list[str]] = {
    "layers_area": ["slug", "priority"],
    "layers_parcel": [],
    "layers_addresspoint": [],
    "layers_centerline": [],
    "layers_asset": [],
    "layers_landmark": [],
}
# Table of shapes, its identities, and the column that points to them.
_SHAPES = {
    "layers_areashape": ("layers_area", "area_id"),
    "layers_parcelshape": ("layers_parcel", "parcel_id"),
    "layers_addresspointshape": ("layers_addresspoint", "address_point_id"),
    "layers_centerlineshape": ("layers_centerline", "centerline_id"),
    "layers_assetshape": ("layers_asset", "asset_id"),
    "layers_landmarkshape": ("layers_landmark", "landmark_id"),
}
# Table that follows area shapes, and what of it must agree with them besides the kind.
_FOLLOWERS = {"layers_areapiece": "s.area_id = n.area_id and ", "layers_areaborder": ""}
_STAGED = "layers_stagedfeature"


def _frozen(table: str, free: list[str]) -> str:
    """A row trigger: nothing but the free columns may change.

    It names no other column, neither in its definition nor in the function: PostgreSQL would refuse to alter those in
    a later migration.
    """
    kept = "".join(f"    kept.{column} := old.{column};\n" for column in free)
    return f"""
create function {table}_frozen() returns trigger language plpgsql as $$
declare
    kept {table};
begin
    kept := new;
{kept}    if kept is distinct from old then
        raise exception 'A row of {table} never changes: load another edition instead.'
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger {table}_frozen before update on {table} for each row execute function {table}_frozen();
"""


def _agreeing() -> dict[str, tuple[str, str]]:
    """Of each table the rows that a fresh row ``n`` must find (a table with its condition), and what ``n`` is one of.

    Where few values decide, these are the distinct ones among the fresh rows.
    """
    of_kind = "layers_kind k where k.id = n.kind_id and k.jurisdiction_id = n.jurisdiction_id"
    return {
        **dict.fromkeys(_IDENTITIES, (of_kind, "(select distinct kind_id, jurisdiction_id from fresh)")),
        **{
            table: (f"{identity} f where f.id = n.{parent} and f.kind_id = n.kind_id", "fresh")
            for table, (identity, parent) in _SHAPES.items()
        },
        **{
            table: (f"layers_areashape s where s.id = n.shape_id and {same}s.kind_id = n.kind_id", "fresh")
            for table, same in _FOLLOWERS.items()
        },
    }


def _agrees(table: str) -> str:
    """A statement trigger: every fresh row must find what it points to."""
    return f"""
create trigger {table}_agrees after insert on {table} referencing new table as fresh
    for each statement execute function {table}_agrees();
"""


def _compares(table: str, source: str, fresh: str) -> str:
    """What the trigger does. It plans at every statement: a plan kept from one of ten rows takes an hour for a city."""
    return f"""
create or replace function {table}_agrees() returns trigger language plpgsql as $$
declare
    strays boolean;
begin
    perform from layers_kind where id in (select kind_id from fresh) for key share;
    execute 'select exists (select from {fresh} n where not exists (select from {source}))' into strays;
    if strays then
        raise exception 'A row of {table} contradicts what it belongs to.'
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
"""


def _held(table: str, pointing: list[tuple[str, str]], kind: str) -> str:
    """A deferred row trigger: a deleted row must have nothing left that points to it by (table, column)."""
    left = " or ".join(f"exists (select from {other} where {column} = old.id)" for other, column in pointing)
    return f"""
create function {table}_held() returns trigger language plpgsql as $$
begin
    perform from layers_kind where id = {kind} for update;
    if {left} then
        raise exception 'A row of {table} is deleted that others belong to.'
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
create constraint trigger {table}_held after delete on {table} deferrable initially deferred
    for each row execute function {table}_held();
"""


def _statements() -> str:
    made = [COMPARES]
    for table, free in _IDENTITIES.items():
        made += [_frozen(table, free), _agrees(table)]
    for table, (identity, parent) in _SHAPES.items():
        made += [
            _frozen(table, ["editions", "in_force"]),
            _agrees(table),
            _held(identity, [(table, parent)], "old.kind_id"),
        ]
    for table in _FOLLOWERS:
        made += [_frozen(table, ["in_force"]), _agrees(table)]
    made += [
        _held("layers_areashape", [(table, "shape_id") for table in _FOLLOWERS], "old.kind_id"),
        _held("layers_kind", [(table, "kind_id") for table in _IDENTITIES], "old.id"),
        _held("layers_edition", [(_STAGED, "edition_id")], "old.kind_id"),
    ]
    return "".join(made)


def _undo() -> str:
    guarded = {
        "frozen": [*_IDENTITIES, *_SHAPES, *_FOLLOWERS],
        "agrees": [*_IDENTITIES, *_SHAPES, *_FOLLOWERS],
        "held": [*_IDENTITIES, "layers_areashape", "layers_kind", "layers_edition"],
    }
    return "".join(
        f"drop trigger {table}_{guard} on {table}; drop function {table}_{guard}();\n"
        for guard, tables in guarded.items()
        for table in tables
    )


COMPARES = "".join(_compares(table, *looked_for) for table, looked_for in _agreeing().items())
CREATE = _statements()
DROP = _undo()
