-- The plainest SQL that writes the same rows as linking a batch: each request looked up by itself, today's editions only.
create temporary table bare_link on commit drop as
select b.request_id, p.point, p.plane,
       array(select distinct x.area_id from layers_areapiece x where x.in_force and ST_Covers(x.geom, p.point)
             order by x.area_id) as area_ids,
       o.parcel_id, o.owner_class, o.land_use, o.situs_address, t.centerline_id, t.full_name, t.middle,
       array(select distinct x.area_id from layers_areapiece x where x.in_force and ST_Covers(x.geom, t.middle)
             order by x.area_id) as public_area_ids
from link_batch b
join layers_jurisdiction j on j.id = b.jurisdiction_id
cross join lateral (
    select g.point, ST_SetSRID(ST_Transform(g.point, j.metric_srid), 0) as plane
    from (select ST_SetSRID(ST_MakePoint(b.lon, b.lat), 4326) as point) g offset 0) p
left join lateral (
    select x.parcel_id, x.owner_class, x.land_use, x.situs_address from layers_parcelshape x
    where x.in_force and ST_Covers(x.geom, p.point) limit 1) o on true
left join lateral (
    select c.centerline_id, c.full_name, ST_LineInterpolatePoint(ST_GeometryN(c.geom, 1), 0.5) as middle
    from layers_centerlineshape c
    where c.in_force and c.street_name <> '' and ST_DWithin(c.plane, p.plane, %(street_m)s)
    order by c.plane <-> p.plane limit 1) t on true
where b.lon is not null;

create temporary table bare_near on commit drop as
select r.request_id, b.kind_id, s.area_id, min(ST_Distance(b.line, r.plane)) as metres
from bare_link r
join layers_areaborder b on b.in_force and ST_DWithin(b.line, r.plane, 15)
join layers_kind k on k.id = b.kind_id and k.near_border_m > 0
join layers_areashape s on s.id = b.shape_id
group by 1, 2, 3;

delete from link_membership m using link_batch b where m.request_id = b.request_id;

insert into link_membership (request_id, kind_id, area_id, method, distance_m, alternatives)
select n.request_id, n.kind_id, n.area_id, 'near_border', n.metres, '{}'
from bare_near n join bare_link r on r.request_id = n.request_id
where n.area_id = any(r.area_ids)
