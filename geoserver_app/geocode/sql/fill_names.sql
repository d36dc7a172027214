-- Named places that stand in an active edition and have no row yet: shape id, name, category, a point inside, reach.
--
-- In: kind id, code; {table} is layers_landmarkshape or layers_areashape, {category} a column or the parameter code.
-- The reach is half the diagonal of the box, in metres on the sphere: how far off a point of its ground may be.
select s.id, s.name, {category}, ST_PointOnSurface(s.geom),
       ST_DistanceSphere(ST_SetSRID(ST_MakePoint(ST_XMin(s.geom), ST_YMin(s.geom)), 4326),
                         ST_SetSRID(ST_MakePoint(ST_XMax(s.geom), ST_YMax(s.geom)), 4326)) / 2
from {table} s
where s.kind_id = %(kind)s and s.name <> ''
  and s.editions && (select range_agg(int4range(e.seq, e.seq, '[]')) from layers_edition e
                     where e.kind_id = %(kind)s and e.state = 'active')
  and not exists (select from geocode_placename n where n.kind_id = s.kind_id and n.shape_id = s.id)
