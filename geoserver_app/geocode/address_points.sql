-- Address points with a house number on a street of about the asked name, best first.
--
-- Inputs: jurisdiction id; the local day; number, suffix; the street's spellings, type, direction; least score; limit.
-- Result: number, suffix, name parts, lon, lat, score. A house with several units is one row.
-- Index: layers_addresspointshape_kind_id_*; the number is compared first, letters only for those that have it.
with held as (
    select
        s.address_number, s.number_suffix, s.pre_directional, s.street_name, s.post_type, s.post_directional,
        unaccent(upper(s.street_name)) as plain, ST_X(s.geom) as lon, ST_Y(s.geom) as lat, s.id
    from layers_kind k
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    join layers_addresspointshape s on s.kind_id = k.id and s.editions @> e.seq and s.address_number = %(number)s
    where k.jurisdiction_id = %(jurisdiction)s and k.feature_class = 'address_point'
),
scored as (
    select u.*, (
{score}
    ) * case when %(suffix)s in ('', u.number_suffix) then 1.0 else 0.95 end as score
    from held u
),
once as (
    select distinct on (pre_directional, street_name, post_type, post_directional, number_suffix) *
    from scored
    where score >= %(least)s
    order by pre_directional, street_name, post_type, post_directional, number_suffix, score desc, id
)
select address_number, number_suffix, pre_directional, street_name, post_type, post_directional, lon, lat, score
from once
order by score desc, street_name, pre_directional, number_suffix
limit %(limit)s
