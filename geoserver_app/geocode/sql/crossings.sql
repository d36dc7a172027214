-- Points where two asked streets meet, by the editions in force on a day.
--
-- In: jurisdiction id; the local day; ids, ones, others: pairs of streets, the lower id first.
-- Out: question, both streets, degrees, metres between lines that only nearly meet (0: they do).
-- Index: geocode_crossing_pair.
with day as materialized (
    select k.id as kind_id, e.seq from layers_kind k
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    where k.jurisdiction_id = %(jurisdiction)s and k.feature_class = 'centerline'
)
select a.id as asked, a.one, a.other, c.gap_m, c.lon, c.lat
from unnest(%(ids)s::int[], %(ones)s::bigint[], %(others)s::bigint[]) as a (id, one, other)
join geocode_crossing c on c.one_id = a.one and c.other_id = a.other
join day d on d.kind_id = c.kind_id
join layers_centerlineshape s on s.id = c.shape_one and s.editions @> d.seq
join layers_centerlineshape o on o.id = c.shape_other and o.editions @> d.seq
order by a.id, c.gap_m, c.lon, c.lat
