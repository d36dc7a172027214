-- Where segments that have no crossings yet meet, cross or nearly meet segments of other names.
--
-- In: kind, jurisdiction ids. A pair stands under the lower street id first. Every segment is looked at once, against
-- all there are then: of two segments the later one finds the earlier. Nearly: at most 45 metres apart, in the metre
-- plane.
-- Index: centerline_plane_in_force and centerline_plane_past.
with fresh as materialized (
    select g.shape_id, g.street_id, s.geom, s.plane
    from geocode_segment g join layers_centerlineshape s on s.id = g.shape_id
    where g.kind_id = %(kind)s and not g.is_crossed
), pairs as materialized (
    select f.shape_id, f.street_id, n.id as other_shape, g.street_id as other_street, f.geom, n.geom as other_geom,
           f.plane, n.plane as other_plane
    from fresh f
    cross join lateral (
        select s.id, s.geom, s.plane from layers_centerlineshape s
        where s.in_force and s.kind_id = %(kind)s and ST_DWithin(s.plane, f.plane, 45)
        union all
        select s.id, s.geom, s.plane from layers_centerlineshape s
        where s.in_force = false and s.kind_id = %(kind)s and ST_DWithin(s.plane, f.plane, 45)
    ) n
    join geocode_segment g on g.shape_id = n.id
        and (g.street_id > f.street_id or g.street_id < f.street_id and g.is_crossed)
), met as (
    select p.*, ST_Intersects(p.geom, p.other_geom) as touches from pairs p
), spots as (
    select m.*, (ST_Dump(ST_CollectionExtract(ST_Intersection(m.geom, m.other_geom), 1))).geom as spot, 0.0 as gap
    from met m where m.touches
    union all
    select m.*,
           ST_LineInterpolatePoint(ST_MakeLine(
               ST_ClosestPoint(m.geom, m.other_geom), ST_ClosestPoint(m.other_geom, m.geom)), 0.5),
           ST_Distance(m.plane, m.other_plane)
    from met m where not m.touches
)
insert into geocode_crossing (one_id, other_id, shape_one, shape_other, kind_id, gap_m, lon, lat)
select distinct on (least(street_id, other_street), greatest(street_id, other_street),
                    least(shape_id, other_shape), greatest(shape_id, other_shape),
                    round(ST_X(spot)::numeric, 6), round(ST_Y(spot)::numeric, 6))
    least(street_id, other_street), greatest(street_id, other_street),
    case when street_id < other_street then shape_id else other_shape end,
    case when street_id < other_street then other_shape else shape_id end,
    %(kind)s, gap, ST_X(spot), ST_Y(spot)
from spots
order by 1, 2, least(shape_id, other_shape), greatest(shape_id, other_shape),
         round(ST_X(spot)::numeric, 6), round(ST_Y(spot)::numeric, 6)
