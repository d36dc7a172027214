-- What a turn moved of the requests that followed it: areas left and entered, desks before and after.
--
-- In:  %(turn)s  id; editions_turnrequest with what was before, intake_servicerequest as it is now
-- Out: one row for each request whose areas as filed, or whose desk, are others; degrees (EPSG:4326)
select r.service_request_id, c.name as service, r.state, r.requested_datetime, ST_X(r.geom) as lon, ST_Y(r.geom) as lat,
       a.gone, a.fresh,
       (b.before ->> 'department_id')::bigint as department_before, r.department_id as department_after,
       (b.before ->> 'post_id')::bigint as post_before, r.post_id as post_after
from editions_turnrequest t
join intake_servicerequest r on r.id = t.request_id
join catalog_service c on c.id = r.service_id
cross join lateral (select t.before -> 'row' as before) as b
cross join lateral (
    select array(select k.code || ':' || s.code
                 from jsonb_array_elements_text(b.before -> 'area_ids') as x (id)
                 join layers_area s on s.id = x.id::bigint join layers_kind k on k.id = s.kind_id
                 where s.id <> all(r.area_ids) order by 1) as gone,
           array(select k.code || ':' || s.code
                 from unnest(r.area_ids) as x (id)
                 join layers_area s on s.id = x.id join layers_kind k on k.id = s.kind_id
                 where not b.before -> 'area_ids' @> to_jsonb(s.id) order by 1) as fresh) as a
where t.turn_id = %(turn)s and t.before is not null
  and (cardinality(a.gone) + cardinality(a.fresh) > 0
       or (b.before ->> 'department_id')::bigint is distinct from r.department_id
       or (b.before ->> 'post_id')::bigint is distinct from r.post_id)
order by r.requested_datetime, r.id
