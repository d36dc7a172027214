-- What lies around a point today: the nearest house, the nearest named street with its crossings.
--
-- In: jurisdiction id; lon, lat (degrees); house_m, street_m, cross_m: how far is looked (metres).
-- Out: rows of part house, street or crossing: label, number, degrees, metres from the point, the street's line (plane).
-- Indexes: address_point_in_force, centerline_plane_in_force, geocode_crossing_pair.
with place as materialized (
    select ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326) as point, {plane_point} as plane
    from layers_jurisdiction j where j.id = %(jurisdiction)s
), street as materialized (
    select s.id, g.street_id, t.label, s.plane, s.plane <-> place.plane as metres, place.plane as here
    from place, lateral (
        select * from layers_centerlineshape c
        where c.in_force and c.street_name <> '' and ST_DWithin(c.plane, place.plane, %(street_m)s::float8)
        offset 0) s
    join layers_kind k on k.id = s.kind_id and k.jurisdiction_id = %(jurisdiction)s
    join geocode_segment g on g.shape_id = s.id
    join geocode_street t on t.id = g.street_id
    order by metres, s.id limit 1
)
(select 'house' as part, h.full_address as label, h.address_number as number, h.number_suffix as suffix,
        h.pre_directional, h.street_name, h.post_type, h.post_directional,
        ST_X(h.geom) as lon, ST_Y(h.geom) as lat, h.metres, null::bytea as line, null::float8 as x, null::float8 as y
 from place, lateral (
     select s.*, ST_DistanceSphere(s.geom, place.point) as metres from layers_addresspointshape s
     join layers_kind k on k.id = s.kind_id and k.jurisdiction_id = %(jurisdiction)s
     where s.in_force and s.address_number is not null
       and s.geom && ST_Expand(place.point, %(house_m)s / 78000.0, %(house_m)s / 110000.0)
     offset 0) h
 where h.metres <= %(house_m)s
 order by h.metres, h.id limit 1)
union all
select 'street', label, null, '', '', '', '', '', null, null, metres, ST_AsBinary(plane), ST_X(here), ST_Y(here)
from street
union all
select 'crossing', o.label, null, '', '', '', '', '', c.lon, c.lat, c.metres, null, ST_X(c.spot), ST_Y(c.spot)
from street s, place, lateral (
    select x.*, ST_Transform(ST_SetSRID(ST_MakePoint(x.lon, x.lat), 4326), j.metric_srid) as spot,
           ST_DistanceSphere(ST_SetSRID(ST_MakePoint(x.lon, x.lat), 4326), place.point) as metres
    from (select other_id as across, lon, lat, shape_one, shape_other, gap_m from geocode_crossing where one_id = s.street_id
          union all
          select one_id, lon, lat, shape_one, shape_other, gap_m from geocode_crossing where other_id = s.street_id) x
    join layers_jurisdiction j on j.id = %(jurisdiction)s
    where x.gap_m = 0) c
join geocode_street o on o.id = c.across
where c.metres <= %(cross_m)s
  and exists (select from layers_centerlineshape l where l.id = c.shape_one and l.in_force)
  and exists (select from layers_centerlineshape l where l.id = c.shape_other and l.in_force)
