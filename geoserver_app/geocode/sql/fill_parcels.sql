-- Houses of parcels, out of their situs as it was read (temporary table situs_batch). In: kind, jurisdiction ids.
insert into geocode_house
    (shape_id, kind_id, is_parcel, street_id, number, last, suffix, unit, zip_code, lon, lat)
select s.id, s.kind_id, true, t.id, b.number, b.last, b.suffix, b.unit, '', ST_X(p.point), ST_Y(p.point)
from situs_batch b
join layers_parcelshape s on s.id = b.shape_id
join geocode_street t on t.jurisdiction_id = %(jurisdiction)s
    and (t.pre_directional, t.street_name, t.post_type, t.post_directional) = (b.pre, b.name, b.type, b.post)
cross join lateral (select ST_PointOnSurface(s.geom) as point offset 0) p
where s.kind_id = %(kind)s
order by t.id, b.number
