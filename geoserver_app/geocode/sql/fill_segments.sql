-- Named street segments that stand in an active edition and have no row yet. In: kind, jurisdiction ids.
insert into geocode_segment (shape_id, kind_id, street_id, is_crossed)
select s.id, s.kind_id, t.id, false
from layers_centerlineshape s
join geocode_street t on t.jurisdiction_id = %(jurisdiction)s
    and (t.pre_directional, t.street_name, t.post_type, t.post_directional)
        = (s.pre_directional, s.street_name, s.post_type, s.post_directional)
where s.kind_id = %(kind)s
  and s.editions && (select range_agg(int4range(e.seq, e.seq, '[]')) from layers_edition e
                     where e.kind_id = %(kind)s and e.state = 'active')
on conflict do nothing
