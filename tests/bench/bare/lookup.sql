-- The plainest SQL that gives the rows of layers/lookup.sql for today, without policies, gaps or past editions.
select 'area' as part, k.code as kind, k.position, e.id as edition_id, lower(e.in_force) as in_force_from,
       upper(e.in_force) as in_force_to, a.id as feature_id, a.code, a.slug, s.name, s.attributes,
       0::float8 as metres, null::int as stacked, null::bytea as line
from (select distinct shape_id from layers_areapiece
      where in_force and ST_Covers(geom, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326))) p
join layers_areashape s on s.id = p.shape_id
join layers_area a on a.id = s.area_id
join layers_kind k on k.id = s.kind_id and k.jurisdiction_id = %(jurisdiction)s
join layers_edition e on e.kind_id = k.id and e.is_current
union all
(select 'parcel', k.code, k.position, e.id, lower(e.in_force), upper(e.in_force), i.id, i.parcel_number, '',
        s.situs_address, jsonb_build_object('land_use', s.land_use, 'owner_class', s.owner_class), 0, 1, null
 from layers_parcelshape s
 join layers_parcel i on i.id = s.parcel_id
 join layers_kind k on k.id = s.kind_id and k.jurisdiction_id = %(jurisdiction)s
 join layers_edition e on e.kind_id = k.id and e.is_current
 where s.in_force and ST_Covers(s.geom, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326))
 order by i.parcel_number limit 1)
union all
(select 'street', k.code, k.position, e.id, lower(e.in_force), upper(e.in_force), i.id, i.segment_id, '',
        t.full_name,
        jsonb_build_object('left', array[t.from_address_left, t.to_address_left],
                           'right', array[t.from_address_right, t.to_address_right], 'class', t.road_class),
        t.metres, null, ST_AsBinary(t.plane)
 from (select s.*, s.plane <-> p.plane as metres
       from (select ST_SetSRID(ST_Transform(ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326),
                                            metric_srid), 0) as plane
             from layers_jurisdiction where id = %(jurisdiction)s) p,
            layers_centerlineshape s
       where s.in_force and s.street_name <> '' and ST_DWithin(s.plane, p.plane, %(street_m)s)
       order by metres limit 1) t
 join layers_centerline i on i.id = t.centerline_id
 join layers_kind k on k.id = t.kind_id and k.jurisdiction_id = %(jurisdiction)s
 join layers_edition e on e.kind_id = k.id and e.is_current)
order by 3, 2, 8
