-- Houses with an asked number on an asked street, by the editions in force on a day.
--
-- In: jurisdiction id; the local day; ids, streets, numbers, units as arrays of one length.
-- Out: question, street, number, end of a range, suffix, unit, ZIP code, whether of a parcel, degrees. Of the units of a
-- building that stand within about 100 m of each other one row: the asked unit's, else the first.
-- Index: geocode_house_number, geocode_house_range.
with day as materialized (
    select k.id as kind_id, e.seq from layers_kind k
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    where k.jurisdiction_id = %(jurisdiction)s and k.feature_class in ('address_point', 'parcel')
), asked as materialized (
    select * from unnest(%(ids)s::int[], %(streets)s::bigint[], %(numbers)s::int[], %(units)s::text[])
        as a (id, street, number, unit)
), held as (
    select a.id, a.unit as wanted, h.kind_id, h.shape_id, h.is_parcel, h.street_id, h.number, h.last, h.suffix, h.unit,
           h.zip_code, h.lon, h.lat
    from asked a
    join geocode_house h on h.street_id = a.street and h.number = a.number
    union all
    select a.id, a.unit, h.kind_id, h.shape_id, h.is_parcel, h.street_id, h.number, h.last, h.suffix, h.unit,
           h.zip_code, h.lon, h.lat
    from asked a
    join geocode_house h on h.street_id = a.street and h.number < a.number and h.last >= a.number and h.last > h.number
        and h.number >= a.number - 400
), standing as (
    select h.*
    from held h
    join day d on d.kind_id = h.kind_id
    left join layers_addresspointshape s on s.id = h.shape_id and not h.is_parcel
    left join layers_parcelshape p on p.id = h.shape_id and h.is_parcel
    where coalesce(s.editions, p.editions) @> d.seq
)
select distinct on (id, street_id, is_parcel, suffix, zip_code, round(lon::numeric, 3), round(lat::numeric, 3))
    id as asked, street_id as street, number, last, suffix, unit, zip_code, is_parcel, lon, lat
from standing
order by id, street_id, is_parcel, suffix, zip_code, round(lon::numeric, 3), round(lat::numeric, 3),
         unit = wanted desc, unit = '' desc, shape_id
