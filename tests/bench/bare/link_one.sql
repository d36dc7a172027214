-- The plainest SQL that finds what linking one place needs today: no policies, gaps, past editions or address.
with place as materialized (
    select j.metric_srid, p.point, ST_SetSRID(ST_Transform(p.point, j.metric_srid), 0) as plane
    from layers_jurisdiction j, (select ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326) as point) p
    where j.id = %(jurisdiction)s
), near as materialized (
    select max(near_border_m) as metres from layers_kind where jurisdiction_id = %(jurisdiction)s
), street as materialized (
    select c.*, c.plane <-> place.plane as metres from place, layers_centerlineshape c
    where c.in_force and c.street_name <> '' and ST_DWithin(c.plane, place.plane, %(street_m)s)
    order by metres limit 1
), spot as materialized (
    select 0 as n, point from place
    union all select 1, ST_LineInterpolatePoint(ST_GeometryN(geom, 1), 0.5) from street
)
select 'area' as part, s.n, k.code as kind, k.id as kind_id, x.area_id as feature_id, a.code, s2.attributes,
       a.priority::float8 as metres
from spot s
cross join lateral (select distinct shape_id, area_id, kind_id from layers_areapiece
                    where in_force and ST_Covers(geom, s.point)) x
join layers_kind k on k.id = x.kind_id
join layers_area a on a.id = x.area_id
join layers_areashape s2 on s2.id = x.shape_id
union all
select 'border', 0, k.code, k.id, s.area_id, '', s.attributes, b.metres
from (select b.shape_id, b.kind_id, min(ST_Distance(b.line, place.plane)) as metres
      from place, near, layers_areaborder b
      where b.in_force and ST_DWithin(b.line, place.plane, near.metres) group by 1, 2) b
join layers_kind k on k.id = b.kind_id and b.metres <= k.near_border_m
join layers_areashape s on s.id = b.shape_id
union all
(select 'parcel', 0, p.owner_class, p.kind_id, p.parcel_id, p.situs_address, to_jsonb(p.land_use),
        ST_Distance(ST_Boundary(ST_SetSRID(ST_Transform(p.geom, place.metric_srid), 0)), place.plane)
 from place, layers_parcelshape p where p.in_force and ST_Covers(p.geom, place.point) limit 1)
union all
select 'beside', 0, p.owner_class, p.kind_id, p.parcel_id, '', null, p.metres
from (select p.*, ST_Distance(ST_SetSRID(ST_Transform(p.geom, place.metric_srid), 0), place.plane) as metres
      from place, layers_parcelshape p
      where p.in_force and p.geom && ST_Expand(place.point, %(reach)s / 90000, %(reach)s / 110500)) p
where p.metres <= %(reach)s
union all
select 'street', 0, full_name, kind_id, centerline_id, '', attributes, metres from street
