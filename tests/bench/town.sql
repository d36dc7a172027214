-- A town on a chessboard for benchmarks: blocks of 100 m, streets of 17 m, twelve parcels and buildings a block.
--
-- In:  %(code)s   code of the jurisdiction to make
--      %(side)s   blocks along each side
-- Out: a jurisdiction with twelve kinds of layer in force since ever, laid out for look-up. Nothing of it is real.
--
-- Borders of districts are wavy lines with a vertex every 20 m, shared by both neighbors, near the middle of streets.
create temporary table town_frame on commit drop as
select ST_X(o) as x0, ST_Y(o) as y0, %(side)s::int as n
from ST_Transform(ST_SetSRID(ST_MakePoint(-119.72, 36.0), 4326), 32611) as o;

create temporary table town_shape (kind text, code text, name text, attributes jsonb, plane geometry) on commit drop;

create function pg_temp.deg(plane geometry) returns geometry language sql immutable as
$$ select ST_Transform(ST_SetSRID($1, 32611), 4326) $$;

-- Districts: the faces between wavy lines, k columns by r rows.
insert into town_shape
select d.kind, d.kind || '-' || (row_number() over (partition by d.kind order by ST_YMin(f.geom), ST_XMin(f.geom))),
       d.kind, '{}', f.geom
from town_frame t,
     (values ('municipality', 1, 1), ('neighborhood', 10, 10), ('beat', 6, 6), ('council_district', 7, 1),
             ('maintenance_zone', 3, 3), ('zipcode_area', 2, 2), ('census_tract', 8, 8)) as d (kind, k, r),
     lateral (
        select ST_Dump(ST_Polygonize(ST_Node(line))) as d from (
            select ST_Union(wave) as line from (
                select ST_MakeLine(array(
                    select ST_MakePoint(t.x0 + t.n * 100.0 * c / d.k
                                        + case when c in (0, d.k) then 0 else 6 * sin(y / 37.0 + c) end, t.y0 + y)
                    from generate_series(0, t.n * 100, 20) y)) as wave
                from generate_series(0, d.k) c
                union all
                select ST_MakeLine(array(
                    select ST_MakePoint(t.x0 + x, t.y0 + t.n * 100.0 * c / d.r
                                        + case when c in (0, d.r) then 0 else 6 * sin(x / 41.0 + c) end)
                    from generate_series(0, t.n * 100, 20) x))
                from generate_series(0, d.r) c) as waves) as lines) as faces,
     lateral (select (faces.d).geom) as f;

-- Streets: a corridor a block long, with the corner at its west or south end left to the horizontal ones.
insert into town_shape
select 'right_of_way', 'h' || i || '-' || j, '', jsonb_build_object('owner', case when j = 7 then 'state' else 'city' end),
       ST_MakeEnvelope(t.x0 + i * 100 - 8.5, t.y0 + j * 100 - 8.5, t.x0 + i * 100 + 91.5, t.y0 + j * 100 + 8.5)
from town_frame t, generate_series(0, t.n) i, generate_series(0, t.n) j
union all
select 'right_of_way', 'v' || i || '-' || j, '', '{"owner": "city"}',
       ST_MakeEnvelope(t.x0 + i * 100 - 8.5, t.y0 + j * 100 + 8.5, t.x0 + i * 100 + 8.5, t.y0 + j * 100 + 91.5)
from town_frame t, generate_series(0, t.n) i, generate_series(0, t.n - 1) j;

-- One block in thirty is a park; through the middle of every other block runs a pipe.
insert into town_shape
select 'park', 'p' || i || '-' || j, 'Park', '{}'::jsonb,
       ST_MakeEnvelope(t.x0 + i * 100 + 8.5, t.y0 + j * 100 + 8.5, t.x0 + i * 100 + 91.5, t.y0 + j * 100 + 91.5)
from town_frame t, generate_series(0, t.n - 1) i, generate_series(0, t.n - 1) j where (i * 7 + j * 13) %% 30 = 0
union all
select 'easement', 'e' || i || '-' || j, '', '{}',
       ST_MakeLine(ST_MakePoint(t.x0 + i * 100 + 8.5, t.y0 + j * 100 + 50),
                   ST_MakePoint(t.x0 + i * 100 + 91.5, t.y0 + j * 100 + 50))
