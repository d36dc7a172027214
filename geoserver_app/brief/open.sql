-- What is open in an area of the public set, incidents, the oldest first.
-- In: %(jurisdiction)s, %(area)s (id), %(limit)s. Index: request_open_public_areas.
-- Out: number, service, when, address, longitude and latitude (null: on no map)
select r.service_request_id, r.service_id, r.requested_datetime, r.address, postgis.st_x(r.geom), postgis.st_y(r.geom)
from published.counted r
where r.jurisdiction_id = %(jurisdiction)s::bigint and r.is_open and r.leads and r.area_ids @> array[%(area)s::bigint]
order by r.requested_datetime, r.id
limit %(limit)s::int
