-- Names of streets that a kind's shapes have and the search tables have not.
--
-- In: kind, jurisdiction ids; {table} is layers_addresspointshape or layers_centerlineshape. Out: the four name parts.
select distinct s.pre_directional, s.street_name, s.post_type, s.post_directional
from {table} s
where s.kind_id = %(kind)s and s.street_name <> ''
  and s.editions && (select range_agg(int4range(e.seq, e.seq, '[]')) from layers_edition e
                     where e.kind_id = %(kind)s and e.state = 'active')
except
select t.pre_directional, t.street_name, t.post_type, t.post_directional
from geocode_street t where t.jurisdiction_id = %(jurisdiction)s
