-- Deletes the kept tiles that show a shape which stands in one of two editions of a kind and not in the other.
-- In: jurisdiction, kind (ids), from_z (the lowest zoom that shows the kind), old and new (edition numbers, null: none).
-- Name: {shapes}, the kind's table of shapes (SRID 4326). Index: basemap_tile_reach. A tile's reach is the very box that
-- basemap.sql searches by, so what is not found here cannot show there.
delete from published_basemaptile t
using {shapes} s
where t.jurisdiction_id = %(jurisdiction)s and t.z >= %(from_z)s and t.reach && s.geom and s.kind_id = %(kind)s
  and coalesce(s.editions @> %(old)s::int, false) <> coalesce(s.editions @> %(new)s::int, false)