from town_frame t, generate_series(0, t.n - 1) i, generate_series(0, t.n - 1) j where (i + j) %% 2 = 0
union all
select 'block_watch', 'w' || w, 'Group ' || w, '{}',
       ST_MakeEnvelope(t.x0 + (w * 37 %% t.n) * 100, t.y0 + (w * 53 %% t.n) * 100,
                       t.x0 + (w * 37 %% t.n) * 100 + 400, t.y0 + (w * 53 %% t.n) * 100 + 300)
from town_frame t, generate_series(1, 50) w;

insert into town_shape
select 'parcel', format('%%s-%%s-%%s', i, j, 10 + k * 2 + r), format('%%s W %%sth St', i * 100 + k * 10 + r, j),
       jsonb_build_object('owner_class', 'private', 'land_use', case when k = 0 then 'Vacant' else 'Single Family' end),
       ST_MakeEnvelope(t.x0 + i * 100 + 8.5 + k * 83.0 / 6, t.y0 + j * 100 + 8.5 + r * 41.5,
                       t.x0 + i * 100 + 8.5 + (k + 1) * 83.0 / 6, t.y0 + j * 100 + 50 + r * 41.5)
from town_frame t, generate_series(0, t.n - 1) i, generate_series(0, t.n - 1) j, generate_series(0, 5) k,
     generate_series(0, 1) r where (i * 7 + j * 13) %% 30 <> 0
union all
select 'parcel', replace(code, 'p', '') || '-00', '', '{"owner_class": "city", "land_use": "Park"}', plane
from town_shape where kind = 'park';

insert into town_shape
select 'building', code, '', '{}'::jsonb, ST_Buffer(ST_Centroid(plane), 4.5, 'quad_segs=1')
from town_shape where kind = 'parcel' and attributes ->> 'owner_class' = 'private';

insert into town_shape
select 'centerline', 'h' || i || '-' || j, format('W %%sth St', j), jsonb_build_object('from', i * 100, 'to', i * 100 + 98),
       ST_MakeLine(ST_MakePoint(t.x0 + i * 100, t.y0 + j * 100), ST_MakePoint(t.x0 + i * 100 + 100, t.y0 + j * 100))
from town_frame t, generate_series(0, t.n - 1) i, generate_series(0, t.n) j
union all
select 'centerline', 'v' || i || '-' || j, format('%%sth Ave', i), jsonb_build_object('from', j * 100, 'to', j * 100 + 98),
       ST_MakeLine(ST_MakePoint(t.x0 + i * 100, t.y0 + j * 100), ST_MakePoint(t.x0 + i * 100, t.y0 + j * 100 + 100))
from town_frame t, generate_series(0, t.n) i, generate_series(0, t.n - 1) j;

insert into layers_jurisdiction (code, name, names, time_zone, metric_srid, outline, epoch)
select %(code)s, 'Bench', '{}', 'America/Los_Angeles', 32611, ST_Multi(pg_temp.deg(plane)), 1
from town_shape where kind = 'municipality';

insert into layers_kind (jurisdiction_id, code, feature_class, geometry, name, names, width_m, overlap, gap_m,
                         near_border_m, attribute_schema, on_map, position)
select j.id, k.code, k.class, k.geometry, k.code, '{}', k.width_m, k.overlap, k.gap_m, 15, '{}', false, k.position
from layers_jurisdiction j,
     (values ('municipality', 'area', 'polygon', null::float8, 'one', 0, 5), ('neighborhood', 'area', 'polygon', null, 'all', 50, 10),
             ('beat', 'area', 'polygon', null, 'one', 50, 20), ('council_district', 'area', 'polygon', null, 'one', 50, 30),
             ('maintenance_zone', 'area', 'polygon', null, 'one', 50, 40), ('block_watch', 'area', 'polygon', null, 'all', 0, 50),
             ('right_of_way', 'area', 'polygon', null, 'all', 0, 60), ('park', 'area', 'polygon', null, 'all', 0, 70),
             ('easement', 'area', 'line', 6, 'all', 0, 80), ('zipcode_area', 'area', 'polygon', null, 'one', 50, 90),
             ('census_tract', 'area', 'polygon', null, 'one', 50, 95), ('building', 'area', 'polygon', null, 'all', 0, 120),
             ('parcel', 'parcel', 'polygon', null, 'all', 0, 200), ('centerline', 'centerline', 'line', null, 'all', 0, 220)
     ) as k (code, class, geometry, width_m, overlap, gap_m, position)
where j.code = %(code)s;

insert into layers_edition (kind_id, seq, state, in_force, is_current, source, source_layer, source_sha256, source_crs,
                            report, loaded_at)
