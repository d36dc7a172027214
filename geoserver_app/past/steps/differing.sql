-- Requests of which the old system gave another area than ours, for a map.
--
-- In:  past_origin, intake_servicerequest; %(jurisdiction)s; %(source)s; %(limit)s
-- Out: rows (service_request_id, external_id, address, lon, lat, kind, theirs, ours)
with called as (
    select distinct k.code as kind, a.id as area_id, a.code, x.name, word.folded
    from layers_kind k join layers_area a on a.kind_id = k.id
    left join layers_areashape x on x.area_id = a.id
    cross join lateral (values (a.code), (x.name)) as name (text)
    cross join lateral (select ltrim(regexp_replace(upper(name.text), '[^[:alnum:]]+', '', 'g'), '0') as folded) as word
    where k.jurisdiction_id = %(jurisdiction)s
)
select r.service_request_id, r.external_id, r.address_text, ST_X(r.geom), ST_Y(r.geom), e.key, e.value,
       coalesce((select min(c.name) from called c where c.kind = e.key and c.area_id = any(r.area_ids)), '')
from intake_servicerequest r
join past_origin o on o.request_id = r.id
cross join lateral jsonb_each_text(o.areas) as e
where r.jurisdiction_id = %(jurisdiction)s and r.source = %(source)s and r.geom is not null
  and exists (select from layers_kind k where k.jurisdiction_id = r.jurisdiction_id and k.code = e.key)
  and not exists (
      select from called c
      where c.kind = e.key and c.area_id = any(r.area_ids)
        and c.folded = ltrim(regexp_replace(upper(e.value), '[^[:alnum:]]+', '', 'g'), '0'))
order by e.key, r.id
limit %(limit)s
