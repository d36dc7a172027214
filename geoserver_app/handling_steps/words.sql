-- What staff call the place of a request: the areas that they speak of, the address of its parcel, the street beside it.
--
-- In:  %(areas)s   ids of its areas
--      %(kinds)s   codes of the kinds that are spoken of
--      %(parcel)s, %(street)s   ids of its parcel and centerline, or null
-- Out: rows told apart by "part" (area, lot, street), as they are named today
-- Indexes: those of area, parcel and centerline on the shapes.
select 'area' as part, k.code as kind, k.name as kind_name, s.name
from layers_areashape s join layers_kind k on k.id = s.kind_id
where s.area_id = any(%(areas)s::bigint[]) and s.in_force and k.code = any(%(kinds)s::text[])
union all
select 'lot', '', '', situs_address from layers_parcelshape where parcel_id = %(parcel)s::bigint and in_force
union all
select 'street', '', '', full_name from layers_centerlineshape where centerline_id = %(street)s::bigint and in_force
