-- Borders that are near: of districts up to their kind's distance, of kinds of ground within the reach of a place.
--
-- In:  link_spot, link_place, link_edition, link_kind
-- Out: link_near  place, kind, shape, area, metres to the border (along the metric plane): districts
--      link_line  place, bits of the kinds of ground whose line is within its reach, owners of the rights-of-way of them
-- Long stretches of districts are broken up first: the boxes of short ones are small, so that few places are measured
-- in vain; the metres kept are those to the stretch as it stands in layers_areaborder.
create temporary table link_stretch on commit drop as
select b.id, k.near_border_m + 0.001 as within_m, ST_Subdivide(ST_Segmentize(b.line, 40), 6) as line
from layers_areaborder b join link_kind k on k.kind_id = b.kind_id
where k.ground = 0 and k.near_border_m > 0 and (b.in_force or not k.plain) and {borders_concerned};

create temporary table link_line_of on commit drop as
select k.kind_id, k.ground, b.line, case when not k.plain then a.editions end as editions,
       k.ground = {row} and a.attributes ->> 'owner' ilike 'state%%' as state,
       k.ground = {row} and a.attributes ->> 'owner' <> '' and a.attributes ->> 'owner' not ilike 'state%%' as other
from layers_areaborder b
join link_kind k on k.kind_id = b.kind_id
join layers_areashape a on a.id = b.shape_id
where k.ground <> 0 and (b.in_force or not k.plain) and {any_reach} and {borders_concerned};

create index on link_stretch using gist (line);
create index on link_line_of using gist (line);
analyze link_stretch (id, within_m), link_line_of (kind_id, ground);

create temporary table link_near on commit drop as
select p.place, b.kind_id, b.shape_id, a.area_id, min(b.metres) as metres
from (select s.spot, b.kind_id, b.shape_id, ST_Distance(b.line, s.plane) as metres
      from (select distinct s.spot, x.id from {stretches}) as pair
      join link_spot s on s.spot = pair.spot
      join layers_areaborder b on b.id = pair.id) as b
join link_place p on p.spot = b.spot
join link_edition e on e.era = p.era and e.kind_id = b.kind_id and b.metres <= e.near_border_m
join layers_areashape a on a.id = b.shape_id and (e.plain or a.editions @> e.seq)
where not p.seen
group by 1, 2, 3, 4;

create temporary table link_line on commit drop as
select p.place, bit_or(x.ground) as bits, bool_or(x.state) as state, bool_or(x.other) as other
from (select s.spot, x.kind_id, x.ground, x.state, x.other, x.editions, ST_Distance(x.line, s.plane) as metres
      from {lines} offset 0) as x
join link_place p on p.spot = x.spot and p.reach > 0 and x.metres <= p.reach
join link_edition e on e.era = p.era and e.kind_id = x.kind_id
where not p.seen and (e.plain or x.editions @> e.seq)
group by p.place;

create index on link_near (place);
create index on link_line (place);
analyze link_near, link_line;
