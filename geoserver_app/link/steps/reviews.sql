-- What a person must look at: the doubts of one.py for many requests.
--
-- In:  link_batch, link_visit, link_place, link_spot, link_bridge, link_hit, link_other
--      %(far_m)s  metres between pin and address from which they are two places; %(contact)s  attributes to show
-- Out: link_review  request, reason, detail
create temporary table link_neighbor on commit drop as
select distinct on (o.place) o.place, (
    select jsonb_object_agg(key, value) from jsonb_each(jsonb_build_object('name', s.name) || s.attributes)
    where key = any(%(contact)s::text[]) and value not in ('""', 'null')) as contact
from link_place p
join link_spot t on t.spot = p.spot and not t.inside
cross join lateral (
    select p.place, kind_id, area_id, shape_id from link_hit h where h.spot = p.spot
    union all select place, kind_id, area_id, shape_id from link_other x where x.place = p.place) o
join layers_kind k on k.id = o.kind_id and k.code = 'municipality'
join layers_areashape s on s.id = o.shape_id
join layers_area a on a.id = o.area_id
where not p.seen
order by o.place, a.priority, a.code;

create temporary table link_review on commit drop as
select b.request_id, 'no_place' as reason, jsonb_build_object('address', b.address_text) as detail
from link_batch b
join catalog_service c on c.id = b.service_id and c.location <> 'none'
where b.lon is null or b.lat is null
union all
select v.request_id, 'outside', jsonb_build_object('municipality', coalesce(n.contact, '{{}}'))
from link_visit v
join link_place p on p.place = v.place
join link_spot s on s.spot = p.spot and not s.inside
left join link_neighbor n on n.place = v.place
union all
select v.request_id, 'in_gap', jsonb_build_object('kind', k.code)
from link_bridge g
join layers_kind k on k.id = g.kind_id
join link_visit v on v.place = g.place
join link_batch b on b.request_id = v.request_id
join catalog_service c on c.id = b.service_id and c.deciding_kind = k.code
where g.area_id is null
union all
select b.request_id, 'address_far_from_pin',
       jsonb_build_object('metres', floor(f.metres + 0.5)::int, 'address', b.located_address,
                          'lon', b.located_lon, 'lat', b.located_lat)
from link_batch b
join link_visit v on v.request_id = b.request_id
join link_place p on p.place = v.place
join link_spot s on s.spot = p.spot
cross join lateral (select ST_Distance(s.plane, {plane_located}) as metres) f
where b.located_lon is not null and f.metres > %(far_m)s::float8;

analyze link_review;
