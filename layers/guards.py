"""Guards that live in the database, as SQL for the first migration: what no program may break, ours included.

- The content of shapes, pieces and borders never changes; identities keep their kind and code for ever. Only which
  editions a shape stands in, and whether that is today's, may be written.
- Copies that make look-ups fast (the kind of a shape, the jurisdiction of an identity, the area of a piece) agree with
  what they are copied from. They are compared once a statement, set against set: a foreign key would look at each of a
  million rows singly, and would not notice a copy that is another valid row.
"""

_IDENTITIES = {
    "layers_area": "code",
    "layers_parcel": "parcel_number",
    "layers_addresspoint": "address_id",
    "layers_centerline": "segment_id",
    "layers_asset": "asset_id",
    "layers_landmark": "code",
}
_SHAPES = {
    "layers_areashape": ("layers_area", "area_id", ["name"]),
    "layers_parcelshape": ("layers_parcel", "parcel_id", ["situs_address", "land_use", "owner_class"]),
    "layers_addresspointshape": (
        "layers_addresspoint",
        "address_point_id",
        [
            "address_number", "number_suffix", "pre_directional", "street_name", "post_type", "post_directional",
            "unit", "zip_code", "full_address",
        ],
    ),
    "layers_centerlineshape": (
        "layers_centerline",
        "centerline_id",
        [
            "pre_directional", "street_name", "post_type", "post_directional", "full_name", "road_class",
            "from_address_left", "to_address_left", "from_address_right", "to_address_right", "zip_left", "zip_right",
            "plane",
        ],
    ),
    "layers_assetshape": ("layers_asset", "asset_id", ["name", "owner_class"]),
    "layers_landmarkshape": ("layers_landmark", "landmark_id", ["name", "category"]),
}  # fmt: skip
_FOLLOWERS = {
    "layers_areapiece": (["shape_id", "area_id", "kind_id", "geom"], "s.area_id = n.area_id and "),
    "layers_areaborder": (["shape_id", "kind_id", "line"], ""),
}

_FUNCTION = """
create function layers_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'A row of % never changes: load another edition instead.', tg_table_name
        using errcode = 'integrity_constraint_violation';
end $$;
"""


def _frozen(table: str, columns: list[str]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    return (
        f"create trigger {table}_frozen before update of {', '.join(columns)} on {table} for each row"
        f" when (row({old}) is distinct from row({new})) execute function layers_refuse_change();\n"
    )


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
    made = [_FUNCTION]
    for table, code in _IDENTITIES.items():
        made.append(_frozen(table, ["kind_id", "jurisdiction_id", code]))
        made.append(_agrees(table, "layers_kind k where k.id = n.kind_id and k.jurisdiction_id = n.jurisdiction_id"))
    for table, (identity, parent, columns) in _SHAPES.items():
        made.append(_frozen(table, [parent, "kind_id", "content_hash", "attributes", "geom", *columns]))
        made.append(_agrees(table, f"{identity} f where f.id = n.{parent} and f.kind_id = n.kind_id"))
    for table, (columns, same) in _FOLLOWERS.items():
        made.append(_frozen(table, columns))
        made.append(_agrees(table, f"layers_areashape s where s.id = n.shape_id and {same}s.kind_id = n.kind_id"))
    return "".join(made)


def _undo() -> str:
    tables = [*_IDENTITIES, *_SHAPES, *_FOLLOWERS]
    triggers = "".join(
        f"drop trigger {table}_agrees on {table}; drop function {table}_agrees();"
        f" drop trigger {table}_frozen on {table};\n"
        for table in tables
    )
    return f"{triggers}drop function layers_refuse_change();\n"


CREATE = _statements()
DROP = _undo()
