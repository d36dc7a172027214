"""Guards that live in the database, as SQL for the first migration: what no program may break, ours included.

- The content of shapes, pieces and borders never changes; identities keep their kind and code for ever. Only which
  editions a shape stands in, and whether that is today's, may be written.
- Copies that make look-ups fast (the kind of a shape, the jurisdiction of an identity, the area of a piece) agree with
  what they are copied from. They are compared once a statement, set against set: a foreign key would look at each of a
  million rows singly, and would not notice a copy that is another valid row.
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


def _agrees(table: str, source: str) -> str:
    """A statement trigger: every fresh row ``n`` must join ``source`` (a table with its condition)."""
    return f"""
create function {table}_agrees() returns trigger language plpgsql as $$
begin
    if exists (select from fresh n where not exists (select from {source})) then
        raise exception 'A row of {table} contradicts what it belongs to.'
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end $$;
create trigger {table}_agrees after insert on {table} referencing new table as fresh
    for each statement execute function {table}_agrees();
"""


def _statements() -> str:
    made = []
    for table, free in _IDENTITIES.items():
        made.append(_frozen(table, free))
        made.append(_agrees(table, "layers_kind k where k.id = n.kind_id and k.jurisdiction_id = n.jurisdiction_id"))
    for table, (identity, parent) in _SHAPES.items():
        made.append(_frozen(table, ["editions", "in_force"]))
        made.append(_agrees(table, f"{identity} f where f.id = n.{parent} and f.kind_id = n.kind_id"))
    for table, same in _FOLLOWERS.items():
        made.append(_frozen(table, ["in_force"]))
        made.append(_agrees(table, f"layers_areashape s where s.id = n.shape_id and {same}s.kind_id = n.kind_id"))
    return "".join(made)


def _undo() -> str:
    return "".join(
        f"drop trigger {table}_{guard} on {table}; drop function {table}_{guard}();\n"
        for table in (*_IDENTITIES, *_SHAPES, *_FOLLOWERS)
        for guard in ("agrees", "frozen")
    )


CREATE = _statements()
DROP = _undo()
