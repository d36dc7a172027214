-- Landmarks, parks and neighborhoods whose names are the asked ones, or look like them.
--
-- In: jurisdiction id; the local day; ids and keys (folded) as arrays; limit for each.
-- Out: question, name, category, degrees, half the diagonal in metres, how alike (1: the same).
-- Index: geocode_place_letters.
with day as materialized (
    select k.id as kind_id, e.seq, k.feature_class from layers_kind k
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    where k.jurisdiction_id = %(jurisdiction)s and k.feature_class in ('landmark', 'area')
)
select a.id as asked, n.*
from unnest(%(ids)s::int[], %(keys)s::text[]) as a (id, key)
cross join lateral (
    select p.name, p.category, ST_X(p.geom) as lon, ST_Y(p.geom) as lat, p.reach_m,
           case when p.name_key = a.key then 1.0
                when starts_with(p.name_key, a.key) then 0.8 + 0.15 * length(a.key) / length(p.name_key)
                else greatest(0.9 * similarity(p.name_key, a.key),
                              case when abs(length(p.name_key) - length(a.key)) <= 2 and length(a.key) >= 5
                                   and length(p.name_key) <= 60
                              then 1.0 - 1.1 * levenshtein_less_equal(p.name_key, a.key, 2) / length(a.key) end)
           end::float8 as alike
    from geocode_placename p
    join day d on d.kind_id = p.kind_id
    left join layers_landmarkshape l on l.id = p.shape_id and d.feature_class = 'landmark'
    left join layers_areashape r on r.id = p.shape_id and d.feature_class = 'area'
    where coalesce(l.editions, r.editions) @> d.seq and p.mile is null
      and (p.name_key %% a.key or starts_with(p.name_key, a.key))
    order by alike desc, p.reach_m, p.name, p.id
    limit %(limit)s
) n
where n.alike >= 0.5
