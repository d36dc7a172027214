-- One request, locked until the transaction ends, with its reporter and the versions of its service and jurisdiction.
--
-- In:  %(request)s  id of the request; columns are those of its row, the versions those of catalog/standing.py and
--      org/standing.py
-- Out: one row, or none; has_followers: whether it leads other reports of its incident
select {columns}, exists (
           select from intake_servicerequest f where f.incident_id = r.incident_id and not f.leads and r.leads
       ) as has_followers,
       {service_version} as service_version, {jurisdiction_version} as jurisdiction_version,
       p.id as reporter_id, p.name as reporter_name, p.email as reporter_email, p.phone as reporter_phone,
       p.postal_address as reporter_postal_address, p.tell_by as reporter_tell_by, p.language as reporter_language
from intake_servicerequest r
join catalog_service s on s.id = r.service_id
join catalog_servicegroup g on g.id = s.group_id
join layers_jurisdiction j on j.id = r.jurisdiction_id
left join org_cityhall h on h.jurisdiction_id = j.id
left join intake_reporter p on p.request_id = r.id
where r.id = %(request)s::bigint
for update of r
