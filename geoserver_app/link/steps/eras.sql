-- Days of a batch that share all their editions, and those editions.
--
-- In:  link_batch (see bulk.py)
--      %(ground)s  kinds that say what a place lies on, with their bits: {{"park": 8}}
--      %(only)s    ids of the kinds that are asked about; null: all
-- Out: link_era      one row for each jurisdiction and local day of the batch, with the number of its era
--      link_edition  the editions of each era with their kind's policies. "plain" where every era of the batch uses the
--                    kind's current edition, so that the partial indexes on shapes in force answer for it; "bit" tells
--                    kinds apart in one number (the 63rd and later ones share a bit, which only costs a second look).
--      link_kind     one row for each kind of those editions
create temporary table link_era on commit drop as
with day as (
    select distinct b.jurisdiction_id, (b.requested_datetime at time zone j.time_zone)::date as day
    from link_batch b join layers_jurisdiction j on j.id = b.jurisdiction_id
), standing as (
    select d.jurisdiction_id, d.day, array_agg(e.id order by e.id) filter (where e.id is not null) as editions
    from day d
    left join layers_kind k on k.jurisdiction_id = d.jurisdiction_id
    left join layers_edition e on e.kind_id = k.id and e.state = 'active' and e.in_force @> d.day
    group by 1, 2
)
select jurisdiction_id, day, dense_rank() over (order by jurisdiction_id, editions)::int as era, editions from standing;

create temporary table link_edition on commit drop as
select r.era, k.jurisdiction_id, k.id as kind_id, k.code, k.feature_class, k.overlap = 'one' as one, k.gap_m,
       k.near_border_m, e.seq,
       bool_and(e.is_current) over (partition by k.id)
       and count(*) over (partition by k.id) = (select count(distinct l.era) from link_era l
                                                where l.jurisdiction_id = k.jurisdiction_id) as plain,
       coalesce((%(ground)s::jsonb ->> k.code)::int, 0) as ground,
       1::bigint << least(62, dense_rank() over (partition by k.jurisdiction_id order by k.id) - 1)::int as bit
from (select distinct era, editions from link_era) r
cross join unnest(r.editions) as standing (id)
join layers_edition e on e.id = standing.id
join layers_kind k on k.id = e.kind_id
where %(only)s::bigint[] is null or k.id = any(%(only)s::bigint[]);

create temporary table link_kind on commit drop as
select distinct jurisdiction_id, kind_id, code, feature_class, one, near_border_m, plain, ground, bit from link_edition;

analyze link_era, link_edition, link_kind;
