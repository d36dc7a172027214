-- The requests that a change of editions concerns: on days whose edition changed (and, for the areas of today, on any
-- day where today's changed), with their place on ground that changed or so near to it that a distance may differ.
--
-- In:  %(jurisdiction)s, %(kind)s  ids; %(today)s  the local day; %(reach_m)s  metres around the changed ground
--      %(days)s, %(before)s, %(after)s  arrays, one entry for each stretch of days: a daterange, the number (seq) of the
--      edition that they had and of the one that they have now (null: none)
--      %(assets)s  ids of assets that changed (of a kind of assets)
--      {shape}, {identity}  table of the kind's shapes and its column of identities; {changed}  ground of a pair (o, n)
-- Out: concerned_request (request_id bigint)
-- Indexes: request_geom; layers_*shape.kind_id. Ground in degrees (EPSG:4326), widened in the metre plane.
create temporary table concerned_stretch on commit drop as
select row_number() over () as id, s.days, s.before, s.after, s.days @> %(today)s::date as is_today
from unnest(%(days)s::daterange[], %(before)s::int[], %(after)s::int[]) as s (days, before, after);

create temporary table concerned_ground on commit drop as
with gone as (
    select t.id as stretch, x.{identity} as feature, x.geom, x.attributes
    from concerned_stretch t join {shape} x
      on x.kind_id = %(kind)s and x.editions @> t.before and (x.editions @> t.after) is not true
), fresh as (
    select t.id as stretch, x.{identity} as feature, x.geom, x.attributes
    from concerned_stretch t join {shape} x
      on x.kind_id = %(kind)s and x.editions @> t.after and (x.editions @> t.before) is not true
), changed as (
    select coalesce(o.stretch, n.stretch) as stretch, {changed} as geom
    from gone o full join fresh n on n.stretch = o.stretch and n.feature = o.feature
)
select c.stretch,
       ST_Subdivide(ST_Transform(ST_Buffer(ST_Transform(c.geom, j.metric_srid), %(reach_m)s::float8, 4), 4326), 128)
           as geom
from changed c, layers_jurisdiction j
where j.id = %(jurisdiction)s and not ST_IsEmpty(c.geom);

create index on concerned_ground using gist (geom);
analyze concerned_ground, concerned_stretch;

create temporary table concerned_request on commit drop as
select distinct r.id as request_id
from concerned_ground g
join concerned_stretch t on t.id = g.stretch
cross join lateral (
    select r.id, r.requested_datetime from intake_servicerequest r
    where r.jurisdiction_id = %(jurisdiction)s and r.geom && g.geom and ST_Intersects(g.geom, r.geom)
      and r.state <> 'received'
    offset 0) r
join layers_jurisdiction j on j.id = %(jurisdiction)s
where t.is_today or t.days @> (r.requested_datetime at time zone j.time_zone)::date
union
-- A thing on the map that a request names, however far away it is.
select r.id from intake_servicerequest r
where r.jurisdiction_id = %(jurisdiction)s and r.asset_id = any(%(assets)s) and r.state <> 'received';
