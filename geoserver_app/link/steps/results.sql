-- What flow writes into each request of a batch, and what routing asks about.
--
-- In:  link_batch and everything found; %(coarse)s  kinds whose areas may be named without a place
-- Out: link_known   one row for each place: all that is the same for every request there
--      link_public  place and policy: what everybody may see of such a request
--      link_means, link_tapped  what the answers and the tapped asset of a request say, where they say anything
--      link_result  (view) one row for each request of the batch; it is put together when flow writes it down
create temporary table link_means on commit drop as
select distinct on (b.request_id) b.request_id, v.value ->> 'means' as means
from catalog_serviceattribute a
cross join lateral jsonb_array_elements(a.values) with ordinality as v (value, n)
join link_batch b on b.service_id = a.service_id and b.answers is not null
                 and (b.answers -> a.code) ? (v.value ->> 'key')
where a.variable and v.value ->> 'means' <> ''
order by b.request_id, a.position, a.code, v.n;

create temporary table link_tapped on commit drop as
select b.request_id, k.code as kind, s.owner_class as owner
from link_batch b
join layers_asset i on i.id = b.asset_id
join layers_kind k on k.id = i.kind_id
join link_visit v on v.request_id = b.request_id
join link_place p on p.place = v.place
left join link_edition e on e.era = p.era and e.kind_id = i.kind_id
cross join lateral (
    select s.owner_class from layers_assetshape s where s.asset_id = i.id
    order by s.editions @> e.seq desc nulls last, s.id desc limit 1) s;

create temporary table link_known on commit drop as
select p.place, p.reach, s.inside, coalesce(a.area_ids, '{{}}') as area_ids, o.parcel_id, t.centerline_id,
       n.place is not null as near_border, coalesce(g.lies, 0) as lies, coalesce(g.doubt, 0) as doubt, g.line_m,
       coalesce(h.owner_class, '') as owner_class, coalesce(h.land_use, '') as land_use,
       coalesce(t.block, '') as block, h.situs_address as situs, s.point
from link_place p
join link_spot s on s.spot = p.spot
left join link_areas a on a.place = p.place
left join link_ground g on g.place = p.place
left join link_lot o on o.place = p.place
left join layers_parcelshape h on h.id = o.shape_id
left join (select t.place, x.centerline_id, {block} as block
           from link_street t join layers_centerlineshape x on x.id = t.shape_id
           cross join lateral (select least(
               nullif(x.from_address_left, 0), nullif(x.to_address_left, 0),
               nullif(x.from_address_right, 0), nullif(x.to_address_right, 0)) as number) as lowest
          ) as t on t.place = p.place
left join (select distinct place from link_exceptional where method in ('edge', 'near_border')) as n on n.place = p.place
where not p.seen;

analyze link_known (place), link_means, link_tapped;

create temporary table link_public on commit drop as
select w.place, w.privacy,
       case w.privacy when 'exact' then k.point when 'area_only' then null else d.point end as geom,
       case w.privacy when 'exact' then coalesce(nullif(k.situs, ''), k.block)
                      when 'block_face' then k.block else '' end as address,
       case w.privacy when 'exact' then k.area_ids
                      when 'area_only' then array(
                          select a.id from unnest(k.area_ids) as own (area_id) join layers_area a on a.id = own.area_id
                          join layers_kind i on i.id = a.kind_id and i.code = any(%(coarse)s::text[]) order by 1)
                      else coalesce(sa.area_ids, '{{}}') end as area_ids
from link_shown w
join link_known k on k.place = w.place
left join link_seen d on d.place = w.place and d.privacy = w.privacy
left join link_areas sa on sa.place = d.seen_place;

analyze link_public (place, privacy);

create temporary view link_result as
select b.request_id, j.epoch, v.place, coalesce(k.area_ids, '{{}}') as area_ids, k.parcel_id, k.centerline_id,
       coalesce(k.near_border, false) as near_border, coalesce(k.inside, false) as inside, coalesce(k.lies, 0) as lies,
       coalesce(k.doubt, 0) as doubt, coalesce(k.reach, 0) as reach, k.line_m, coalesce(w.kind, '') as asset_kind,
       coalesce(w.owner, '') as asset_owner, coalesce(m.means, '') as means, coalesce(k.owner_class, '') as owner_class,
       coalesce(k.land_use, '') as land_use, c.is_public, s.geom as public_geom,
       case when c.privacy = 'exact' and b.place_method = 'address' and s.place is not null
            then coalesce(nullif(b.located_address, ''), s.address) else coalesce(s.address, '') end as public_address,
       coalesce(s.area_ids, '{{}}') as public_area_ids,
       case when c.is_public and c.text_publication = 'at_once' then {masked} else '' end as public_description
from link_batch b
join layers_jurisdiction j on j.id = b.jurisdiction_id
join (select *, publication = 'public' and not sensitive and privacy <> 'hidden' as is_public
      from catalog_service) as c on c.id = b.service_id
left join link_visit v on v.request_id = b.request_id
left join link_known k on k.place = v.place
left join link_public s on s.place = v.place and s.privacy = c.privacy and c.is_public
left join link_means m on m.request_id = b.request_id
left join link_tapped w on w.request_id = b.request_id;
