-- Requests of which the old system gave another area than ours, for a map.
--
-- In:  past_origin, intake_servicerequest; %(jurisdiction)s; %(source)s; %(limit)s
-- Out: rows (service_request_id, external_id, address, lon, lat, kind, theirs, ours)
with called as materialized (
    select distinct k.code as kind, a.id as area_id, x.name, word.folded
    from layers_kind k join layers_area a on a.kind_id = k.id
    left join layers_areashape x on x.area_id = a.id
    cross join lateral (values (a.code), (x.name)) as name (text)
    cross join lateral (select ltrim(regexp_replace(upper(name.text), '[^[:alnum:]]+', '', 'g'), '0') as folded) as word
    where k.jurisdiction_id = %(jurisdiction)s
), said as materialized (
    select r.id, r.service_request_id, r.external_id, r.address_text, r.geom, r.area_ids, e.key as kind, e.value as theirs
    from intake_servicerequest r
    join past_origin o on o.request_id = r.id
    cross join lateral jsonb_each_text(o.areas) as e
    join layers_kind k on k.jurisdiction_id = r.jurisdiction_id and k.code = e.key
    where r.jurisdiction_id = %(jurisdiction)s and r.source = %(source)s and r.geom is not null
), word as (
    -- Each word is folded once, not once for each request that has it.
    select kind, theirs, ltrim(regexp_replace(upper(theirs), '[^[:alnum:]]+', '', 'g'), '0') as folded
    from (select distinct kind, theirs from said) as one
), meant as materialized (
    select w.kind, w.theirs, coalesce(array_agg(c.area_id) filter (where c.area_id is not null), '{}') as ids
    from word w left join called c on c.kind = w.kind and c.folded = w.folded
    group by 1, 2
), differing as materialized (
    select s.* from said s join meant m on m.kind = s.kind and m.theirs = s.theirs
    where not s.area_ids && m.ids
    order by s.kind, s.id
    limit %(limit)s
)
select d.service_request_id, d.external_id, d.address_text, ST_X(d.geom), ST_Y(d.geom), d.kind, d.theirs,
       coalesce((select min(c.name) from called c where c.kind = d.kind and c.area_id = any(d.area_ids)), '')
from differing d
order by d.kind, d.id
