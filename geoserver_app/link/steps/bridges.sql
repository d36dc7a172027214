-- Kinds that divide the city and leave a place out: counted to the nearest area within the kind's distance, or a gap.
--
-- In:  link_spot, link_place, link_edition, link_areas
-- Out: link_bridge  place, kind, area (null: a gap), metres; the areas are added to link_areas
-- Indexes: area_border_in_force, area_border_past.
create temporary table link_bridge on commit drop as
select p.place, e.kind_id, a.area_id, b.metres
from link_place p
join link_spot s on s.spot = p.spot and s.inside
join link_edition e on e.era = p.era and e.feature_class = 'area' and e.gap_m > 0 and e.ground = 0
left join link_areas l on l.place = p.place
left join lateral (
    select x.shape_id, x.metres
    from (select b.shape_id, b.line <-> s.plane as metres from layers_areaborder b
          where b.in_force and b.kind_id = e.kind_id and ST_DWithin(b.line, s.plane, e.gap_m)
          union all
          select b.shape_id, b.line <-> s.plane from layers_areaborder b
          where not b.in_force and not e.plain and b.kind_id = e.kind_id and ST_DWithin(b.line, s.plane, e.gap_m)) x
    join layers_areashape a on a.id = x.shape_id and a.editions @> e.seq
    order by x.metres, x.shape_id limit 1) b on true
left join layers_areashape a on a.id = b.shape_id
where not p.seen
  and (l.bits is null or l.bits & e.bit = 0
       or e.bit = 1::bigint << 62
          and not exists (select from {cover} c where c.place = p.place and c.kind_id = e.kind_id));

insert into link_areas
select b.place, '{{}}'::bigint[], 0, 0, false from link_bridge b
where b.area_id is not null and not exists (select from link_areas l where l.place = b.place)
group by b.place;

update link_areas l set area_ids = counted.area_ids
from (select place, array_agg(distinct area_id) as area_ids
      from (select place, area_id from link_bridge where area_id is not null
            union all
            select l.place, own.area_id from link_areas l cross join unnest(l.area_ids) as own (area_id)
            where l.place in (select place from link_bridge where area_id is not null)) as both_ways
      group by place) as counted
where l.place = counted.place;

analyze link_bridge;
