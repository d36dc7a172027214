-- Sides of street segments whose house numbers hold an asked one, or end near it.
--
-- In: jurisdiction id; the local day; ids, streets, numbers as arrays. Out: question, street, side, first and last number
-- of the side in the line's direction, its ZIP code, whether the side's parity fits, the line in the metre plane.
-- Index: segments of a street.
with day as materialized (
    select k.id as kind_id, e.seq from layers_kind k
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    where k.jurisdiction_id = %(jurisdiction)s and k.feature_class = 'centerline'
)
select a.id as asked, a.street, r.side, r.first, r.last, r.zip_code,
       (r.first %% 2 <> r.last %% 2 or r.first %% 2 = a.number %% 2) as fits,
       greatest(least(r.first, r.last) - a.number, a.number - greatest(r.first, r.last), 0) as beyond,
       ST_AsBinary(s.plane) as line
from unnest(%(ids)s::int[], %(streets)s::bigint[], %(numbers)s::int[]) as a (id, street, number)
join geocode_segment g on g.street_id = a.street
join day d on d.kind_id = g.kind_id
join layers_centerlineshape s on s.id = g.shape_id and s.editions @> d.seq
cross join lateral (
    values ('left', coalesce(s.from_address_left, s.to_address_left),
            coalesce(s.to_address_left, s.from_address_left), s.zip_left),
           ('right', coalesce(s.from_address_right, s.to_address_right),
            coalesce(s.to_address_right, s.from_address_right), s.zip_right)
) r (side, first, last, zip_code)
where a.number between least(r.first, r.last) - %(beyond)s and greatest(r.first, r.last) + %(beyond)s
order by a.id, a.street, fits desc, beyond, s.id, r.side
