-- Borders that are near: of districts up to their kind's distance, of kinds of ground within the reach of a place.
--
-- In:  link_spot, link_place, link_edition
-- Out: link_near  place, kind, shape, area, metres to the border (along the metric plane), ground bit
-- Long stretches are broken up first: the boxes of short ones are small, so that few places are measured in vain; the
-- metres kept are those to the stretch as it stands in layers_areaborder.
create temporary table link_stretch on commit drop as
select b.id, b.kind_id, b.shape_id, (ST_DumpSegments(ST_Segmentize(b.line, 60))).geom as line,
       k.within_m + 0.001 as within_m, k.ground
from layers_areaborder b
join (select kind_id, bool_and(plain) as plain, max(ground) as ground,
             case when max(ground) = 0 then max(near_border_m) else (select max(reach) from link_spot) end as within_m
      from link_edition where feature_class = 'area' group by kind_id) as k on k.kind_id = b.kind_id
where (b.in_force or not k.plain) and k.within_m > 0 and {borders_concerned};

create index on link_stretch using gist (line);
analyze link_stretch;

create temporary table link_near on commit drop as
select p.place, b.kind_id, b.shape_id, a.area_id, min(b.metres) as metres, e.ground
from (select distinct s.spot, b.id, b.kind_id, b.shape_id, ST_Distance(b.line, s.plane) as metres
      from (select distinct s.spot, x.id
            from {stretches}
            where x.ground = 0 or s.reach > 0) as pair
      join link_spot s on s.spot = pair.spot
      join layers_areaborder b on b.id = pair.id) as b
join link_place p on p.spot = b.spot and not p.seen
join link_edition e on e.era = p.era and e.kind_id = b.kind_id
join layers_areashape a on a.id = b.shape_id and (e.plain or a.editions @> e.seq)
where b.metres <= case when e.ground = 0 then e.near_border_m else p.reach end and (e.ground = 0 or p.reach > 0)
group by 1, 2, 3, 4, 6;

create index on link_near (place);
analyze link_near;
