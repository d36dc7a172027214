-- Everything a picture of the map shows, clipped to its box: one row for each shape, street (all its segments) or name.
-- In: jurisdiction (code), west, south, east, north (degrees), margin_deg (what is drawn beyond the edge), fine_deg (a
--     third of a pixel), zoom (display zoom), most (parcels or buildings: with more of them none are drawn),
--     kinds (codes of the kinds of area that are switched on).
-- Out: layer, class, name, geom (WKB, SRID 4326), in drawing order where it matters.
-- Indexes: the partial GiST indexes of the shapes in force, by the box.
with
place as materialized (
  select j.id, j.name as own_name, j.outline, st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326) as frame,
         st_expand(st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326), %(margin_deg)s) as search
  from published.jurisdiction j where j.code = %(jurisdiction)s
),
kind as materialized (
  select k.* from published.kind k where k.jurisdiction_id = (select id from place)
),
area as materialized (
  select k.code as kind, a.code, a.name, a.geom
  from published.area a join kind k on k.id = a.kind_id
  where a.geom && (select search from place)
    and a.kind_id = any (array(select id from kind where code in ('municipality', 'neighborhood', 'park', 'water', 'rail')
                                                      or code = any (%(kinds)s::text[])))
),
building as materialized (
  select b.geom from published.area b
  where %(zoom)s >= 14.6 and b.geom && (select search from place)
    and b.kind_id = any (array(select id from kind where code = 'building'))
  limit %(most)s + 1
),
parcel as materialized (
  select p.geom from published.parcel p
  where %(zoom)s >= 14.6 and p.geom && (select search from place)
    and p.kind_id = any (array(select id from kind where feature_class = 'parcel'))
  limit %(most)s + 1
),
street as materialized (
  select s.road_class as class, s.name, st_linemerge(st_collect(s.geom)) as geom
  from published.street s
  where s.geom && (select search from place)
    and s.kind_id = any (array(select id from kind where feature_class = 'centerline'))
    and s.road_class = any (case when %(zoom)s < 11.5 then array['motorway', 'arterial']
                                 when %(zoom)s < 12.5 then array['motorway', 'ramp', 'arterial', 'collector']
                                 when %(zoom)s < 14.6 then array['motorway', 'ramp', 'arterial', 'collector', 'local']
                                 else array['motorway', 'ramp', 'arterial', 'collector', 'local', 'alley', 'path'] end)
  group by s.road_class, s.name
),
landmark as materialized (
  select l.category, l.name, l.geom from published.landmark l
  where %(zoom)s >= 12.5 and l.geom && (select search from place)
    and l.kind_id = any (array(select id from kind where feature_class = 'landmark'))
),
shape (layer, class, name, geom) as (
  select 'land', '', '', outline from place where outline && search
  union all
  select kind, '', name, geom from area where kind in ('municipality', 'park', 'water', 'rail')
  union all
  select 'grounds', category, name, geom from landmark where st_dimension(geom) = 2
  union all
  select 'parcel', '', '', geom from parcel where (select count(*) from parcel) <= %(most)s
  union all
  select 'building', '', '', geom from building where (select count(*) from building) <= %(most)s
  union all
  select 'street', class, name, geom from street
  union all
  select 'areas', kind, coalesce(nullif(name, ''), code), geom from area where kind = any (%(kinds)s::text[])
),
-- Names are written inside what is seen of a shape, not of the whole of it.
named (layer, class, name, geom) as (
  select 'name', kind, name, geom from area
  where kind in ('municipality', 'neighborhood', 'park', 'water') and name not in ('', (select own_name from place))
  union all
  select 'area name', kind, coalesce(nullif(name, ''), code), geom from area where kind = any (%(kinds)s::text[])
  union all
  select 'name', case when category in ('city_hall', 'hospital') then 'early landmark' else 'landmark' end, name, geom
  from landmark where name <> ''
  union all
  select 'number', '', a.house_number, a.geom from published.address a
  where %(zoom)s >= 17.6 and a.house_number <> '' and a.geom && (select frame from place)
    and a.kind_id = any (array(select id from kind where feature_class = 'address_point'))
)
select layer, class, name, st_asbinary(geom) as geom
from (
  select layer, class, name,
         st_simplify(st_clipbybox2d(geom, place.search), %(fine_deg)s, true) as geom
  from shape, place
  union all
  select layer, class, name, st_pointonsurface(st_clipbybox2d(geom, place.frame))
  from named, place where geom && place.frame
) drawn
where geom is not null and not st_isempty(geom)
order by layer, class, name, geom
