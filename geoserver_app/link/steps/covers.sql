-- The areas that cover each place, and those of them that it counts to.
--
-- In:  link_spot, link_place, link_edition, link_kind
-- Out: link_hit    spot, kind, area, shape: kinds whose edition is the same for the whole batch
--      link_other  place, kind, area, shape: the other kinds (both have a row twice for a point on a cut of a polygon)
--      link_areas  place, its areas sorted, the bits of kinds that cover it, bits of the ground
--      link_crowd  every cover of the places that a kind covers more than once
--      link_among  place, kind, chosen area: where several areas cover a place of which its kind allows one
-- Indexes: area_piece_in_force and area_piece_past, or the index on link_spot.point: whichever side is the smaller one
-- looks for the other (bulk.py decides).
create temporary table link_hit on commit drop as
select s.spot, x.kind_id, x.area_id, x.shape_id, x.bit, x.ground from {plain_pieces};

create temporary table link_other on commit drop as
select p.place, x.kind_id, x.area_id, x.shape_id, x.bit, x.ground
from {other_pieces}
join link_place p on p.spot = s.spot
join link_edition e on e.era = p.era and e.kind_id = x.kind_id
join layers_areashape a on a.id = x.shape_id and a.editions @> e.seq;

create index on link_hit (spot);
create index on link_other (place);
analyze link_hit, link_other;

-- A place that each kind covers once needs no second look: then there are as many rows as bits.
create temporary table link_spot_areas on commit drop as
select spot, array_agg(area_id) as area_ids, bit_or(bit) as bits, bit_or(ground) as ground, count(*) as hits
from (select * from link_hit order by spot, area_id) as sorted group by spot;

create temporary table link_other_areas on commit drop as
select place, array_agg(area_id) as area_ids, bit_or(bit) as bits, bit_or(ground) as ground, count(*) as hits
from (select * from link_other order by place, area_id) as sorted group by place;

analyze link_spot_areas (spot), link_other_areas (place);

-- What is the same for the whole batch was put together once for each spot; only the kinds that changed are added here.
create temporary table link_areas on commit drop as
select p.place,
       case when o.place is null then h.area_ids
            when h.spot is null then o.area_ids
            else array(select unnest(h.area_ids || o.area_ids) order by 1) end as area_ids,
       b.bits, coalesce(h.ground, 0) | coalesce(o.ground, 0) as ground,
       coalesce(h.hits, 0) + coalesce(o.hits, 0) <> bit_count(b.bits::bit(64)) as several
from link_place p
left join link_spot_areas h on h.spot = p.spot
left join link_other_areas o on o.place = p.place
cross join lateral (select coalesce(h.bits, 0) | coalesce(o.bits, 0) as bits) as b
where h.spot is not null or o.place is not null;

analyze link_areas (place, several);

create temporary table link_crowd on commit drop as
select distinct l.place, c.kind_id, c.area_id
from link_areas l
join link_place p on p.place = l.place
cross join lateral (
    select kind_id, area_id from link_hit h where h.spot = p.spot
    union all select kind_id, area_id from link_other o where o.place = p.place) c
where l.several;

analyze link_crowd;

create temporary table link_among on commit drop as
select c.place, c.kind_id, (array_agg(c.area_id order by a.priority, a.code, c.area_id))[1] as area_id
from link_crowd c
join link_kind k on k.kind_id = c.kind_id and k.one
join layers_area a on a.id = c.area_id
group by c.place, c.kind_id
having count(*) > 1;

update link_areas l set area_ids = counted.area_ids
from (select c.place, array_agg(c.area_id order by c.area_id) as area_ids
      from link_crowd c
      left join link_among m on m.place = c.place and m.kind_id = c.kind_id
      where m.area_id is null or m.area_id = c.area_id
      group by c.place) as counted
where l.place = counted.place;

create index on link_areas (place);
analyze link_areas, link_among;
