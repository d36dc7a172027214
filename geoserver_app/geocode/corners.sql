-- Points where two streets of about the asked names really meet or cross, best first.
--
-- Inputs: jurisdiction id; the local day; spellings, type, direction of both; least score of each; limit.
-- Result: name parts of both, lon, lat, score. Carriageways apart give several points; the caller joins them.
-- Index: layers_centerlineshape_kind_id_*; names are compared once each, lines only of the few streets that fit.
with held as materialized (
    select s.id, s.pre_directional, s.street_name, s.post_type, s.post_directional, s.geom
    from layers_kind k
    join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> %(on)s::date
    join layers_centerlineshape s on s.kind_id = k.id and s.editions @> e.seq
    where k.jurisdiction_id = %(jurisdiction)s and k.feature_class = 'centerline' and s.street_name <> ''
),
names as (
    select distinct
        pre_directional, street_name, post_type, post_directional, unaccent(upper(street_name)) as plain
    from held
),
scored as materialized (
    select u.*, (
{score}
    ) as one, (
{other_score}
    ) as other
    from names u
),
pairs as (
    select
        a.pre_directional as pre_a, a.street_name as name_a, a.post_type as type_a, a.post_directional as post_a,
        b.pre_directional as pre_b, b.street_name as name_b, b.post_type as type_b, b.post_directional as post_b,
        sqrt(a.one * b.other) as score
    from scored a
    join scored b on a.one >= %(least)s and b.other >= %(least)s
        and (a.street_name, a.post_type) is distinct from (b.street_name, b.post_type)
    order by score desc
    limit 60
),
met as (
    select p.*, (ST_Dump(ST_CollectionExtract(ST_Intersection(one.geom, two.geom), 1))).geom as spot
    from pairs p
    join held one on (one.pre_directional, one.street_name, one.post_type, one.post_directional)
        = (p.pre_a, p.name_a, p.type_a, p.post_a)
    join held two on (two.pre_directional, two.street_name, two.post_type, two.post_directional)
        = (p.pre_b, p.name_b, p.type_b, p.post_b)
        and two.geom && one.geom and ST_Intersects(two.geom, one.geom)
)
select distinct
    pre_a, name_a, type_a, post_a, pre_b, name_b, type_b, post_b, ST_X(spot) as lon, ST_Y(spot) as lat, score
from met
order by score desc, name_a, name_b, pre_a, pre_b, lon, lat
limit %(limit)s
