"""Notes every change of requests in the queue, whoever makes it; ADR 0059 says why by triggers.

Statement triggers with transition tables: one note for each place, service and month that a statement touches. A
statement that changes more than 5,000 requests is not noted one by one: the cubes are counted anew after it.
"""

from django.db import migrations

# The columns of intake_servicerequest that decide where and as what a request is counted.
COUNTED = """{0}.jurisdiction_id, {0}.service_id, {0}.leads, {0}.requested_datetime, {0}.is_public,
          {0}.state in ('closed', 'cancelled'), {0}.closed_at, {0}.morton, {0}.public_morton, {0}.area_ids,
          {0}.public_area_ids"""

# A month as density/months.py numbers it; least and greatest keep a mistyped year from failing a request.
NOTE = """
create function density_month(at timestamptz, zone text) returns smallint
language sql immutable parallel safe as $$
    select (greatest(0, least(400, extract(year from at at time zone zone)::int - 1900)) * 12
            + extract(month from at at time zone zone)::int - 1)::smallint
$$;

create function density_note() returns trigger language plpgsql as $$
declare
    largest constant int := 5000;
    touched int := 0;
begin
    if not exists (select from density_ledger) then
        return null;
    end if;
    if tg_op = 'DELETE' then
        select count(*) into touched from (select from old_rows limit largest + 1) x;
    else
        select count(*) into touched from (select from new_rows limit largest + 1) x;
    end if;
    if tg_op = 'UPDATE' and touched > largest then
        select count(*) into touched from (
            select from old_rows o join new_rows n on n.id = o.id
            where ({old}) is distinct from ({new}) limit largest + 1) x;
    end if;
    if touched = 0 then
        return null;
    end if;
    if touched > largest then
        if tg_op = 'DELETE' then
            insert into density_missed (jurisdiction_id, at)
            select jurisdiction_id, now() from density_ledger
            where jurisdiction_id in (select jurisdiction_id from old_rows);
        else
            insert into density_missed (jurisdiction_id, at)
            select jurisdiction_id, now() from density_ledger
            where jurisdiction_id in (select jurisdiction_id from new_rows);
        end if;
    elsif tg_op = 'INSERT' then
        insert into density_change
            (jurisdiction_id, audience, leads, month, service, morton, area_ids, n, n_open, n_fresh)
        {sums} from ({added}) x {grouped};
    elsif tg_op = 'DELETE' then
        insert into density_change
            (jurisdiction_id, audience, leads, month, service, morton, area_ids, n, n_open, n_fresh)
        {sums} from ({taken}) x {grouped};
    else
        insert into density_change
            (jurisdiction_id, audience, leads, month, service, morton, area_ids, n, n_open, n_fresh)
        {sums} from ({taken} union all {added}) x {grouped};
    end if;
    return null;
end $$;

create trigger density_insert after insert on intake_servicerequest referencing new table as new_rows
    for each statement execute function density_note();
create trigger density_update after update on intake_servicerequest
    referencing old table as old_rows new table as new_rows for each statement execute function density_note();
create trigger density_delete after delete on intake_servicerequest referencing old table as old_rows
    for each statement execute function density_note();
"""

ROWS = """
    select r.jurisdiction_id, a.audience, r.leads, density_month(r.requested_datetime, j.time_zone) as month,
           r.service_id, a.morton, a.area_ids, {sign} as n,
           {sign} * (r.state not in ('closed', 'cancelled'))::int as n_open,
           {sign} * (r.state in ('closed', 'cancelled') and coalesce(r.closed_at >= l.fresh_from, false))::int
               as n_fresh
    from {rows} r
    join density_ledger l on l.jurisdiction_id = r.jurisdiction_id
    join layers_jurisdiction j on j.id = r.jurisdiction_id
    cross join lateral (values (0, r.public_morton, r.public_area_ids, r.is_public),
                               (1, r.morton, r.area_ids, true)) as a (audience, morton, area_ids, counts)
    where a.counts
"""
SUMS = """select jurisdiction_id, audience, leads, month, service_id, morton, area_ids, sum(n), sum(n_open), sum(n_fresh)"""
GROUPED = """group by 1, 2, 3, 4, 5, 6, 7 having sum(n) <> 0 or sum(n_open) <> 0 or sum(n_fresh) <> 0"""

# Which transaction wrote a note: a rebuild forgets those whose effect its snapshot of the table saw.
WRITTEN_BY = """
alter table density_change add column written_by xid8 not null default pg_current_xact_id();
alter table density_missed add column written_by xid8 not null default pg_current_xact_id();
"""
UNWRITTEN = """
alter table density_change drop column written_by;
alter table density_missed drop column written_by;
"""

# Rows of about a kilobyte: kept in the page and packed there, where the server was built with lz4.
STORAGE = """
alter table density_block alter column counts set storage main;
alter table density_block set (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05);
alter table density_dictionary alter column cells set storage main, alter column sets set storage main;
do $$ begin
    alter table density_block alter column counts set compression lz4;
    alter table density_dictionary alter column cells set compression lz4, alter column sets set compression lz4;
exception when feature_not_supported or invalid_parameter_value then null;
end $$;
"""

UNDO = """
drop trigger density_insert on intake_servicerequest;
drop trigger density_update on intake_servicerequest;
drop trigger density_delete on intake_servicerequest;
drop function density_note();
drop function density_month(timestamptz, text);
"""


def _note() -> str:
    return NOTE.format(
        old=COUNTED.format("o"),
        new=COUNTED.format("n"),
        sums=SUMS,
        grouped=GROUPED,
        added=ROWS.format(sign="1", rows="new_rows"),
        taken=ROWS.format(sign="-1", rows="old_rows"),
    )


class Migration(migrations.Migration):
    dependencies = [("density", "0001_initial"), ("intake", "0005_public_cell")]
    operations = [
        migrations.RunSQL(WRITTEN_BY, UNWRITTEN),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(_note(), UNDO),
    ]
