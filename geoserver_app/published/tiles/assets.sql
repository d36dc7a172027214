-- One tile of the assets of one type as MVT points, with the epoch of the very snapshot that it shows.
-- In: z, x, y (XYZ scheme), jurisdiction and kind (ids). Out: epoch, tile (bytea); no row without such a jurisdiction.
-- Index: asset_in_force (GiST, SRID 4326). Symbols are larger than points: those up to 64 units outside (of a tile's
-- 4096) stand in the neighboring tile too, so that none is cut off at an edge.
with
box as materialized (
  select tile, st_transform(st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 0.015625), 4326) as search
  from st_tileenvelope(%(z)s, %(x)s, %(y)s) as tile
)
select j.epoch,
  (select st_asmvt(f, 'asset', 4096, 'geom') from (
     select a.asset_id as id, nullif(a.owner_class, '') as owner,
            st_asmvtgeom(st_transform(a.geom, 3857), box.tile, 4096, 64) as geom
     from published.asset a, box
     where a.geom && (select search from box) and a.kind_id = %(kind)s
     order by a.id) f) as tile
from published.jurisdiction j
where j.id = %(jurisdiction)s
