-- Areas of a kind in force, as features of GeoJSON.
--
-- In:  %(kind)s  id
select json_build_object('type', 'Feature', 'id', a.code, 'geometry', ST_AsGeoJSON(x.geom, 9)::json,
                         'properties', jsonb_build_object('code', a.code, 'name', x.name) || x.attributes)::text
from layers_areashape x join layers_area a on a.id = x.area_id
where x.kind_id = %(kind)s and x.in_force
order by a.code
