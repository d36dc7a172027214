-- Ground that goes from one area into another, or out of or into all, between two editions of a kind.
--
-- In:  %(kind)s, %(jurisdiction)s  ids; %(old)s, %(new)s  numbers (seq) of the editions
-- Out: codes before and after (null: none), GeoJSON in degrees (EPSG:4326, six decimals), square meters in the metric
--      plane; the largest first. Splinters under a square meter are noise of the drawing.
-- ST_Difference against all others at once tells what nobody has had, or will have. Index: layers_areashape.kind_id.
with old as (
    select a.code, s.geom from layers_areashape s join layers_area a on a.id = s.area_id
    where s.kind_id = %(kind)s and s.editions @> %(old)s::int4 and not s.editions @> %(new)s::int4
), new as (
    select a.code, s.geom from layers_areashape s join layers_area a on a.id = s.area_id
    where s.kind_id = %(kind)s and s.editions @> %(new)s::int4 and not s.editions @> %(old)s::int4
), piece as (
    select o.code as before, n.code as after, ST_CollectionExtract(ST_Intersection(o.geom, n.geom, 1e-9), 3) as geom
    from old o join new n on o.code <> n.code and o.geom && n.geom
    union all
    select o.code, null, ST_CollectionExtract(
        ST_Difference(o.geom, coalesce((select ST_Union(n.geom) from new n where n.geom && o.geom),
                                       ST_SetSRID('POLYGON EMPTY'::geometry, 4326)), 1e-9), 3) from old o
    union all
    select null, n.code, ST_CollectionExtract(
        ST_Difference(n.geom, coalesce((select ST_Union(o.geom) from old o where n.geom && o.geom),
                                       ST_SetSRID('POLYGON EMPTY'::geometry, 4326)), 1e-9), 3) from new n
)
select before, after, ST_AsGeoJSON(geom, 6), ST_Area(ST_Transform(geom, j.metric_srid))
from piece, layers_jurisdiction j
where j.id = %(jurisdiction)s and not ST_IsEmpty(geom) and ST_Area(ST_Transform(geom, j.metric_srid)) >= 1
order by 4 desc, 1, 2
