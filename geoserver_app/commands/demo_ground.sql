-- The houses of a city: address points with their neighborhood, the nearest street and the nearest landmark.
--
-- In:  %(jurisdiction)s  id; %(zones)s  ids of its neighborhoods in order
-- Out: lon, lat (EPSG:4326), number of the neighborhood (-1: none), address, street, lon and lat of the middle of the
--      street before the house, landmark
-- Indexes: address_point_in_force, centerline_in_force, area_piece_in_force.
select ST_X(p.geom), ST_Y(p.geom), coalesce(array_position(%(zones)s::bigint[], z.area_id), 0) - 1, p.full_address,
       c.full_name, ST_X(c.middle), ST_Y(c.middle), coalesce(m.name, 'City Hall')
from layers_addresspointshape p
join layers_kind k on k.id = p.kind_id and k.jurisdiction_id = %(jurisdiction)s
left join lateral (
    select x.area_id from layers_areapiece x
    where x.in_force and x.area_id = any(%(zones)s::bigint[]) and ST_Covers(x.geom, p.geom)
    order by x.area_id limit 1) as z on true
cross join lateral (
    select x.full_name, ST_ClosestPoint(x.geom, p.geom) as middle from layers_centerlineshape x
    where x.in_force and x.full_name <> '' and x.road_class in ('local', 'collector', 'arterial')
    order by x.geom <-> p.geom limit 1) as c
left join lateral (
    select x.name from layers_landmarkshape x where x.in_force order by x.geom <-> p.geom limit 1) as m on true
where p.in_force and p.full_address <> ''
order by p.full_address, ST_X(p.geom), ST_Y(p.geom)
