-- Takes the oldest changes of an audience out of the queue, added up by place, service and month.
--
-- In:  %(jurisdiction)s  id; %(audience)s; %(limit)s  how many at most
-- Out: leads, month, service, morton (-1: on no map), area_ids, n, n_open, n_fresh, taken
-- Index: density_change_pkey.
-- The last id to take is found first: joined to itself, a queue that was empty when statistics were taken last would be
-- read once for each of its rows.
with taken as (
    delete from density_change
    where jurisdiction_id = %(jurisdiction)s::bigint and audience = %(audience)s::smallint and id <= (
        select max(id) from (
            select id from density_change
            where jurisdiction_id = %(jurisdiction)s::bigint and audience = %(audience)s::smallint
            order by id limit %(limit)s::int) oldest)
    returning leads, month, service, coalesce(morton, -1) as morton, area_ids, n, n_open, n_fresh
)
select leads, month, service, morton, area_ids, sum(n)::int as n, sum(n_open)::int as n_open,
       sum(n_fresh)::int as n_fresh, count(*)::int as taken
from taken group by 1, 2, 3, 4, 5
