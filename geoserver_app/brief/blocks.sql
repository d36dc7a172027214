-- Blocks of streets of an area where several incidents happened whose house is not shown, by the published address.
-- In: %(jurisdiction)s, %(area)s (id), %(since)s (a moment), %(services)s (ids), %(least)s, %(limit)s
-- Out: address, incidents, open ones, when the last one was reported, longitude and latitude
select r.address, count(*), count(*) filter (where r.is_open), max(r.requested_datetime),
       min(postgis.st_x(r.geom)), min(postgis.st_y(r.geom))
from published.counted r
where r.jurisdiction_id = %(jurisdiction)s::bigint and r.requested_datetime >= %(since)s::timestamptz and r.leads
  and r.area_ids @> array[%(area)s::bigint] and r.service_id = any(%(services)s::bigint[])
  and not r.is_exact and r.address <> '' and (r.is_open or r.is_done)
group by r.address
having count(*) >= %(least)s::int
order by 2 desc, 4 desc, 1
limit %(limit)s::int
