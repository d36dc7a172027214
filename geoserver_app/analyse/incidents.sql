-- The incidents of one place, newest first, each with its reports. Follows placed.sql.
--
-- In:  %(kind)s, %(place)s  the place; %(limit)s
-- Out: ids of its reports in the set, the one that leads first
select array_agg(s.id order by s.id <> p.id, s.id) as reports
from placed p
join seen s on s.incident_id = p.incident_id
where p.kind = %(kind)s and p.place_id = %(place)s and p.leads
group by p.incident_id, p.id, p.requested_datetime
order by p.requested_datetime desc, p.id desc
limit %(limit)s
