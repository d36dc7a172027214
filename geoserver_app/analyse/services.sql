-- What the incidents of some places are about, the most frequent service first. Follows placed.sql.
--
-- In:  %(names)s, %(ids)s  kinds and ids of the places, side by side
-- Out: kind, place_id, service_id, incidents
select p.kind, p.place_id, p.service_id, count(*) as incidents
from placed p
join unnest(%(names)s::text[], %(ids)s::bigint[]) as w(kind, place_id) on w.kind = p.kind and w.place_id = p.place_id
where p.leads
group by p.kind, p.place_id, p.service_id
order by incidents desc, p.service_id
