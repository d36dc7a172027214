"""The queue is read in the order in which it was written, and a change of one request is noted by one statement.

All of an audience's changes are read at once, page after page. Of one request that is inserted, or whose standing alone
changes, the notes are selected and written at once; 0003 asked for their parts one by one. A part of a date as a
floating-point number is a little quicker than the decimal that ``extract`` gives; years and months are the same.
ADR 0080.
"""

from importlib import import_module

from django.db import migrations, models

before = import_module("geoserver_app.density.migrations.0003_one_request")

MONTH = """
create or replace function density_month(at timestamptz, zone text) returns smallint
language sql immutable parallel safe as $$
    select (greatest(0, least(400, {part}('year'{of} at at time zone zone)::int - 1900)) * 12
            + {part}('month'{of} at at time zone zone)::int - 1)::smallint
$$;
"""

CLOSED = before.CLOSED
FRESH = f"({CLOSED} and coalesce({{0}}.closed_at >= l.fresh_from, false))"
NOTED = """
insert into density_change
                (jurisdiction_id, audience, leads, month, service, morton, area_ids, n, n_open, n_fresh)
            select n.jurisdiction_id, a.audience, n.leads, density_month(n.requested_datetime, j.time_zone),
                   n.service_id, a.morton, a.area_ids, s.n, s.n_open, s.n_fresh
            from {rows}
            join density_ledger l on l.jurisdiction_id = n.jurisdiction_id
            join layers_jurisdiction j on j.id = n.jurisdiction_id
            cross join lateral (select {added} as n, {opened} as n_open, {freshened} as n_fresh) as s
            cross join lateral (values (0, n.public_morton, n.public_area_ids, n.is_public),
                                       (1, n.morton, n.area_ids, true)) as a (audience, morton, area_ids, counts)
            where a.counts and (s.n <> 0 or s.n_open <> 0 or s.n_fresh <> 0);
"""
ONE = """
    if touched = 1 and tg_op = 'INSERT' then
            {inserted}
        return null;
    elsif touched = 1 and tg_op = 'UPDATE' then
        select ({old_placed}) is distinct from ({placed}) into moved from new_rows n cross join old_rows o;
        if not moved then
            {changed}
            return null;
        end if;
    end if;
"""
LEDGER = """
    if not exists (select from density_ledger) then
        return null;
    end if;
"""


def _placed(of: str) -> str:
    return ", ".join(f"{of}.{name}" for name in before.PLACED)


def _note() -> str:
    """The function of 0002 with the way for one request before it; without a ledger neither writes anything."""
    is_open, is_fresh = f"(not {CLOSED.format('n')})::int", f"{FRESH.format('n')}::int"
    one = ONE.format(
        inserted=NOTED.format(rows="new_rows n", added="1", opened=is_open, freshened=is_fresh).strip(),
        changed=NOTED.format(
            rows="new_rows n cross join old_rows o",
            added="0",
            opened=f"{is_open} - (not {CLOSED.format('o')})::int",
            freshened=f"{is_fresh} - {FRESH.format('o')}::int",
        ).strip(),
        placed=_placed("n"),
        old_placed=_placed("o"),
    )
    declared, counted = "    touched int := 0;\n", "    if tg_op = 'UPDATE' and touched > largest then\n"
    text = before._before().replace(LEDGER[1:], "")
    return text.replace(declared, f"{declared}    moved bool;\n").replace(counted, one[1:] + LEDGER[1:] + counted)


class Migration(migrations.Migration):
    dependencies = [("density", "0003_one_request")]

    operations = [
        migrations.RemoveIndex(model_name="change", name="density_change_place"),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["jurisdiction_id", "audience", "id"], name="density_change_turn"),
        ),
        migrations.RunSQL(MONTH.format(part="date_part", of=","), MONTH.format(part="extract", of=" from")),
        migrations.RunSQL(_note(), before._note()),
    ]
