-- Outlines of areas in force, plain enough for a map of a whole city.
--
-- In:  %(jurisdiction)s; %(kinds)s  codes; %(degrees)s  how far a line may be off
-- Out: rows (kind, name, geometry as GeoJSON)
select k.code, x.name, ST_AsGeoJSON(ST_SimplifyPreserveTopology(x.geom, %(degrees)s), 5)
from layers_areashape x
join layers_kind k on k.id = x.kind_id
where k.jurisdiction_id = %(jurisdiction)s and k.code = any(%(kinds)s) and x.in_force
order by k.code, x.name
