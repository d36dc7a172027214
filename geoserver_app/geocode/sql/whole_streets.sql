-- A point on each asked street, by the editions in force on a day: the middle of its segments, or of its houses.
--
-- In: jurisdiction id; the local day; ids, streets as arrays. Out: question, street, degrees, half the extent in metres.
with day as materialized (
    select k.id as kind_id, e.seq from layers_kind k
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    where k.jurisdiction_id = %(jurisdiction)s
), asked as materialized (
    select * from unnest(%(ids)s::int[], %(streets)s::bigint[]) as a (id, street)
), lines as (
    select a.id, a.street, s.geom
    from asked a
    join geocode_segment g on g.street_id = a.street
    join day d on d.kind_id = g.kind_id
    join layers_centerlineshape s on s.id = g.shape_id and s.editions @> d.seq
), points as (
    select a.id, a.street, ST_SetSRID(ST_MakePoint(h.lon, h.lat), 4326) as geom
    from asked a
    cross join lateral (
        select h.lon, h.lat from geocode_house h
        join day d on d.kind_id = h.kind_id
        left join layers_addresspointshape s on s.id = h.shape_id and not h.is_parcel
        left join layers_parcelshape p on p.id = h.shape_id and h.is_parcel
        where h.street_id = a.street and coalesce(s.editions, p.editions) @> d.seq
        order by h.number, h.shape_id limit 3000
    ) h
    where not exists (select from lines l where l.id = a.id and l.street = a.street)
), found as (
    select id, street, ST_Collect(geom) as geom from (select * from lines union all select * from points) g
    group by id, street
)
select id as asked, street, ST_X(p.point) as lon, ST_Y(p.point) as lat,
       ST_DistanceSphere(ST_SetSRID(ST_MakePoint(ST_XMin(geom), ST_YMin(geom)), 4326),
                         ST_SetSRID(ST_MakePoint(ST_XMax(geom), ST_YMax(geom)), 4326)) / 2 as reach_m
from found
cross join lateral (select ST_ClosestPoint(geom, ST_Centroid(ST_Envelope(geom))) as point) p
