-- The parcels in force that are no place of their own: streets numbered as parcels, and stacked units.
--
-- In:  %(jurisdiction)s  id of the jurisdiction
--      %(srid)s          EPSG code of its metre plane
--      %(placeholders)s  ids of the parcels whose number is a word for none
--      %(rights_of_way)s  ids of the kind of area that is streets
--      %(least_m)s       a street runs at least so many metres through its parcel
--      %(width_m)s       and the parcel is at most so wide along it: wider is land with a lane
-- Out: rows of analyse_lot.
--
-- A street is known by a number that is none, by its use, by the named street that runs
-- through it, or, where it has no address, by the right-of-way that it lies in. Indexes: area_piece_in_force, centerline_in_force,
-- parcel_shape_in_force.
with lot as materialized (
    select s.parcel_id, i.parcel_number, s.land_use, s.situs_address, s.geom
    from layers_parcelshape s
    join layers_parcel i on i.id = s.parcel_id
    where s.in_force and i.jurisdiction_id = %(jurisdiction)s
), crossed as (
    -- A street numbered as a parcel holds the middle of a block; asked so, hardly any line is measured against a parcel.
    select distinct l.parcel_id, l.geom
    from (select ST_LineInterpolatePoint(ST_GeometryN(c.geom, 1), 0.5) as middle
          from layers_centerlineshape c
          join layers_centerline i on i.id = c.centerline_id
          where c.in_force and i.jurisdiction_id = %(jurisdiction)s and c.street_name <> '' and c.road_class <> 'path'
          offset 0) m
    join layers_parcelshape l on l.in_force and l.geom && m.middle and ST_Covers(l.geom, m.middle)
), through as (
    select l.parcel_id, ST_Area(ST_Transform(l.geom, %(srid)s::int)) as area_m2,
           sum(ST_Length(ST_Transform(ST_Intersection(l.geom, c.geom), %(srid)s::int))) as street_m
    from crossed l
    join layers_centerlineshape c on c.in_force and c.geom && l.geom and ST_Intersects(l.geom, c.geom)
    where c.street_name <> '' and c.road_class <> 'path'
    group by l.parcel_id, l.geom
), street as materialized (
    select parcel_id from lot
    where parcel_id = any(%(placeholders)s) or land_use ~* '^(street|road|right.?of.?way|row|alley|highway|freeway|calle|camino)s?$'
    union
    select parcel_id from through where street_m >= %(least_m)s and area_m2 <= %(width_m)s * street_m
    union
    select l.parcel_id from lot l
    cross join lateral (select ST_PointOnSurface(l.geom) as point offset 0) inside
    where l.situs_address = ''
      and exists (select from layers_areapiece p
                  where p.in_force and p.kind_id = any(%(rights_of_way)s) and p.geom && inside.point
                    and ST_Covers(p.geom, inside.point))
), stack as (
    select parcel_id, first_value(parcel_id) over stacked as ground_id, count(*) over (partition by geom) as units
    from lot where parcel_id not in (select parcel_id from street)
    window stacked as (partition by geom order by parcel_number, parcel_id)
)
insert into analyse_lot (parcel_id, jurisdiction_id, ground_id, units)
select parcel_id, %(jurisdiction)s, null, 1 from street
union all
select parcel_id, %(jurisdiction)s, ground_id, units from stack where units > 1
