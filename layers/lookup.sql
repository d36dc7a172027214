-- What covers a point on a day: its areas of every kind, its ground parcel, the nearest street. One round trip.
--
-- In:  %(jurisdiction)s  id of the jurisdiction
--      %(lon)s, %(lat)s  the point, degrees, EPSG:4326
--      %(on)s            the local day
--      %(street_m)s      a street farther than this many metres is none
-- Out: one row for each hit; "part" is area, bridged, parcel or street; metres is 0 for what covers the point.
--      A single row with part "past" where the day's editions are not all the current ones: lookup_past.sql answers.
--
-- Indexes: area_piece_in_force, area_border_in_force, parcel_shape_in_force, centerline_plane_in_force, all partial.
-- OFFSET 0 keeps the planner from pulling a branch up into one big join: each stays one index scan.
with place as materialized (
    select
        ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326) as point,
        {plane_point} as plane
    from layers_jurisdiction j where j.id = %(jurisdiction)s
), edition as materialized (
    select k.id as kind_id, k.code as kind, k.feature_class, k.overlap, k.gap_m, k.position,
           e.id as edition_id, e.is_current, e.in_force, e.in_force @> %(on)s::date as is_of_day
    from layers_kind k join layers_edition e on e.kind_id = k.id
    where k.jurisdiction_id = %(jurisdiction)s and e.state = 'active'
      and (e.is_current or e.in_force @> %(on)s::date)
), covering as materialized (
    select e.*, h.shape_id, i.id as area_id, i.code, i.slug, i.priority
    from place, lateral (
        select p.shape_id, p.area_id, p.kind_id from layers_areapiece p
        where p.in_force and p.geom && place.point and ST_Covers(p.geom, place.point)
        offset 0) h
    join edition e on e.kind_id = h.kind_id and e.is_current
    join layers_area i on i.id = h.area_id
), alone as materialized (
    select e.* from edition e
    where e.is_current and e.feature_class = 'area' and e.gap_m > 0
      and not exists (select from covering c where c.kind_id = e.kind_id)
), bridged as (
    select e.*, s.shape_id, s.metres
    from place, alone e, lateral (
        select n.shape_id, n.line <-> place.plane as metres
        from (select b.shape_id, b.line from layers_areaborder b
              where b.in_force and b.kind_id = e.kind_id and ST_DWithin(b.line, place.plane, e.gap_m)
              offset 0) n
        order by metres, n.shape_id limit 1) s
)
select 'past' as part, '' as kind, 0 as position, 0::bigint as edition_id, null::date as in_force_from,
       null::date as in_force_to, 0::bigint as feature_id, '' as code, '' as slug, '' as name,
       null::jsonb as attributes, 0::float8 as metres, null::int as stacked, null::bytea as line
where exists (select from edition where is_current <> is_of_day)
union all
(select distinct on (c.position, c.kind, case when c.overlap = 'all' then c.area_id end)
        'area', c.kind, c.position, c.edition_id, lower(c.in_force), upper(c.in_force),
        c.area_id, c.code, c.slug, s.name, s.attributes, 0::float8, null::int, null::bytea
 from covering c join layers_areashape s on s.id = c.shape_id
 order by c.position, c.kind, case when c.overlap = 'all' then c.area_id end, c.priority, c.code)
union all
select 'bridged', b.kind, b.position, b.edition_id, lower(b.in_force), upper(b.in_force),
       i.id, i.code, i.slug, s.name, s.attributes, b.metres, null, null
from bridged b join layers_areashape s on s.id = b.shape_id join layers_area i on i.id = s.area_id
union all
(select 'parcel', e.kind, e.position, e.edition_id, lower(e.in_force), upper(e.in_force),
        i.id, i.parcel_number, '', g.situs_address,
        jsonb_build_object('land_use', g.land_use, 'owner_class', g.owner_class), 0,
        (select count(*) from layers_parcelshape p where p.in_force and p.kind_id = g.kind_id and p.geom ~= g.geom),
        null
 from place, lateral (
     select * from layers_parcelshape p
     where p.in_force and p.geom && place.point and ST_Covers(p.geom, place.point)
     offset 0) g
 join edition e on e.kind_id = g.kind_id and e.is_current
 join layers_parcel i on i.id = g.parcel_id
 order by i.parcel_number limit 1)
union all
(select 'street', e.kind, e.position, e.edition_id, lower(e.in_force), upper(e.in_force),
        i.id, i.segment_id, '', c.full_name,
        jsonb_build_object('left', array[c.from_address_left, c.to_address_left],
                           'right', array[c.from_address_right, c.to_address_right], 'class', c.road_class),
        c.plane <-> place.plane, null, ST_AsBinary(c.plane)
 from place, lateral (
     select * from layers_centerlineshape c
     where c.in_force and c.street_name <> '' and ST_DWithin(c.plane, place.plane, %(street_m)s::float8)
     offset 0) c
 join edition e on e.kind_id = c.kind_id and e.is_current
 join layers_centerline i on i.id = c.centerline_id
 order by c.plane <-> place.plane, c.id limit 1)
order by 3, 2, 8
