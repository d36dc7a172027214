-- Where and when a batch asks: most requests share their point with others, so each point is looked up once.
--
-- In:  link_batch, link_era
--      %(exact)s, %(accuracy)s, %(largest_m)s  how exact a position is by how it was given (see ground.reach)
-- Out: link_visit  one row for each request with a place: its spot, its place
--      link_spot   one row for each point (degrees and metre plane), with the largest reach asked for there
--      link_place  one row for each spot, era and reach in metres; "seen" are the points that everybody may see
create temporary table link_visit on commit drop as
select v.*,
       dense_rank() over (order by jurisdiction_id, lon, lat)::int as spot,
       dense_rank() over (order by jurisdiction_id, lon, lat, era, reach)::int as place
from (
    select b.request_id, b.jurisdiction_id, e.era, b.lon, b.lat,
           case when b.accuracy_m is null or b.place_method = any(%(exact)s::text[])
                then coalesce((%(accuracy)s::jsonb ->> b.place_method)::float8, 0)
                else least(greatest(b.accuracy_m, 0), %(largest_m)s::float8) end as reach
    from link_batch b
    join layers_jurisdiction j on j.id = b.jurisdiction_id
    join link_era e on e.jurisdiction_id = b.jurisdiction_id
                   and e.day = (b.requested_datetime at time zone j.time_zone)::date
    where b.lon is not null and b.lat is not null) as v;

create temporary table link_spot on commit drop as
select s.spot, s.jurisdiction_id, j.metric_srid, s.lon, s.lat, s.point, {plane_point} as plane, s.reach,
       ST_Covers(j.outline, s.point) or ST_DWithin(j.outline, s.point, 1e-6) as inside
from (select spot, min(jurisdiction_id) as jurisdiction_id, min(lon) as lon, min(lat) as lat, max(reach) as reach,
             ST_SetSRID(ST_MakePoint(min(lon), min(lat)), 4326) as point
      from link_visit group by spot) as s
join layers_jurisdiction j on j.id = s.jurisdiction_id
order by s.point;

create temporary table link_place on commit drop as
select place, min(spot) as spot, min(era) as era, min(reach) as reach, false as seen from link_visit group by place;

create index on link_spot using gist (point);
create index on link_spot using gist (plane);
create index on link_spot using gist (plane) where reach > 0;
create index on link_place (spot);
create index on link_visit (request_id);
analyze link_visit (request_id, place), link_spot (spot, jurisdiction_id, reach), link_place;