select k.id, 1, 'active', daterange(null, null), true, 'bench', '', '', '', '{}', now()
from layers_kind k join layers_jurisdiction j on j.id = k.jurisdiction_id where j.code = %(code)s;

insert into layers_area (kind_id, jurisdiction_id, code, slug, priority)
select k.id, j.id, s.code, s.code, 0
from town_shape s join layers_kind k on k.code = s.kind join layers_jurisdiction j on j.id = k.jurisdiction_id
where j.code = %(code)s and k.feature_class = 'area' order by k.id, s.code;

insert into layers_areashape (area_id, kind_id, editions, in_force, content_hash, attributes, name, geom)
select a.id, k.id, '{[1,)}', true, decode(md5(s.code), 'hex'), s.attributes, s.name,
       case when ST_Dimension(s.plane) = 2 then ST_Multi(pg_temp.deg(s.plane)) else pg_temp.deg(s.plane) end
from town_shape s join layers_kind k on k.code = s.kind join layers_jurisdiction j on j.id = k.jurisdiction_id
join layers_area a on a.kind_id = k.id and a.code = s.code where j.code = %(code)s order by a.id;

insert into layers_areapiece (shape_id, area_id, kind_id, in_force, geom)
select s.id, s.area_id, s.kind_id, true,
       ST_Subdivide(case when k.width_m is null then s.geom
                         else ST_Transform(ST_Buffer(ST_Transform(s.geom, 32611), k.width_m / 2), 4326) end, 128)
from layers_areashape s join layers_kind k on k.id = s.kind_id join layers_jurisdiction j on j.id = k.jurisdiction_id
where j.code = %(code)s;

insert into layers_areaborder (shape_id, kind_id, in_force, line)
select id, kind_id, true, (ST_Dump(line)).geom from (
    select s.id, s.kind_id,
           ST_Subdivide(ST_SetSRID(ST_Boundary(
               case when k.width_m is null then ST_Transform(s.geom, 32611)
                    else ST_Buffer(ST_Transform(s.geom, 32611), k.width_m / 2) end), 0), 32) as line
    from layers_areashape s join layers_kind k on k.id = s.kind_id join layers_jurisdiction j on j.id = k.jurisdiction_id
    where j.code = %(code)s) as stretches;

insert into layers_parcel (kind_id, jurisdiction_id, parcel_number)
select k.id, j.id, s.code from town_shape s join layers_kind k on k.code = s.kind
join layers_jurisdiction j on j.id = k.jurisdiction_id where j.code = %(code)s and s.kind = 'parcel' order by s.code;

insert into layers_parcelshape (parcel_id, kind_id, editions, in_force, content_hash, attributes, situs_address, land_use,
                                owner_class, geom)
select p.id, k.id, '{[1,)}', true, decode(md5(s.code), 'hex'), '{}', s.name, s.attributes ->> 'land_use',
       s.attributes ->> 'owner_class', ST_Multi(pg_temp.deg(s.plane))
from town_shape s join layers_kind k on k.code = s.kind join layers_jurisdiction j on j.id = k.jurisdiction_id
join layers_parcel p on p.kind_id = k.id and p.parcel_number = s.code where j.code = %(code)s and s.kind = 'parcel';

insert into layers_centerline (kind_id, jurisdiction_id, segment_id)
select k.id, j.id, s.code from town_shape s join layers_kind k on k.code = s.kind
join layers_jurisdiction j on j.id = k.jurisdiction_id where j.code = %(code)s and s.kind = 'centerline' order by s.code;

insert into layers_centerlineshape (centerline_id, kind_id, editions, in_force, content_hash, attributes,
    pre_directional, street_name, post_type, post_directional, full_name, road_class, from_address_left,
    to_address_left, from_address_right, to_address_right, zip_left, zip_right, geom, plane)
select c.id, k.id, '{[1,)}', true, decode(md5(s.code), 'hex'), '{}', '', s.name, '', '', s.name, 'local',
       (s.attributes ->> 'from')::int, (s.attributes ->> 'to')::int, (s.attributes ->> 'from')::int + 1,
       (s.attributes ->> 'to')::int + 1, '', '', pg_temp.deg(s.plane), s.plane
from town_shape s join layers_kind k on k.code = s.kind join layers_jurisdiction j on j.id = k.jurisdiction_id
join layers_centerline c on c.kind_id = k.id and c.segment_id = s.code where j.code = %(code)s and s.kind = 'centerline';

drop function pg_temp.deg(geometry);
analyze layers_areapiece, layers_areaborder, layers_parcelshape, layers_centerlineshape, layers_areashape, layers_area;
