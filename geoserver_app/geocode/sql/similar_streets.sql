-- Streets of a jurisdiction whose names look like the asked ones: letters in common, slips of the finger, a beginning.
--
-- In: jurisdiction id; ids and names (folded) as arrays; limit for each, how alike at least (0 to 1). Out: as streets.sql, with how alike (0 to 1).
-- A transposed letter costs many trigrams of a short name, so names of about the same length that begin with the same
-- letter are compared letter by letter. Indexes: geocode_street_letters, geocode_street_begins.
select a.id as asked, a.key, s.street, s.pre_directional, s.street_name, s.post_type, s.post_directional, s.label,
       s.name_key, s.alike
from unnest(%(ids)s::int[], %(keys)s::text[]) as a (id, key)
cross join lateral (
    select t.*,
           greatest(
               0.9 * t.letters,
               case when t.slips <= 2 then 1.0 - 1.1 * greatest(length(a.key), 5)::float8 ^ -1 * case
                   -- Two letters that changed places are one slip.
                   when t.slips = 2 and (select string_agg(l, '' order by l) from regexp_split_to_table(t.name_key, '') l)
                       = (select string_agg(l, '' order by l) from regexp_split_to_table(a.key, '') l) then 1
                   else t.slips end end,
               case when length(a.key) >= 2 and starts_with(t.name_key, a.key)
                    then 0.75 + 0.2 * length(a.key) / length(t.name_key) end
           )::float8 as alike
    from (
        select t.id as street, t.pre_directional, t.street_name, t.post_type, t.post_directional, t.label, t.name_key,
               similarity(t.name_key, a.key) as letters,
               case when length(a.key) >= 4 and abs(length(t.name_key) - length(a.key)) <= 2
                    then levenshtein_less_equal(t.name_key, a.key, 2) end as slips
        from (
            select id from geocode_street where jurisdiction_id = %(jurisdiction)s and name_key %% a.key
            union
            select id from geocode_street
            where jurisdiction_id = %(jurisdiction)s
              and name_key ~>=~ left(a.key, 1) and name_key ~<~ chr(ascii(left(a.key, 1)) + 1)
              and (starts_with(name_key, a.key)
                   or length(a.key) >= 4 and abs(length(name_key) - length(a.key)) <= 2
                      and levenshtein_less_equal(name_key, a.key, 2) <= 2)
        ) i
        join geocode_street t on t.id = i.id
        offset 0
    ) t
    where t.letters >= 0.3 or t.slips <= 2 or starts_with(t.name_key, a.key)
    order by alike desc, t.name_key, t.street
    limit %(limit)s
) s
where s.alike >= %(least)s
