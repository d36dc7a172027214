-- How many requests that filters choose lie in each area of a list, counted from the requests themselves.
-- In: relation and condition as published/chosen.py builds them; %(wanted)s, ids of areas
-- Out: area, count. A request in two areas of one kind counts in both.
select a.id, count(*)
from {relation} r cross join lateral unnest(r.area_ids) as a (id)
where {condition} and a.id = any(%(wanted)s::bigint[])
group by a.id
