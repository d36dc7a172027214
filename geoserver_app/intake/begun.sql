-- What a report needs before its own row: its number and its incident; or the request that it became already.
--
-- In:  %(jurisdiction)s  id of the jurisdiction
--      %(key)s           idempotency key, or null: a sending that is there already takes no number and no incident
--      %(incident)s      id of the incident that it is one more report of, or null
--      %(at)s            the moment; its year is the jurisdiction's local one
-- Out: one row: earlier (id of the request), year, running, incident
-- Index: request_idempotency_key_once.
with earlier as materialized (
    select id from intake_servicerequest
    where jurisdiction_id = %(jurisdiction)s::bigint and idempotency_key = %(key)s::text
), number as (
    insert into intake_runningnumber (jurisdiction_id, year, last)
    select j.id, extract(year from %(at)s::timestamptz at time zone j.time_zone), 1
    from layers_jurisdiction j
    where j.id = %(jurisdiction)s::bigint and not exists (select from earlier)
    on conflict (jurisdiction_id, year) do update set last = intake_runningnumber.last + 1
    returning year, last
), incident as (
    insert into intake_incident (jurisdiction_id, created_at)
    select %(jurisdiction)s::bigint, %(at)s::timestamptz
    where %(incident)s::bigint is null and not exists (select from earlier)
    returning id
)
select (select id from earlier) as earlier, n.year, n.last as running,
       coalesce(%(incident)s::bigint, (select id from incident)) as incident
from (select) as once left join number n on true
