-- Incidents of sensitive services in a quarter, by area of one kind: each in one area, the first of those it was linked
-- to, as linking itself breaks ties. All areas that were in force in the quarter, those without any too; what lies in
-- none of them is not counted. In: kind, first_day, next_day (local days), since, until (moments), services,
-- jurisdiction. Uses request_filed (jurisdiction, requested_datetime) where the planner likes it: it runs once a quarter.
with standing as (
    select distinct on (a.id) a.id, a.priority, a.code, s.name, s.attributes
    from layers_areashape s
    join layers_area a on a.id = s.area_id
    join layers_edition e on e.kind_id = s.kind_id and s.editions @> e.seq
    where s.kind_id = %(kind)s and e.state = 'active' and e.in_force && daterange(%(first_day)s, %(next_day)s)
    order by a.id, e.seq desc
), found as (
    select (select o.id from standing o where o.id = any(r.area_ids) order by o.priority, o.code limit 1) as area_id
    from intake_servicerequest r
    where r.jurisdiction_id = %(jurisdiction)s and r.leads and r.service_id = any(%(services)s)
      and r.requested_datetime >= %(since)s and r.requested_datetime < %(until)s
)
select o.id, o.code, o.name, o.attributes, (select count(*) from found f where f.area_id = o.id)
from standing o
order by o.code
