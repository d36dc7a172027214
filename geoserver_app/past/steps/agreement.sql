-- Our areas against those that the old system gave: how many agree, by kind.
--
-- In:  placed (filled in)  rows (request_id, area_ids, is_placed) of the requests that are compared
--      past_origin; %(jurisdiction)s; %(kinds)s  codes of the kinds
-- Out: rows (kind, outcome, n): agree; differ; unknown, where no area of ours is called that; none_here, where we know
--      no area of the kind at the place; no_place
with placed as materialized ({placed}), called as materialized (
    select distinct k.code as kind, a.id as area_id, word.folded
    from layers_kind k join layers_area a on a.kind_id = k.id
    left join layers_areashape x on x.area_id = a.id
    cross join lateral (values (a.code), (x.name)) as name (text)
    cross join lateral (select ltrim(regexp_replace(upper(name.text), '[^[:alnum:]]+', '', 'g'), '0') as folded) as word
    where k.jurisdiction_id = %(jurisdiction)s and k.code = any(%(kinds)s) and word.folded <> ''
), said as (
    select p.request_id, p.area_ids, p.is_placed, e.key as kind, e.value as theirs
    from placed p join past_origin o on o.request_id = p.request_id
    cross join lateral jsonb_each_text(o.areas) as e
), word as (
    select distinct kind, theirs, ltrim(regexp_replace(upper(theirs), '[^[:alnum:]]+', '', 'g'), '0') as folded from said
), meant as (
    select w.kind, w.theirs, coalesce(array_agg(c.area_id) filter (where c.area_id is not null), '{{}}') as ids
    from word w left join called c on c.kind = w.kind and c.folded = w.folded
    group by 1, 2
), there as (
    select kind, array_agg(distinct area_id) as ids from called group by kind
)
select s.kind,
       case when not s.is_placed then 'no_place'
            when s.area_ids && m.ids then 'agree'
            when cardinality(m.ids) = 0 then 'unknown'
            when s.area_ids && t.ids then 'differ'
            else 'none_here' end as outcome,
       count(*) as n
from said s
join meant m on m.kind = s.kind and m.theirs = s.theirs
left join there t on t.kind = s.kind
group by 1, 2
order by 1, 2
