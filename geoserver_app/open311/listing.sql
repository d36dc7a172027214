-- Requests of the public set as Open311 lists them, with the names and photos that go with them.
--
-- In:  where and order: fixed pieces of SQL over r, chosen by narrowing.py; their values are parameters
--      distance: metres from a place that was asked for, or null
--      limit and offset of the page
-- Out: one row a request; ids of service, department, agency; area codes as [[kind, code], ...]; zip code; photos
-- Read as published_reader. Index: request_by_time, request_number_once or request_by_update of the table below.
with page as (
    select r.*, {distance} as distance_m
    from published.service_request r
    where {where}
    order by {order}
    limit %(limit)s offset %(offset)s
)
select r.id, r.service_request_id, r.service_id, r.state, r.status, r.status_notes, r.description, r.department_id,
       r.agency_id, r.requested_datetime, r.updated_datetime, r.touched_datetime, r.expected_datetime, r.address,
       postgis.ST_X(r.geom) as lon, postgis.ST_Y(r.geom) as lat, r.distance_m,
       (select jsonb_agg(jsonb_build_array(c.kind, c.code) order by c.kind, c.code)
        from published.area_code c where c.id = any(r.area_ids)) as areas,
       (select jsonb_agg(jsonb_build_array(p.file, p.url) order by p.file nulls last, p.id)
        from published.photo p where p.request_id = r.id) as photos
from page r
order by {order}
