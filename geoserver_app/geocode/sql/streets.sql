-- Streets of a jurisdiction that are known by one of the asked keys.
--
-- In: jurisdiction id; ids and keys, two arrays of one length: which question, under which folding.
-- Out: question, street with its parts, and the key that it was found by.
-- Index: geocode_street_keys (GIN).
select a.id as asked, a.key, s.id as street, s.pre_directional, s.street_name, s.post_type, s.post_directional,
       s.label, s.name_key
from unnest(%(ids)s::int[], %(keys)s::text[]) as a (id, key)
join geocode_street s on s.jurisdiction_id = %(jurisdiction)s and s.keys @> array[a.key]
