-- Everything that linking one place needs, in one round trip.
--
-- In:  %(jurisdiction)s  id of the jurisdiction
--      %(lon)s, %(lat)s  the place, degrees, EPSG:4326
--      %(on)s            the local day: editions in force on it count
--      %(reach)s         metres within which a line makes the ground doubtful; 0 where the place is exact
--      %(privacy)s       exact, block_face, cell, area_only, hidden: decides the second spot
--      %(asset)s         id of the asset that was tapped, or null
--      %(ground)s        codes of the kinds that say what a place lies on
--      %(street_m)s, %(half_m)s   no street is farther than this; half of the widest right-of-way
--      %(address_lon)s, %(address_lat)s   where the address that was given lies, or null
-- Out: rows told apart by "part" (see found.py). Metres are in the jurisdiction's metric plane.
--
-- What stands between --[name] and --[/name] is left out where it is not asked for (found.statement): starting a plan
-- costs as much as running it. "past" is asked for where the row "past" says that a kind's edition of the day is not
-- the current one: then what was found without it does not count.
-- Spot 0 is the place, spot 1 the point that everybody may see instead (middle of the block, center of the cell): its
-- areas are looked up as if the request lay there, so that areas shown with a coarse place give nothing away.
-- Indexes: area_piece_in_force, area_border_in_force, parcel_shape_in_force, centerline_plane_in_force, and their
-- _past twins for kinds whose edition of the day is not the current one. OFFSET 0 keeps each scan on its own index.
with place as materialized (
    select j.metric_srid, j.epoch, p.point, {plane_point} as plane,
           ST_Covers(j.outline, p.point) or ST_DWithin(j.outline, p.point, 1e-6) as inside,
           %(reach)s::float8 * 1.02 / 110500 as reach_lat,
           %(reach)s::float8 * 1.02 / (110500 * cos(radians(%(lat)s::float8))) as reach_lon
    from layers_jurisdiction j, (select ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326) as point) p
    where j.id = %(jurisdiction)s
), edition as materialized (
    select k.id as kind_id, k.code, k.feature_class, k.overlap, k.gap_m, e.seq, e.is_current,
           k.code = any(%(ground)s::text[]) as is_ground,
           case when k.code <> all(%(ground)s::text[]) then k.near_border_m
                when %(reach)s::float8 > 0 then %(reach)s::float8 else -1 end as near_m
    from layers_kind k join layers_edition e on e.kind_id = k.id
    where k.jurisdiction_id = %(jurisdiction)s and e.state = 'active' and e.in_force @> %(on)s::date
), past as materialized (
    select * from edition where not is_current
), street as materialized (
    select s.* from place, edition e, lateral (
        select c.*, c.plane <-> place.plane as metres
        from layers_centerlineshape c
        where c.in_force and c.kind_id = e.kind_id and c.street_name <> ''
          and ST_DWithin(c.plane, place.plane, %(street_m)s::float8)
        order by metres, c.id limit 1) s
    where e.is_current and e.feature_class = 'centerline'
    --[past]
    union all
    select s.* from place, past e, lateral (
        select c.*, c.plane <-> place.plane as metres
        from layers_centerlineshape c
        where c.kind_id = e.kind_id and c.editions @> e.seq and c.street_name <> ''
          and ST_DWithin(c.plane, place.plane, %(street_m)s::float8)
        order by metres, c.id limit 1) s
    where e.feature_class = 'centerline'
    --[/past]
), spot as materialized (
    select 0 as n, point from place
    union all
    select 1, coalesce(
        case when %(privacy)s::text = 'block_face' then (select {middle} from street) end, {cell})
    from place where %(privacy)s::text in ('block_face', 'cell')
), piece as materialized (
    select s.n, p.kind_id, p.shape_id, p.area_id
    from spot s cross join lateral (
        select p.kind_id, p.shape_id, p.area_id from layers_areapiece p
        where p.in_force and p.geom && s.point and ST_Covers(p.geom, s.point) offset 0) p
), covering as materialized (
    select distinct p.n, p.kind_id, p.shape_id, p.area_id, e.code, e.overlap
    from piece p join edition e on e.kind_id = p.kind_id and e.is_current
    --[past]
    union
    select s.n, e.kind_id, p.shape_id, p.area_id, e.code, e.overlap
    from past e cross join spot s cross join lateral (
        select p.shape_id, p.area_id from layers_areapiece p join layers_areashape a on a.id = p.shape_id
        where p.in_force and p.kind_id = e.kind_id and p.geom && s.point
          and a.editions @> e.seq and ST_Covers(p.geom, s.point)
        union all
        select p.shape_id, p.area_id from layers_areapiece p join layers_areashape a on a.id = p.shape_id
        where not p.in_force and p.kind_id = e.kind_id and p.geom && s.point
          and a.editions @> e.seq and ST_Covers(p.geom, s.point)
        offset 0) p
    where e.feature_class = 'area'
    --[/past]
), stretch as materialized (
    select b.* from place cross join lateral (
        select b.kind_id, b.shape_id, ST_Distance(b.line, place.plane) as metres from layers_areaborder b
        where b.in_force and ST_DWithin(b.line, place.plane, (select max(near_m) from edition)) offset 0) b
), border as materialized (
    select e.kind_id, e.is_ground, b.shape_id, min(b.metres) as metres
    from stretch b join edition e on e.kind_id = b.kind_id and e.is_current and b.metres <= e.near_m
    group by 1, 2, 3
    --[past]
    union all
    select e.kind_id, e.is_ground, b.shape_id, min(b.metres)
    from past e cross join place cross join lateral (
        select b.shape_id, ST_Distance(b.line, place.plane) as metres
        from layers_areaborder b join layers_areashape a on a.id = b.shape_id
        where b.kind_id = e.kind_id and a.editions @> e.seq and ST_DWithin(b.line, place.plane, e.near_m) offset 0) b
    where e.feature_class = 'area'
    group by 1, 2, 3
    --[/past]
), uncovered as materialized (
    select e.* from edition e cross join place
    where place.inside and e.feature_class = 'area' and e.gap_m > 0 and not e.is_ground
      and not exists (select from covering c where c.kind_id = e.kind_id and c.n = 0)
), bridged as materialized (
    select e.code, e.kind_id, s.shape_id, s.metres
    from uncovered e cross join place left join lateral (
        select b.shape_id, b.line <-> place.plane as metres
        from layers_areaborder b join layers_areashape a on a.id = b.shape_id
        where b.kind_id = e.kind_id and a.editions @> e.seq and ST_DWithin(b.line, place.plane, e.gap_m)
        order by metres, b.shape_id limit 1) s on true
), ground_parcel as materialized (
    select p.* from place cross join lateral (
        select p.* from layers_parcelshape p
        where p.in_force and p.geom && ST_Expand(place.point, place.reach_lon, place.reach_lat) offset 0) p
), parcel as materialized (
    select p.* from ground_parcel p join edition e on e.kind_id = p.kind_id and e.is_current
    --[past]
    union all
    select p.* from past e cross join place cross join lateral (
        select p.* from layers_parcelshape p
        where p.kind_id = e.kind_id and p.editions @> e.seq
          and p.geom && ST_Expand(place.point, place.reach_lon, place.reach_lat) offset 0) p
    where e.feature_class = 'parcel'
    --[/past]
), lot as materialized (
    select i.id, p.geom, p.owner_class, p.land_use, p.situs_address
    from place cross join parcel p join layers_parcel i on i.id = p.parcel_id
    where ST_Covers(p.geom, place.point)
    order by i.parcel_number, i.id limit 1
), beside as materialized (
    select p.owner_class, ST_SetSRID(ST_Transform(p.geom, place.metric_srid), 0) as plane
    from place cross join parcel p where %(reach)s::float8 > 0
), opened as (
    select 1 from place cross join street s
    where not exists (select from edition where code = 'right_of_way') and place.inside
      and (exists (select from lot) and %(reach)s::float8 > 0 and s.metres <= %(half_m)s::float8 + %(reach)s::float8
           and ST_Area(ST_Difference(ST_Buffer(place.plane, %(reach)s::float8, 4),
                                     (select ST_Union(plane) from beside))) > {some_ground}
           or not exists (select from lot) and s.metres <= %(half_m)s::float8)
)
select 'place' as part, 0 as spot, null as kind, null::bigint as kind_id, null::bigint as feature_id, '' as code,
       '' as name, null::jsonb as attributes, epoch::float8 as metres, ST_X(plane) as x, ST_Y(plane) as y,
       inside as flag
