-- Where the houses of a hundred block stand: by known houses, and by segments whose ranges reach into it.
--
-- In: jurisdiction id; the local day; ids, streets, numbers (first of the block) as arrays.
-- Out: question, street, how many, degrees of the middle, half the extent in metres; is_range for segments.
-- Index: geocode_house_number.
with day as materialized (
    select k.id as kind_id, e.seq from layers_kind k
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    where k.jurisdiction_id = %(jurisdiction)s
), asked as materialized (
    select id, street, greatest(number, 1) as low, number + 99 as high
    from unnest(%(ids)s::int[], %(streets)s::bigint[], %(numbers)s::int[]) as a (id, street, number)
), standing as (
    select a.id, a.street, h.lon, h.lat
    from asked a
    cross join lateral (
        -- "distinct" in here keeps each question by itself: joined as one, many questions would read every house.
        select distinct h.lon, h.lat
        from geocode_house h
        join day d on d.kind_id = h.kind_id
        left join layers_addresspointshape s on s.id = h.shape_id and not h.is_parcel
        left join layers_parcelshape p on p.id = h.shape_id and h.is_parcel
        where h.street_id = a.street and h.number between a.low and a.high
          and coalesce(s.editions, p.editions) @> d.seq
    ) h
), by_houses as (
    -- Tenths of the houses at either end are left out: one that was put down in another part of town moves nothing.
    select id, street, count(*) as many,
           percentile_cont(array[0.1, 0.9]) within group (order by lon) as lons,
           percentile_cont(array[0.1, 0.9]) within group (order by lat) as lats
    from standing group by id, street
), by_ranges as (
    select a.id, a.street, count(*) as many, ST_LineMerge(ST_Collect(s.geom)) as geom
    from asked a
    join geocode_segment g on g.street_id = a.street
    join day d on d.kind_id = g.kind_id
    join layers_centerlineshape s on s.id = g.shape_id and s.editions @> d.seq
    where int4range(least(s.from_address_left, s.to_address_left), greatest(s.from_address_left, s.to_address_left), '[]')
            && int4range(a.low, a.high, '[]') and s.from_address_left is not null and s.to_address_left is not null
       or int4range(least(s.from_address_right, s.to_address_right),
                    greatest(s.from_address_right, s.to_address_right), '[]')
            && int4range(a.low, a.high, '[]') and s.from_address_right is not null and s.to_address_right is not null
    group by a.id, a.street
), found as (
    select id, street, many, false as is_range, ST_MakeEnvelope(lons[1], lats[1], lons[2], lats[2], 4326) as geom,
           ST_SetSRID(ST_MakePoint((lons[1] + lons[2]) / 2, (lats[1] + lats[2]) / 2), 4326) as middle
    from by_houses
    union all
    select id, street, many, true, geom,
           case when ST_GeometryType(geom) = 'ST_LineString' then ST_LineInterpolatePoint(geom, 0.5)
                else ST_ClosestPoint(geom, ST_Centroid(geom)) end
    from by_ranges
)
select id as asked, street, is_range, many::int, ST_X(middle) as lon, ST_Y(middle) as lat,
       ST_DistanceSphere(ST_SetSRID(ST_MakePoint(ST_XMin(geom), ST_YMin(geom)), 4326),
                         ST_SetSRID(ST_MakePoint(ST_XMax(geom), ST_YMax(geom)), 4326)) / 2 as reach_m
from found
