-- The points that everybody may see instead of the true ones: middles of blocks, centers of cells.
--
-- In:  link_batch, link_visit, link_place, link_spot, link_street
-- Out: further rows in link_spot and link_place (reach 0, "seen"), and
--      link_seen  request, and the place that everybody may see
create temporary table link_shown on commit drop as
select v.request_id, v.jurisdiction_id, v.era,
       coalesce(case when v.privacy = 'block_face' then {middle} end, {cell}) as point
from (select v.request_id, v.jurisdiction_id, v.era, v.place, v.lon, v.lat, c.privacy, s.geom
      from link_batch b
      join catalog_service c on c.id = b.service_id and c.privacy in ('block_face', 'cell')
                            and c.publication = 'public' and not c.sensitive
      join link_visit v on v.request_id = b.request_id
      left join link_street t on t.place = v.place
      left join layers_centerlineshape s on s.id = t.shape_id) as v;

create temporary table link_seen on commit drop as
select s.*, (select max(spot) from link_spot) + dense_rank() over (order by jurisdiction_id, point)::int as spot,
       (select max(place) from link_place) + dense_rank() over (order by jurisdiction_id, point, era)::int as place
from link_shown s;

insert into link_spot (spot, jurisdiction_id, lon, lat, point, reach, inside)
select distinct on (spot) spot, jurisdiction_id, ST_X(point), ST_Y(point), point, 0, false from link_seen order by spot;

insert into link_place
select place, min(spot), min(era), 0, true from link_seen group by place;

create index on link_seen (request_id);
analyze link_seen (request_id, place), link_place;
