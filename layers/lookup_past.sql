-- What covers a point on a day whose editions are not all the current ones: layers/lookup.sql for the past.
--
-- Inputs and columns as there. Indexes: area_piece_past, area_border_past, parcel_shape_past, centerline_plane_past
-- beside the ones of what is in force, because a shape of a past edition may stand in the current one too.
with place as materialized (
    select
        ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326) as point,
        {plane_point} as plane
    from layers_jurisdiction j where j.id = %(jurisdiction)s
), edition as materialized (
    select k.id as kind_id, k.code as kind, k.feature_class, k.overlap, k.gap_m, k.position,
           e.id as edition_id, e.seq, e.is_current, e.in_force
    from layers_kind k join layers_edition e on e.kind_id = k.id
    where k.jurisdiction_id = %(jurisdiction)s and e.state = 'active' and e.in_force @> %(on)s::date
), hit as materialized (
    select p.shape_id, p.area_id, p.kind_id
    from place, lateral (
        select shape_id, area_id, kind_id from layers_areapiece p
        where p.in_force and p.geom && place.point and ST_Covers(p.geom, place.point)
        offset 0) p
), covering as (
    select e.*, h.shape_id, h.area_id
    from edition e join hit h on h.kind_id = e.kind_id
    where e.is_current
    union
    select e.*, s.id, s.area_id
    from place, edition e, lateral (
        select p.shape_id as id, p.area_id from layers_areapiece p join layers_areashape a on a.id = p.shape_id
        where p.in_force and p.kind_id = e.kind_id and p.geom && place.point
          and a.editions @> e.seq and ST_Covers(p.geom, place.point)
        union all
        select p.shape_id, p.area_id from layers_areapiece p join layers_areashape a on a.id = p.shape_id
        where not p.in_force and p.kind_id = e.kind_id and p.geom && place.point
          and a.editions @> e.seq and ST_Covers(p.geom, place.point)
        offset 0) s
    where not e.is_current and e.feature_class = 'area'
), alone as materialized (
    select e.* from edition e
    where e.feature_class = 'area' and e.gap_m > 0
      and not exists (select from covering c where c.kind_id = e.kind_id)
), bridged as (
    select e.*, s.shape_id, s.metres
    from place, alone e, lateral (
        select n.shape_id, n.line <-> place.plane as metres
        from (select b.shape_id, b.line from layers_areaborder b
              where b.in_force and b.kind_id = e.kind_id and ST_DWithin(b.line, place.plane, e.gap_m)
              offset 0) n
        order by metres, n.shape_id limit 1) s
    where e.is_current
    union all
    select e.*, s.shape_id, s.metres
    from place, alone e, lateral (
        select n.shape_id, n.line <-> place.plane as metres
        from (select b.shape_id, b.line from layers_areaborder b
              where b.in_force and b.kind_id = e.kind_id and ST_DWithin(b.line, place.plane, e.gap_m)
              union all
              select b.shape_id, b.line from layers_areaborder b
              where not b.in_force and b.kind_id = e.kind_id and ST_DWithin(b.line, place.plane, e.gap_m)
              offset 0) n
        join layers_areashape a on a.id = n.shape_id and a.editions @> e.seq
        order by metres, n.shape_id limit 1) s
    where not e.is_current
), area as (
    select c.edition_id, c.kind, c.position, c.in_force, c.shape_id, 'area' as part, 0::float8 as metres,
           c.overlap = 'all' or row_number() over (partition by c.kind_id order by a.priority, a.code) = 1 as chosen
    from covering c join layers_area a on a.id = c.area_id
    union all
    select edition_id, kind, position, in_force, shape_id, 'bridged', metres, true from bridged
), parcel as (
    select e.edition_id, e.kind, e.position, e.in_force, s.shape_id, t.stacked
    from place, edition e, lateral (
        select p.id as shape_id, p.geom
        from layers_parcelshape p join layers_parcel i on i.id = p.parcel_id
        where p.kind_id = e.kind_id and p.in_force and p.geom && place.point and ST_Covers(p.geom, place.point)
        order by i.parcel_number limit 1) s,
        lateral (
        select count(*) as stacked from layers_parcelshape p
        where p.kind_id = e.kind_id and p.in_force and p.geom ~= s.geom) t
    where e.is_current and e.feature_class = 'parcel'
    union all
    select e.edition_id, e.kind, e.position, e.in_force, s.shape_id, t.stacked
    from place, edition e, lateral (
        select p.id as shape_id, p.geom
        from layers_parcelshape p join layers_parcel i on i.id = p.parcel_id
        where p.kind_id = e.kind_id and p.editions @> e.seq and p.geom && place.point
          and ST_Covers(p.geom, place.point)
        order by i.parcel_number limit 1) s,
        lateral (
        select count(*) as stacked from layers_parcelshape p
        where p.kind_id = e.kind_id and p.editions @> e.seq and p.geom ~= s.geom) t
    where not e.is_current and e.feature_class = 'parcel'
), street as (
    select e.edition_id, e.kind, e.position, e.in_force, s.*
    from place, edition e, lateral (
        select c.id as shape_id, c.plane <-> place.plane as metres
        from layers_centerlineshape c
        where c.in_force and c.kind_id = e.kind_id and c.street_name <> ''
          and ST_DWithin(c.plane, place.plane, %(street_m)s)
        order by metres, c.id limit 1) s
    where e.is_current and e.feature_class = 'centerline'
    union all
    select e.edition_id, e.kind, e.position, e.in_force, s.*
    from place, edition e, lateral (
        select c.id as shape_id, c.plane <-> place.plane as metres
        from layers_centerlineshape c
        where c.kind_id = e.kind_id and c.editions @> e.seq and c.street_name <> ''
          and ST_DWithin(c.plane, place.plane, %(street_m)s)
        order by metres, c.id limit 1) s
    where not e.is_current and e.feature_class = 'centerline'
)
select a.part, a.kind, a.position, a.edition_id, lower(a.in_force) as in_force_from, upper(a.in_force) as in_force_to,
       i.id as feature_id, i.code, i.slug, s.name, s.attributes, a.metres, null::int as stacked, null::bytea as line
from area a join layers_areashape s on s.id = a.shape_id join layers_area i on i.id = s.area_id
where a.chosen
union all
select 'parcel', p.kind, p.position, p.edition_id, lower(p.in_force), upper(p.in_force), i.id, i.parcel_number, '',
       s.situs_address, jsonb_build_object('land_use', s.land_use, 'owner_class', s.owner_class), 0, p.stacked, null
from parcel p join layers_parcelshape s on s.id = p.shape_id join layers_parcel i on i.id = s.parcel_id
union all
select 'street', t.kind, t.position, t.edition_id, lower(t.in_force), upper(t.in_force), i.id, i.segment_id, '',
       s.full_name,
       jsonb_build_object('left', array[s.from_address_left, s.to_address_left],
                          'right', array[s.from_address_right, s.to_address_right], 'class', s.road_class),
       t.metres, null, ST_AsBinary(s.plane)
from street t join layers_centerlineshape s on s.id = t.shape_id join layers_centerline i on i.id = s.centerline_id
order by 3, 2, 8
