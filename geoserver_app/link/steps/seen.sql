-- The points that everybody may see instead of the true ones: middles of blocks, centers of cells.
--
-- In:  link_batch, link_visit, link_place, link_spot, link_street
-- Out: further rows in link_spot and link_place (reach 0, "seen"), and
--      link_shown  place and policy of each request with a public row, once
--      link_seen   of those with a coarse policy: the place that everybody may see instead, and its point
create temporary table link_shown on commit drop as
select v.place, c.privacy
from link_batch b
join catalog_service c on c.id = b.service_id and c.publication = 'public' and not c.sensitive and c.privacy <> 'hidden'
join link_visit v on v.request_id = b.request_id
group by 1, 2;

create temporary table link_seen on commit drop as
select v.*, (select max(spot) from link_spot) + dense_rank() over (order by jurisdiction_id, point)::int as seen_spot,
       (select max(place) from link_place) + dense_rank() over (order by jurisdiction_id, point, era)::int as seen_place
from (select v.place, v.privacy, v.jurisdiction_id, v.era,
             coalesce(case when v.privacy = 'block_face' then {middle} end, {cell}) as point
      from (select w.place, w.privacy, p.era, o.jurisdiction_id, o.lon, o.lat, s.geom
            from link_shown w
            join link_place p on p.place = w.place
            join link_spot o on o.spot = p.spot
            left join link_street t on t.place = w.place
            left join layers_centerlineshape s on s.id = t.shape_id
            where w.privacy in ('block_face', 'cell')) as v) as v;

insert into link_spot (spot, jurisdiction_id, lon, lat, point, reach, inside)
select distinct on (seen_spot) seen_spot, jurisdiction_id, ST_X(point), ST_Y(point), point, 0, false
from link_seen order by seen_spot;

insert into link_place
select seen_place, min(seen_spot), min(era), 0, true from link_seen group by seen_place;

analyze link_shown, link_seen (place, privacy, seen_place), link_place;
