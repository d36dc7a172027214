-- Houses of address points that stand in an active edition and have no row yet. In: kind, jurisdiction ids.
insert into geocode_house
    (shape_id, kind_id, is_parcel, street_id, number, last, suffix, unit, zip_code, lon, lat)
select s.id, s.kind_id, false, t.id, s.address_number, s.address_number, s.number_suffix, upper(s.unit), s.zip_code,
       ST_X(s.geom), ST_Y(s.geom)
from layers_addresspointshape s
join geocode_street t on t.jurisdiction_id = %(jurisdiction)s
    and (t.pre_directional, t.street_name, t.post_type, t.post_directional)
        = (s.pre_directional, s.street_name, s.post_type, s.post_directional)
where s.kind_id = %(kind)s and s.address_number is not null
  and s.editions && (select range_agg(int4range(e.seq, e.seq, '[]')) from layers_edition e
                     where e.kind_id = %(kind)s and e.state = 'active')
  and not exists (select from geocode_house h where h.kind_id = s.kind_id and h.shape_id = s.id)
order by t.id, s.address_number
