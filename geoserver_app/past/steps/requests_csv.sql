-- Every request as a row that people can read: codes and names instead of ids, degrees, areas as "kind:code".
--
-- In:  %(jurisdiction)s  id
select r.service_request_id, r.source, r.external_id, r.incident_id as incident, s.code as service_code,
       s.name as service_name, r.channel, r.language, r.requested_datetime, r.received_at, r.state,
       case when r.state in ('closed', 'cancelled') then 'closed' else 'open' end as status, r.priority,
       d.code as department, r.expected_datetime, r.field_action_at, r.closed_at, r.resolution, r.status_notes,
       r.description, r.address_text as address, ST_X(r.geom) as lon, ST_Y(r.geom) as lat, r.place_method, r.accuracy_m,
       a.areas, r.is_public, r.public_address
from intake_servicerequest r
join catalog_service s on s.id = r.service_id
left join org_department d on d.id = r.department_id
left join (
    select ids.area_ids, string_agg(k.code || ':' || x.code, ' ' order by k.code, x.code) as areas
    from (select distinct area_ids from intake_servicerequest where jurisdiction_id = %(jurisdiction)s) ids
    join layers_area x on x.id = any(ids.area_ids) join layers_kind k on k.id = x.kind_id
    group by ids.area_ids
) a on a.area_ids = r.area_ids
where r.jurisdiction_id = %(jurisdiction)s
order by r.id
