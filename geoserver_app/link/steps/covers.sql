-- The areas that cover each place, and those of them that it counts to.
--
-- In:  link_spot, link_place, link_edition
-- Out: link_cover  place, kind, area, shape (a point on a cut of a subdivided polygon has its row twice)
--      link_areas  place, its areas sorted, the bits of kinds that cover it, bits of the ground
--      link_among  place, kind, chosen area: where several areas cover a place of which its kind allows one
-- Indexes: area_piece_in_force driven by pieces or the index on link_spot.point driven by pieces, whichever side is
-- the smaller one (bulk.py decides).
create temporary table link_cover (place int, kind_id bigint, area_id bigint, shape_id bigint) on commit drop;

insert into link_cover
select p.place, x.kind_id, x.area_id, x.shape_id
from {plain_pieces}
join link_place p on p.spot = s.spot
join link_edition e on e.era = p.era and e.kind_id = x.kind_id;

insert into link_cover
select p.place, x.kind_id, x.area_id, x.shape_id
from {other_pieces}
join link_place p on p.spot = s.spot
join link_edition e on e.era = p.era and e.kind_id = x.kind_id
join layers_areashape a on a.id = x.shape_id and a.editions @> e.seq;

create temporary table link_areas on commit drop as
select c.place, array_agg(distinct c.area_id) as area_ids, bit_or(e.bit) as bits, bit_or(e.ground) as ground,
       count(*) filter (where e.one) <> bit_count(bit_or(e.bit) filter (where e.one)::bit(64)) as several
from link_cover c
join link_place p on p.place = c.place
join link_edition e on e.era = p.era and e.kind_id = c.kind_id
group by c.place;

create temporary table link_among on commit drop as
select distinct on (c.place, c.kind_id) c.place, c.kind_id, c.area_id
from link_areas l
join link_cover c on c.place = l.place
join link_place p on p.place = c.place
join link_edition e on e.era = p.era and e.kind_id = c.kind_id and e.one
join layers_area a on a.id = c.area_id
where l.several
order by c.place, c.kind_id, a.priority, a.code, c.area_id;

delete from link_among m
where not exists (select from link_cover c where c.place = m.place and c.kind_id = m.kind_id and c.area_id <> m.area_id);

update link_areas l set area_ids = array(
    select distinct c.area_id from link_cover c
    left join link_among m on m.place = c.place and m.kind_id = c.kind_id
    where c.place = l.place and (m.area_id is null or m.area_id = c.area_id) order by 1)
where several;

create index on link_areas (place);
analyze link_cover, link_areas, link_among;
