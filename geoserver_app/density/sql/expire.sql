-- Queues the closings that are not of late any more. They are locked: whoever is just changing one of them either is
-- seen here as changed, or sees the new day.
--
-- In:  %(jurisdiction)s  id; %(before)s, %(after)s  the moment since which a closing was of late, and is from now on
-- Out: rows in density_change
-- Index: request_by_closing.
with old as materialized (
    select q.* from intake_servicerequest q
    where q.jurisdiction_id = %(jurisdiction)s and q.state in ('closed', 'cancelled')
      and q.closed_at >= %(before)s and q.closed_at < %(after)s
    for no key update
)
insert into density_change (jurisdiction_id, audience, leads, month, service, morton, area_ids, n, n_open, n_fresh)
select r.jurisdiction_id, a.audience, r.leads, density_month(r.requested_datetime, j.time_zone), r.service_id, a.morton,
       a.area_ids, 0, 0, -count(*)
from old r
join layers_jurisdiction j on j.id = r.jurisdiction_id
cross join lateral (values (0, r.public_morton, r.public_area_ids, r.is_public),
                           (1, r.morton, r.area_ids, true)) as a (audience, morton, area_ids, counts)
where a.counts
group by 1, 2, 3, 4, 5, 6, 7
