-- Where and when a batch asks: most requests share their point with others, so each point is looked up once.
--
-- In:  link_batch, link_era
--      %(exact)s, %(accuracy)s, %(largest_m)s  how exact a position is by how it was given (see ground.reach)
-- Out: link_visit  one row for each request with a place: its spot, its place
--      link_spot   one row for each point (degrees and metre plane), with the largest reach asked for there; "around" is
--                  the box that holds every place within it
--      link_place  one row for each spot, era and reach in metres; "seen" are the points that everybody may see
create temporary table link_asked on commit drop as
select b.request_id, b.jurisdiction_id, e.era, b.lon, b.lat,
       case when b.accuracy_m is null or b.place_method = any(%(exact)s::text[])
            then coalesce((%(accuracy)s::jsonb ->> b.place_method)::float8, 0)
            else least(greatest(b.accuracy_m, 0), %(largest_m)s::float8) end as reach
from link_batch b
join layers_jurisdiction j on j.id = b.jurisdiction_id
join link_era e on e.jurisdiction_id = b.jurisdiction_id
               and e.day = (b.requested_datetime at time zone j.time_zone)::date
where b.lon is not null and b.lat is not null;

-- Requests are hashed and only the places sorted: there are far fewer of them.
create temporary table link_number on commit drop as
select s.*, dense_rank() over w::int as spot, row_number() over w::int as place
from (select jurisdiction_id, lon, lat, era, reach from link_asked group by 1, 2, 3, 4, 5) as s
window w as (order by jurisdiction_id, lon, lat);

create temporary table link_visit on commit drop as
select a.request_id, n.spot, n.place
from link_asked a join link_number n using (jurisdiction_id, lon, lat, era, reach);

create temporary table link_spot on commit drop as
select s.*, ST_Expand(s.plane, s.reach) as around
from (select s.spot, s.jurisdiction_id, j.metric_srid, s.lon, s.lat, s.point, {plane_point} as plane, s.reach,
             ST_Covers(j.outline, s.point) or ST_DWithin(j.outline, s.point, 1e-6) as inside
      from (select spot, jurisdiction_id, lon, lat, max(reach) as reach,
                   ST_SetSRID(ST_MakePoint(lon, lat), 4326) as point
            from link_number group by spot, jurisdiction_id, lon, lat) as s
      join layers_jurisdiction j on j.id = s.jurisdiction_id
      offset 0) as s
order by s.point;

create temporary table link_place on commit drop as
select place, spot, era, reach, false as seen from link_number;

create index on link_spot using gist (point);
create index on link_place (spot);
analyze link_visit (request_id, place), link_spot (spot, jurisdiction_id, reach, inside), link_place;
