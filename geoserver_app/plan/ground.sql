-- Of each area of a kind in force: kilometres of street and parcels in it.
-- In: %(kind)s (id), %(jurisdiction)s (id), %(srid)s (EPSG code of the metre plane)
-- Out: area, metres of street, parcels. A street on the border of two areas counts in both; a parcel where its inside lies.
-- Parcels that are streets, and units stacked on another parcel, are none (analyse_lot). Indexes: centerline_in_force,
-- parcel_shape_in_force.
select s.area_id,
       (select coalesce(sum(ST_Length(ST_Transform(ST_Intersection(c.geom, s.geom), %(srid)s::int))), 0)
        from layers_centerlineshape c join layers_centerline i on i.id = c.centerline_id
        where c.in_force and i.jurisdiction_id = %(jurisdiction)s and c.geom && s.geom and ST_Intersects(c.geom, s.geom)
          and c.road_class <> 'path') as street_m,
       (select count(*)
        from layers_parcelshape p join layers_parcel i on i.id = p.parcel_id
        left join analyse_lot l on l.parcel_id = p.parcel_id
        where p.in_force and i.jurisdiction_id = %(jurisdiction)s and p.geom && s.geom
          and (l.parcel_id is null or l.ground_id = p.parcel_id)
          and ST_Intersects(s.geom, ST_PointOnSurface(p.geom))) as parcels
from layers_areashape s
where s.kind_id = %(kind)s and s.in_force
