-- Places of a city that have no address: along alleys, in parks, by the rails, in the neighboring towns; and its assets.
--
-- In:  %(jurisdiction)s  id
-- Out: sort, lon, lat (EPSG:4326), id of the asset (0: none)
with place as (
    select 'alley' as sort, ST_LineInterpolatePoint(part.geom, step / 10.0) as geom, 0::bigint as id
    from layers_centerlineshape x
    join layers_kind k on k.id = x.kind_id and k.jurisdiction_id = %(jurisdiction)s
    cross join lateral ST_Dump(ST_LineMerge(x.geom)) as part
    cross join generate_series(1, 9) as step
    where x.in_force and x.road_class = 'alley'
    union all
    select case k.code when 'municipality' then 'outside' else k.code end, point.geom, 0
    from layers_areashape x
    join layers_area a on a.id = x.area_id
    join layers_kind k on k.id = x.kind_id and k.jurisdiction_id = %(jurisdiction)s
    join layers_jurisdiction j on j.id = k.jurisdiction_id
    cross join lateral ST_Dump(ST_GeneratePoints(ST_Buffer(x.geom, 1e-6), 30, 311)) as point
    where x.in_force and (k.code in ('park', 'rail') or k.code = 'municipality' and a.code <> j.code)
    union all
    select k.code, ST_PointOnSurface(x.geom), x.asset_id
    from layers_assetshape x
    join layers_kind k on k.id = x.kind_id and k.jurisdiction_id = %(jurisdiction)s
    where x.in_force
)
select sort, ST_X(geom), ST_Y(geom), id from place order by 1, 2, 3, 4
