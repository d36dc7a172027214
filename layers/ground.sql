-- Pieces and borders of the area shapes that an edition brought.
--
-- In:  %(kind)s   id of the kind
--      %(seq)s    number of the edition
--      %(srid)s   EPSG code of the jurisdiction's metre plane
--      %(width)s  full width in metres of the kind's lines, or null
-- Out: rows in layers_areapiece (degrees, EPSG:4326) and layers_areaborder (metres, SRID 0).
--
-- Polygons take their own ground, lines with a width the ground that far to both sides (a shape's own attribute
-- width_m goes before the kind's); lines without one and points take none. Uses the index on layers_areashape.kind_id.
with fresh as materialized (
    select s.id, s.area_id, s.geom,
           coalesce((s.attributes ->> 'width_m')::float8, %(width)s::float8) as width_m
    from layers_areashape s
    where s.kind_id = %(kind)s and s.editions = int4multirange(int4range(%(seq)s, null))
      and not exists (select from layers_areapiece p where p.shape_id = s.id)
), flat as materialized (
    select id, area_id, geom, ST_Transform(geom, %(srid)s::int) as plane
    from fresh where ST_Dimension(geom) = 2
    union all
    select id, area_id, ST_Transform(plane, 4326), plane
    from (select id, area_id, ST_Buffer(ST_Transform(geom, %(srid)s::int), width_m / 2) as plane
          from fresh where ST_Dimension(geom) = 1 and width_m > 0) as buffered
), piece as (
    insert into layers_areapiece (shape_id, area_id, kind_id, in_force, geom)
    select id, area_id, %(kind)s, null, ST_Subdivide(geom, 128) from flat
), stretch as (
    select id, ST_Subdivide(ST_SetSRID(ST_Boundary(plane), 0), 32) as line from flat
)
insert into layers_areaborder (shape_id, kind_id, in_force, line)
select id, %(kind)s, null, (ST_Dump(line)).geom from stretch
