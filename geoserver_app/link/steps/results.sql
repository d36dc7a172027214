-- What flow writes into each request of a batch, and what routing asks about.
--
-- In:  link_batch and everything found; %(coarse)s  kinds whose areas may be named without a place
-- Out: link_result  one row for each request of the batch
create temporary table link_means on commit drop as
select distinct on (b.request_id) b.request_id, v.value ->> 'means' as means
from catalog_serviceattribute a
cross join lateral jsonb_array_elements(a.values) with ordinality as v (value, n)
join link_batch b on b.service_id = a.service_id and (b.answers -> a.code) ? (v.value ->> 'key')
where a.variable and v.value ->> 'means' <> ''
order by b.request_id, a.position, a.code, v.n;

create temporary table link_tapped on commit drop as
select b.request_id, k.code as kind, s.owner_class as owner
from link_batch b
join layers_asset i on i.id = b.asset_id
join layers_kind k on k.id = i.kind_id
left join link_visit v on v.request_id = b.request_id
left join link_edition e on e.era = v.era and e.kind_id = i.kind_id
cross join lateral (
    select s.owner_class from layers_assetshape s where s.asset_id = i.id
    order by s.editions @> e.seq desc nulls last, s.id desc limit 1) s
where v.request_id is not null;

create temporary table link_coarse on commit drop as
select l.place, array(
    select a.id from unnest(l.area_ids) as own (area_id) join layers_area a on a.id = own.area_id
    join layers_kind k on k.id = a.kind_id and k.code = any(%(coarse)s::text[]) order by 1) as area_ids
from (select distinct v.place from link_visit v join link_batch b on b.request_id = v.request_id
      join catalog_service c on c.id = b.service_id and c.privacy = 'area_only') as wanted
join link_areas l on l.place = wanted.place;

create index on link_means (request_id);
create index on link_tapped (request_id);
create index on link_coarse (place);
analyze link_means, link_tapped;

create temporary table link_result on commit drop as
select f.request_id, f.epoch, f.place, f.area_ids, f.parcel_id, f.centerline_id, f.near_border, f.inside,
       f.lies, f.doubt, f.reach, f.line_m, f.asset_kind, f.asset_owner, f.means, f.owner_class, f.land_use,
       f.is_public,
       case when not f.is_public then null
            when f.grade = 'exact' then f.point
            when f.grade in ('block_face', 'cell') then f.seen_point end as public_geom,
       case when not f.is_public then ''
            when f.grade = 'exact' then coalesce(nullif(f.located, ''), nullif(f.situs, ''), f.block)
            when f.grade = 'block_face' then f.block else '' end as public_address,
       case when not f.is_public then '{{}}'
            when f.grade = 'exact' then f.area_ids
            when f.grade in ('block_face', 'cell') then coalesce(f.seen_area_ids, '{{}}')
            else coalesce(f.coarse_area_ids, '{{}}') end as public_area_ids,
       case when f.is_public and f.text_at_once then {masked} else '' end as public_description
from (
    select b.request_id, b.description, j.epoch, v.place, coalesce(a.area_ids, '{{}}') as area_ids,
           o.parcel_id, t.centerline_id, coalesce(n.near, false) as near_border, coalesce(s.inside, false) as inside,
           coalesce(g.lies, 0) as lies, coalesce(g.doubt, 0) as doubt, coalesce(p.reach, 0) as reach, g.line_m,
           coalesce(w.kind, '') as asset_kind, coalesce(w.owner, '') as asset_owner, coalesce(m.means, '') as means,
           coalesce(h.owner_class, '') as owner_class, coalesce(h.land_use, '') as land_use,
           c.publication = 'public' and not c.sensitive and c.privacy <> 'hidden' as is_public,
           c.text_publication = 'at_once' as text_at_once, s.point,
           case when v.place is null then 'area_only'
                when c.privacy = 'block_face' and coalesce(t.block, '') = '' then 'cell'
                else c.privacy end as grade,
           case when b.place_method = 'address' then b.located_address else '' end as located,
           h.situs_address as situs, coalesce(t.block, '') as block, d.point as seen_point,
           sa.area_ids as seen_area_ids, z.area_ids as coarse_area_ids
    from link_batch b
    join layers_jurisdiction j on j.id = b.jurisdiction_id
    join catalog_service c on c.id = b.service_id
    left join link_visit v on v.request_id = b.request_id
    left join link_place p on p.place = v.place
    left join link_spot s on s.spot = p.spot
    left join link_areas a on a.place = v.place
    left join link_ground g on g.place = v.place
    left join link_lot o on o.place = v.place
    left join layers_parcelshape h on h.id = o.shape_id
    left join (select t.place, x.centerline_id, {block} as block
               from link_street t join layers_centerlineshape x on x.id = t.shape_id
               cross join lateral (select least(
                   nullif(x.from_address_left, 0), nullif(x.to_address_left, 0),
                   nullif(x.from_address_right, 0), nullif(x.to_address_right, 0)) as number) as lowest
              ) as t on t.place = v.place
    left join (select place, bool_or(method in ('edge', 'near_border')) as near
               from link_exceptional group by place) as n on n.place = v.place
    left join link_means m on m.request_id = b.request_id
    left join link_tapped w on w.request_id = b.request_id
    left join link_seen d on d.request_id = b.request_id
    left join link_areas sa on sa.place = d.place
    left join link_coarse z on z.place = v.place
) as f;

create index on link_result (request_id);
analyze link_result (request_id, place);
