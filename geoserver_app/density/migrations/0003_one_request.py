"""Notes a change of one request, which nearly every change is, without adding up what there is one of.

Where a statement inserts one request, or changes how one stands (open, closed, of late) and nothing else that is
counted, its notes are written down at once; every other statement is noted as before (0002). ADR 0074.
"""

from importlib import import_module

from django.db import migrations

before = import_module("geoserver_app.density.migrations.0002_queue")

# What decides where and as what a request is counted, besides how it stands.
PLACED = ("jurisdiction_id", "service_id", "leads", "requested_datetime", "is_public", "morton", "public_morton",
          "area_ids", "public_area_ids")  # fmt: skip
STANDS = ("state", "closed_at")
CLOSED = "({0}.state in ('closed', 'cancelled'))"
FRESH = f"({CLOSED} and coalesce({{0}}.closed_at >= clock.fresh_from, false))"

ONE = """
    if touched = 1 and tg_op <> 'DELETE' then
        select {columns} into one from new_rows;
        select j.time_zone, l.fresh_from into clock
        from density_ledger l join layers_jurisdiction j on j.id = l.jurisdiction_id
        where l.jurisdiction_id = one.jurisdiction_id;
        if tg_op = 'INSERT' then
            added := 1;
            opened := (not {is_closed})::int;
            freshened := {is_fresh}::int;
        else
            select {columns} into old from old_rows;
            moved := ({old_placed}) is distinct from ({placed});
            opened := {was_closed}::int - {is_closed}::int;
            freshened := {is_fresh}::int - {was_fresh}::int;
        end if;
        if not moved then
            if clock is not null and (added <> 0 or opened <> 0 or freshened <> 0) then
                insert into density_change
                    (jurisdiction_id, audience, leads, month, service, morton, area_ids, n, n_open, n_fresh)
                select one.jurisdiction_id, a.audience, one.leads, density_month(one.requested_datetime, clock.time_zone),
                       one.service_id, a.morton, a.area_ids, added, opened, freshened
                from (values (0, one.public_morton, one.public_area_ids, one.is_public),
                             (1, one.morton, one.area_ids, true)) as a (audience, morton, area_ids, counts)
                where a.counts;
            end if;
            return null;
        end if;
    end if;
"""
DECLARED = """
    one record;
    old record;
    clock record;
    moved bool := false;
    added int := 0;
    opened int;
    freshened int;
"""


def _named(of: str) -> str:
    return ", ".join(f"{of}.{name}" for name in PLACED)


def _before() -> str:
    """The function as 0002 made it."""
    whole = before._note()
    text = whole[whole.index("create function density_note()") : whole.index("create trigger density_insert")]
    return text.replace("create function", "create or replace function")


def _note() -> str:
    one = ONE.format(
        columns=", ".join((*PLACED, *STANDS)),
        is_closed=CLOSED.format("one"),
        is_fresh=FRESH.format("one"),
        was_closed=CLOSED.format("old"),
        was_fresh=FRESH.format("old"),
        placed=_named("one"),
        old_placed=_named("old"),
    )
    declared, counted = "    touched int := 0;\n", "    if tg_op = 'UPDATE' and touched > largest then\n"
    return _before().replace(declared, declared + DECLARED[1:]).replace(counted, one[1:] + counted)


class Migration(migrations.Migration):
    dependencies = [("density", "0002_queue")]
    operations = [migrations.RunSQL(_note(), _before())]
