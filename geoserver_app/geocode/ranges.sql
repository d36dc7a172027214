-- Street segments whose house numbers would hold a number, on a street of about the asked name, best first.
--
-- Inputs: jurisdiction id; the local day; number; the street's spellings, type, direction; least score; limit.
-- Result: name parts, side, first and last number of the side, the line in the metre plane, its SRID, score.
-- Index: layers_centerlineshape_kind_id_*; numbers are compared first.
with held as (
    select
        s.id, s.pre_directional, s.street_name, s.post_type, s.post_directional,
        unaccent(upper(s.street_name)) as plain, r.side, r.first, r.last, s.plane, j.metric_srid
    from layers_jurisdiction j
    join layers_kind k on k.jurisdiction_id = j.id and k.feature_class = 'centerline'
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    join layers_centerlineshape s on s.kind_id = k.id and s.editions @> e.seq
    cross join lateral (
        values ('left', s.from_address_left, s.to_address_left), ('right', s.from_address_right, s.to_address_right)
    ) r (side, first, last)
    where j.id = %(jurisdiction)s
        and %(number)s between least(r.first, r.last) and greatest(r.first, r.last)
        and (r.first %% 2 <> r.last %% 2 or r.first %% 2 = %(number)s %% 2)
),
scored as (
    select u.*, (
{score}
    ) as score
    from held u
)
select
    pre_directional, street_name, post_type, post_directional, side, first, last,
    ST_AsBinary(plane) as line, metric_srid, score
from scored
where score >= %(least)s
order by score desc, street_name, pre_directional, id
limit %(limit)s
