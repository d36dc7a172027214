-- One tile of the areas of one kind as MVT, with the epoch of the very snapshot that it shows.
-- In: z, x, y (XYZ scheme), jurisdiction and kind (ids). Out: epoch, tile (bytea); no row without such a jurisdiction.
-- Index: area_shape_in_force (GiST, SRID 4326), searched by the tile's box with a buffer of 64 of its 4096 units.
with
box as materialized (
  select tile, st_transform(st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 0.015625), 4326) as search,
         (st_xmax(tile) - st_xmin(tile)) / 4096 as unit_m
  from st_tileenvelope(%(z)s, %(x)s, %(y)s) as tile
),
area as materialized (
  select a.id, a.code, a.name, a.geom
  from published.area a
  where a.geom && (select search from box) and a.kind_id = %(kind)s
),
labeled as materialized (
  select id, code, name, st_transform(st_pointonsurface(geom), 3857) as point
  from area
)
select j.epoch,
  (select st_asmvt(f, 'area', 4096, 'geom') from (
     -- a large shape (4 kB is some 250 corners) is cut down to the tile before its corners are transformed
     select a.code, a.name,
            st_asmvtgeom(case when %(z)s < 15 then st_simplify(near.geom, 2 * box.unit_m, true) else near.geom end,
                         box.tile, 4096, 64) as geom
     from area a, box,
          lateral (select st_transform(case when pg_column_size(a.geom) > 4000 then st_clipbybox2d(a.geom, box.search)
                                            else a.geom end, 3857) as geom offset 0) near
     order by a.id) f)
  || (select st_asmvt(f, 'area_label', 4096, 'geom') from (
     -- only in the one tile that holds the point, its west and south edges included
     select l.code, l.name, st_asmvtgeom(l.point, box.tile, 4096, 0, false) as geom
     from labeled l, box
     where st_x(l.point) >= st_xmin(box.tile) and st_x(l.point) < st_xmax(box.tile)
       and st_y(l.point) >= st_ymin(box.tile) and st_y(l.point) < st_ymax(box.tile)
     order by l.id) f) as tile
from published.jurisdiction j
where j.id = %(jurisdiction)s
