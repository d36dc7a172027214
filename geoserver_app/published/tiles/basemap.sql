-- One basemap tile as MVT, with the epoch of the very snapshot that it shows.
-- In: z, x, y (XYZ scheme), jurisdiction (id). Out: epoch, tile (bytea); no row where there is no such jurisdiction.
-- Shapes are stored in SRID 4326 and found by the tile's box, which is transformed instead of them: partial GiST
-- indexes area_shape_in_force, parcel_shape_in_force, centerline_in_force, address_point_in_force, landmark_in_force.
-- A tile unit is 1/4096 of a tile: `unit_m` in Web-Mercator metres, `unit_deg` in degrees of longitude; `size` is the
-- longer side of a shape's box in units (a little less in north-south direction). Drawn shapes reach 64 units over the
-- edge, what is written stands in exactly one tile. Conditions on z alone are decided before a table is touched;
-- `order by` inside makes equal ground equal bytes.
with
box as materialized (
  select tile, st_transform(st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 0.015625), 4326) as search,
         (st_xmax(tile) - st_xmin(tile)) / 4096 as unit_m, 360.0 / (1 << %(z)s) / 4096 as unit_deg
  from st_tileenvelope(%(z)s, %(x)s, %(y)s) as tile
),
kinds as materialized (
  select array_agg(id) filter (where code in ('municipality', 'neighborhood', 'park', 'rail', 'water')
                                  or code in ('building', 'right_of_way') and %(z)s >= 15) as area,
         array_agg(id) filter (where feature_class = 'parcel') as parcel,
         array_agg(id) filter (where feature_class = 'centerline') as street,
         array_agg(id) filter (where feature_class = 'address_point') as address,
         array_agg(id) filter (where feature_class = 'landmark') as landmark
  from published.kind
  where jurisdiction_id = %(jurisdiction)s
),
-- Areas of all kinds in one pass over their index.
area as materialized (
  select a.id, k.code as kind, a.name, a.geom,
         greatest(st_xmax(extent.box) - st_xmin(extent.box), st_ymax(extent.box) - st_ymin(extent.box))
         / box.unit_deg as size
  from published.area a join published.kind k on k.id = a.kind_id, lateral (select box2d(a.geom) as box offset 0) extent,
       box
  where a.geom && (select search from box) and a.kind_id = any ((select area from kinds)::bigint[])
),
-- A large shape (4 kB is some 250 corners) is cut down to the tile before its corners are transformed.
drawn as materialized (
  select a.id, a.kind, a.name,
         st_asmvtgeom(case when %(z)s < 15 then st_simplify(near.geom, 2 * box.unit_m, true) else near.geom end,
                      box.tile, 4096, 64) as geom
  from area a, box,
       lateral (select st_transform(case when pg_column_size(a.geom) > 4000 then st_clipbybox2d(a.geom, box.search)
                                         else a.geom end, 3857) as geom offset 0) near
  where a.size > 2 and a.kind <> 'neighborhood'
),
landmark as materialized (
  select l.id, l.name, l.category, l.geom,
         greatest(st_xmax(l.geom) - st_xmin(l.geom), st_ymax(l.geom) - st_ymin(l.geom)) / box.unit_deg as size
  from published.landmark l, box
  where %(z)s >= 13 and l.geom && (select search from box) and l.kind_id = any ((select landmark from kinds)::bigint[])
),
-- Condominiums stack many parcels on one piece of ground: it is drawn once, under the first of their numbers.
parcel as (
  select min(id) as id, null::text as number, geom
  from published.parcel
  where %(z)s = 15 and geom && (select search from box) and kind_id = any ((select parcel from kinds)::bigint[])
  group by geom
  union all
  select min(id), min(parcel_number), geom
  from published.parcel
  where %(z)s >= 16 and geom && (select search from box) and kind_id = any ((select parcel from kinds)::bigint[])
  group by geom
),
-- All segments of a street in this tile are one feature, so that its name is written along it once.
street as (
  select min(s.id) as id, c.class, c.rank, s.name, s.ref, st_linemerge(st_collect(s.geom)) as geom
  from published.street s
  join (values ('motorway', 1, 10), ('ramp', 2, 12), ('arterial', 3, 10), ('collector', 4, 12), ('local', 5, 13),
               ('path', 6, 15), ('alley', 7, 15)) as c (class, rank, from_z) on c.class = s.road_class
  where s.geom && (select search from box) and s.kind_id = any ((select street from kinds)::bigint[])
    and %(z)s >= c.from_z
  group by c.class, c.rank, s.name, s.ref
),
-- What has a name to write. Ranks: the smaller the number, the more it matters.
named as (
  select j.id, 'city' as type, j.name, null::text as category, 0 as rank, 1e9 as size, j.outline as geom
  from published.jurisdiction j
  where %(z)s <= 12 and j.id = %(jurisdiction)s and j.outline && (select search from box)
  union all
  select a.id, a.kind, a.name, null, k.rank, a.size, a.geom
  from area a join (values ('municipality', 1, 10, 250), ('neighborhood', 2, 12, 150), ('water', 3, 13, 250),
                           ('park', 4, 13, 200)) as k (kind, rank, from_z, from_size) on k.kind = a.kind
  where %(z)s >= k.from_z and (a.size >= k.from_size or %(z)s >= 16)
  union all
  select l.id, 'landmark', l.name, l.category, case when l.category in ('city_hall', 'hospital') then 5 else 6 end,
         l.size, l.geom
  from landmark l
  where l.size >= 150 or %(z)s >= 15
),
written as materialized (
  select 'label' as layer, id, type, name, category, rank, size, st_transform(st_pointonsurface(geom), 3857) as point
  from named
  where name <> ''
  union all
  select 'address', id, null, house_number, null, 0, 0, st_transform(geom, 3857)
  from published.address
  where %(z)s >= 16 and house_number <> '' and geom && (select search from box)
    and kind_id = any ((select address from kinds)::bigint[])
),
-- Only in the one tile that holds the point, its west and south edges included.
placed as materialized (
  select w.layer, w.id, w.type, w.name, w.category, w.rank, w.size,
         st_asmvtgeom(w.point, box.tile, 4096, 0, false) as geom
  from written w, box
  where st_x(w.point) >= st_xmin(box.tile) and st_x(w.point) < st_xmax(box.tile)
    and st_y(w.point) >= st_ymin(box.tile) and st_y(w.point) < st_ymax(box.tile)
)
select j.epoch,
  (select st_asmvt(f, 'land', 4096, 'geom') from (
     select st_asmvtgeom(st_transform(st_clipbybox2d(j.outline, box.search), 3857), box.tile, 4096, 64) as geom
     from box where j.outline && box.search) f)
  || (select st_asmvt(f, 'municipality', 4096, 'geom') from (
     select name, geom from drawn where kind = 'municipality' order by id) f)
  || (select st_asmvt(f, 'park', 4096, 'geom') from (
     select name, geom from drawn where kind = 'park' order by id) f)
  || (select st_asmvt(f, 'grounds', 4096, 'geom') from (
     select l.category, st_asmvtgeom(st_transform(l.geom, 3857), box.tile, 4096, 64) as geom
     from landmark l, box where st_dimension(l.geom) = 2 and l.size > 2 order by l.id) f)
  || (select st_asmvt(f, 'right_of_way', 4096, 'geom') from (
     select geom from drawn where kind = 'right_of_way' order by id) f)
  || (select st_asmvt(f, 'water', 4096, 'geom') from (
     select name, geom from drawn where kind = 'water' order by id) f)
  || (select st_asmvt(f, 'parcel', 4096, 'geom') from (
     select p.number, st_asmvtgeom(st_transform(p.geom, 3857), box.tile, 4096, 64) as geom
     from parcel p, box order by p.id) f)
  || (select st_asmvt(f, 'building', 4096, 'geom') from (
     select geom from drawn where kind = 'building' order by id) f)
  || (select st_asmvt(f, 'rail', 4096, 'geom') from (
     select geom from drawn where kind = 'rail' order by id) f)
  || (select st_asmvt(f, 'street', 4096, 'geom') from (
     select s.class, s.name, s.ref,
            st_asmvtgeom(st_simplify(st_transform(s.geom, 3857), case when %(z)s < 15 then 2 * box.unit_m else 0 end,
                                     true), box.tile, 4096, 64) as geom
     from street s, box order by s.rank desc, s.id) f)
  || (select st_asmvt(f, 'address', 4096, 'geom') from (
     select name as n, geom from placed where layer = 'address' group by name, geom order by min(id)) f)
  || (select st_asmvt(f, 'label', 4096, 'geom') from (
     select type, name, category, rank, geom from (
       -- of the same name the largest: a greenway is many polygons
       select distinct on (type, name) * from placed where layer = 'label' order by type, name, size desc, id) p
     order by rank, size desc, id) f) as tile
from published.jurisdiction j
where j.id = %(jurisdiction)s
