-- Parcels with a situs that stand in an active edition and have no row yet. In: kind id. Out: shape id, situs.
select s.id, s.situs_address
from layers_parcelshape s
where s.kind_id = %(kind)s and s.situs_address <> ''
  and s.editions && (select range_agg(int4range(e.seq, e.seq, '[]')) from layers_edition e
                     where e.kind_id = %(kind)s and e.state = 'active')
  and not exists (select from geocode_house h where h.kind_id = s.kind_id and h.shape_id = s.id)
