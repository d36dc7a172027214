-- The nearest known numbers below and above an asked one on its street: on its side (parity) and on the other.
--
-- In: jurisdiction id; the local day; ids, streets, numbers as arrays. Out: question, street, whether above, whether on
-- the same side, the number found, its ZIP code, degrees; up to four rows a question. Within 400 numbers.
-- Index: geocode_house_number, read from the asked number on in both directions.
with day as materialized (
    select k.id as kind_id, e.seq from layers_kind k
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    where k.jurisdiction_id = %(jurisdiction)s and k.feature_class in ('address_point', 'parcel')
)
select a.id as asked, a.street, n.is_above, w.same_side, n.number, n.zip_code, n.lon, n.lat
from unnest(%(ids)s::int[], %(streets)s::bigint[], %(numbers)s::int[]) as a (id, street, number)
cross join (values (true), (false)) as w (same_side)
cross join lateral (
    (select true as is_above, h.number, h.zip_code, h.lon, h.lat
     from geocode_house h
     join day d on d.kind_id = h.kind_id
     left join layers_addresspointshape s on s.id = h.shape_id and not h.is_parcel
     left join layers_parcelshape p on p.id = h.shape_id and h.is_parcel
     where h.street_id = a.street and h.number > a.number and h.number <= a.number + 400
       and ((h.number - a.number) %% 2 = 0) = w.same_side and coalesce(s.editions, p.editions) @> d.seq
     order by h.number, h.shape_id limit 1)
    union all
    (select false, h.number, h.zip_code, h.lon, h.lat
     from geocode_house h
     join day d on d.kind_id = h.kind_id
     left join layers_addresspointshape s on s.id = h.shape_id and not h.is_parcel
     left join layers_parcelshape p on p.id = h.shape_id and h.is_parcel
     where h.street_id = a.street and h.number < a.number and h.number >= a.number - 400
       and ((h.number - a.number) %% 2 = 0) = w.same_side and coalesce(s.editions, p.editions) @> d.seq
     order by h.number desc, h.shape_id limit 1)
) n
