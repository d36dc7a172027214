-- The nearest named street of each place.
--
-- In:  link_spot, link_place, link_edition, link_kind; %(street_m)s  metres beyond which a street is none
--      %(close_m)s  metres within which nearly every place has one
-- Out: link_street  place, shape of the segment, metres; and indexes on link_spot for this step and those after it that
--      look for what is near: areas alone, as of today, need none
-- Indexes: centerline_plane_in_force, centerline_plane_past.
create index on link_spot using gist (plane);
create index on link_spot using gist (around) where reach > 0;

create temporary table link_street (place int, shape_id bigint, metres float8) on commit drop;

-- Nearly every place is close to its street: a narrow search meets few candidates, and a wide one is for the rest.
create temporary table link_close on commit drop as
select distinct on (spot) spot, shape_id, metres
from (select s.spot, x.id as shape_id, x.plane <-> s.plane as metres from {close_streets}) as c
where metres <= %(close_m)s
order by spot, metres, shape_id;

analyze link_close (spot);

insert into link_close
select s.spot, c.id, c.metres
from link_kind k
join link_spot s on s.jurisdiction_id = k.jurisdiction_id
cross join lateral (
    select c.id, c.plane <-> s.plane as metres
    from layers_centerlineshape c
    where c.in_force and c.kind_id = k.kind_id and c.street_name <> '' and ST_DWithin(c.plane, s.plane, %(street_m)s)
    order by metres, c.id limit 1) c
where k.plain and k.feature_class = 'centerline' and s.spot not in (select spot from link_close);

insert into link_street select p.place, c.shape_id, c.metres from link_close c join link_place p on p.spot = c.spot;

insert into link_street
select p.place, c.id, c.metres
from link_edition e
join link_place p on p.era = e.era
join link_spot s on s.spot = p.spot
cross join lateral (
    select c.id, c.plane <-> s.plane as metres
    from layers_centerlineshape c
    where c.kind_id = e.kind_id and c.editions @> e.seq and c.street_name <> ''
      and ST_DWithin(c.plane, s.plane, %(street_m)s)
    order by metres, c.id limit 1) c
where e.feature_class = 'centerline' and not e.plain;

create index on link_street (place);
analyze link_street;
