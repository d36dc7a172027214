-- The nearest named street of each place.
--
-- In:  link_spot, link_place, link_edition; %(street_m)s  metres beyond which a street is none
-- Out: link_street  place, shape of the segment, metres
-- Indexes: centerline_plane_in_force, centerline_plane_past.
create temporary table link_street on commit drop as
select p.place, c.id as shape_id, c.metres
from link_spot s
cross join lateral (
    select c.id, c.kind_id, c.plane <-> s.plane as metres
    from layers_centerlineshape c
    where c.in_force and c.street_name <> '' and ST_DWithin(c.plane, s.plane, %(street_m)s::float8)
      and c.kind_id in (select kind_id from link_edition e
                        where e.plain and e.feature_class = 'centerline' and e.jurisdiction_id = s.jurisdiction_id)
    order by metres, c.id limit 1) c
join link_place p on p.spot = s.spot
join link_edition e on e.era = p.era and e.kind_id = c.kind_id;

insert into link_street
select p.place, c.id, c.metres
from link_edition e
join link_place p on p.era = e.era
join link_spot s on s.spot = p.spot
cross join lateral (
    select c.id, c.plane <-> s.plane as metres
    from layers_centerlineshape c
    where c.kind_id = e.kind_id and c.editions @> e.seq and c.street_name <> ''
      and ST_DWithin(c.plane, s.plane, %(street_m)s::float8)
    order by metres, c.id limit 1) c
where e.feature_class = 'centerline' and not e.plain;

create index on link_street (place);
analyze link_street;