from place
union all
select 'area', c.n, c.code, c.kind_id, c.area_id, a.code, '',
       case when c.code in ('right_of_way', 'municipality')
            then (select jsonb_build_object('name', s.name) || s.attributes from layers_areashape s where s.id = c.shape_id)
            end,
       a.priority, null, null, c.overlap = 'one'
from covering c join layers_area a on a.id = c.area_id
union all
select 'border', 0, e.code, b.kind_id, s.area_id, '', '',
       case when e.code = 'right_of_way' then s.attributes end, b.metres, null, null, b.is_ground
from border b join edition e on e.kind_id = b.kind_id join layers_areashape s on s.id = b.shape_id
union all
select 'bridge', 0, b.code, b.kind_id, s.area_id, '', '', null, b.metres, null, null, false
from bridged b left join layers_areashape s on s.id = b.shape_id
union all
select 'parcel', 0, null, null, l.id, l.owner_class, l.situs_address, to_jsonb(l.land_use),
       case when %(reach)s::float8 > 0
            then ST_Distance(ST_Boundary(ST_SetSRID(ST_Transform(l.geom, place.metric_srid), 0)), place.plane) end,
       null, null, false
from lot l, place
union all
select 'beside', 0, null, null, null, b.owner_class, '', null, ST_Distance(b.plane, place.plane), null, null, false
from beside b, place where ST_DWithin(b.plane, place.plane, %(reach)s::float8)
union all
select 'street', 0, null, null, s.centerline_id, '', s.full_name, s.attributes,
       least(nullif(s.from_address_left, 0), nullif(s.to_address_left, 0),
             nullif(s.from_address_right, 0), nullif(s.to_address_right, 0)), null, null, false
from street s
union all
select 'open', 0, null, null, null, '', '', null, null, null, null, exists (select from lot) from opened
union all
select 'seen', 1, null, null, null, '', '', null, null, ST_X(point), ST_Y(point), false from spot where n = 1
--[now]
union all
select 'past', 0, null, null, null, '', '', null, null, null, null, true where exists (select from past)
--[/now]
--[address]
union all
select 'address', 0, null, null, null, '', '', null, ST_Distance({plane_address}, place.plane), null, null, false
from place, layers_jurisdiction j
where j.id = %(jurisdiction)s and %(address_lon)s::float8 is not null
--[/address]
--[asset]
union all
select 'asset', 0, k.code, null, null, '', s.owner_class, null, null, null, null, false
from layers_asset i join layers_kind k on k.id = i.kind_id cross join lateral (
    select s.owner_class from layers_assetshape s left join edition e on e.kind_id = i.kind_id
    where s.asset_id = i.id order by s.editions @> e.seq desc nulls last, s.id desc limit 1) s
where i.id = %(asset)s::bigint
--[/asset]
