-- Mile posts around an asked mile: the nearest below (or at) and above it, of each road, by the editions of a day.
--
-- In: jurisdiction id; the local day; ids, miles, roads (folded names, empty for any) as arrays.
-- Out: question, name, road, mile, degrees; posts at most one mile off.
with day as materialized (
    select k.id as kind_id, e.seq from layers_kind k
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    where k.jurisdiction_id = %(jurisdiction)s and k.feature_class = 'landmark'
)
select a.id as asked, p.name, p.road_key, p.mile, ST_X(p.geom) as lon, ST_Y(p.geom) as lat
from unnest(%(ids)s::int[], %(miles)s::float8[], %(roads)s::text[]) as a (id, mile, road)
join geocode_placename p on p.mile between a.mile - 1 and a.mile + 1 and (a.road = '' or p.road_key in (a.road, ''))
join day d on d.kind_id = p.kind_id
join layers_landmarkshape s on s.id = p.shape_id and s.editions @> d.seq
order by a.id, p.road_key, p.mile, p.id
