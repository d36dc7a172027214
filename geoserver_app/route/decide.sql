-- Who gets each request: one version of the rules over a relation of facts. One row or a million, the same statement.
--
-- In:  facts     a relation with the columns of facts.Facts and request_id; lies_on and doubt are as measured
--      version   id of the version; clauses are its rules' outcomes, hits the positions of those that match (compiled
--                by program.py), relevant the bits of ground that any of them asks about
-- Out: one row for each request: how it was decided, by what, who gets it, who is told, and the facts
-- Ground in doubt does not decide alone: every way it may turn out is tried (facts.ways()), and where they lead to
-- different desks, the version's safe desk gets it and "candidates" lists the rules (0: the table of defaults).
-- Materialized is what has long expressions that are asked for more than once: else each mention would work them out
-- again. Index: default_route_once.
with fact as materialized (
    {facts}
), said as (
    select f.*, case
        when f.asset_owner = 'city' then case when f.lies_on & {park} <> 0 then {park} else {row} end
        when f.asset_owner = 'private' then {private}
        else case f.means when 'row' then {row} when 'private' then {private} when 'park' then {park} else 0 end
        end as said
    from fact f
), settled as materialized (
    select s.*,
           case when s.said = 0 then s.lies_on
                else s.lies_on & ~s.replaced | s.said
                     | case when s.said & {park} <> 0 then s.lies_on & {public} else 0 end end as ground,
           case when s.said = 0 then s.doubt else s.doubt & ~s.replaced end & {relevant} as unsure
    from (select *, case when said & {row} <> 0 then {ownership} else {ownership} | {state} end as replaced from said) s
), tried as materialized (
    select f.*, {hits} as hits
    from (select s.*, case when s.ground & s.lies_on & ({private} | {public}) <> 0 then s.parcel_owner else '' end as owner_class,
                 case when s.ground & s.lies_on & ({private} | {public}) <> 0 then s.parcel_use else '' end as land_use
          from settled s) f
), way as (
    select distinct s.request_id, case when w.ground & {row} <> 0 then w.ground else w.ground & ~{state} end as ground
    from settled s
    cross join lateral (
        select unnest(case when s.unsure & {exclusive} = 0 then array[s.ground & {exclusive}]
                           else array_remove(array[nullif(s.unsure & {row}, 0), nullif(s.unsure & {private}, 0),
                                                   nullif(s.unsure & {public}, 0),
                                                   case when s.ground & {exclusive} = 0 then 0 end], null) end) as one) x
    cross join lateral (
        select o << 3 as over from generate_series(0, case when s.unsure & ~{exclusive} = 0 then 0 else 63 end) o
        where (o << 3) & ~(s.unsure & ~{exclusive}) = 0) y
    cross join lateral (select s.ground & ~{exclusive} & ~s.unsure | x.one | y.over as ground) w
    where s.unsure <> 0
), turned as materialized (
    select f.request_id, {hits} as hits
    from (select s.request_id, s.service_id, s.area_ids, w.ground, s.lies_on, s.means, s.asset_kind, s.asset_owner,
                 case when w.ground & s.lies_on & ({private} | {public}) <> 0 then s.parcel_owner else '' end as owner_class,
                 case when w.ground & s.lies_on & ({private} | {public}) <> 0 then s.parcel_use else '' end as land_use,
                 s.answers, s.channel, s.language, s.minute, s.office_open, s.priority
          from way w join settled s on s.request_id = w.request_id) f
), weighed as (
    select request_id, array_agg(distinct coalesce(hits[1], 0)) as winners from turned group by request_id
    having count(distinct coalesce(hits[1], 0)) > 1
), in_area as (
    select f.request_id, min(d.id) as id
    from fact f
    join route_defaultroute d on d.rule_set_id = {version} and d.service_id = f.service_id and d.area_id = any(f.area_ids)
    group by f.request_id
), clause (position, department, post, agency, priority, triage, copies) as (
    values {clauses}
), tabled as (
    select t.*, w.winners, d.id as default_id, d.department_id as default_department, d.post_id as default_post,
           d.priority as default_priority, c.copies as default_copies
    from tried t
    left join weighed w on w.request_id = t.request_id
    left join in_area a on a.request_id = t.request_id
    left join route_defaultroute e on e.rule_set_id = {version} and e.service_id = t.service_id and e.area_id is null
    left join route_defaultroute d on d.id = coalesce(a.id, e.id)
    left join (values {default_copies}) as c (id, copies) on c.id = d.id
), doubted as materialized (
    select t.*, case when t.winners is not null then (
        select case when count(distinct (case when k.inherits then t.default_department else k.department end,
                                         case when k.inherits then t.default_post else k.post end,
                                         k.agency, k.triage)) > 1 then t.winners end
        from (select c.department, c.post, c.agency, coalesce(c.triage, false) as triage,
                     c.department is null and not coalesce(c.triage, false) as inherits
              from unnest(t.winners) as n (position) left join clause c on c.position = n.position) as k) end as candidates
    from tabled t
), won as materialized (
    select d.*, case when d.candidates is null then d.hits[1] end as winner,
           case when d.candidates is null then d.hits[2] end as runner_up,
           case when d.candidates is not null then 'safe'
                when d.hits[1] is not null then 'rule'
                when d.lies_on & {outside} <> 0 then 'outside'
                when d.default_id is not null then 'default'
                else 'none' end as way
    from doubted d
), led as (
    select w.*, c.agency, c.priority as rule_priority, c.copies as rule_copies,
           coalesce(c.triage, false) or w.way in ('outside', 'none')
           or w.way = 'rule' and c.department is null and (w.default_id is null or w.lies_on & {outside} <> 0) as triage,
           w.way = 'default' or w.way = 'rule' and c.department is null as inherits,
           c.department, c.post
    from won w left join clause c on c.position = w.winner
)
select l.request_id, l.way, l.winner, l.runner_up, l.candidates::smallint[] as candidates,
       case when l.inherits and not l.triage then l.default_id end as default_route,
       case when l.way = 'safe' then {safe_department} when l.triage then {triage_department}
            when l.inherits then l.default_department else l.department end as department,
       case when l.way = 'safe' then {safe_post} when l.triage then {triage_post}
            when l.inherits then l.default_post else l.post end as post,
       l.agency,
       coalesce(nullif(l.rule_priority, ''), case when l.inherits and not l.triage then nullif(l.default_priority, '') end,
                l.priority) as priority,
       l.triage,
       nullif(coalesce(l.rule_copies, '{{}}'::bigint[])
              || case when l.inherits and not l.triage then coalesce(l.default_copies, '{{}}'::bigint[])
                      else '{{}}'::bigint[] end, '{{}}'::bigint[]) as copies,
       l.service_id, l.area_ids, l.lies_on, l.doubt, l.means, l.asset_kind, l.asset_owner, l.parcel_owner as owner_class,
       l.parcel_use as land_use,
       l.answers, l.channel, l.language, l.minute, l.office_open, l.priority as base_priority, l.unsure
from led l
