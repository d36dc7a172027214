-- Who gets each request: one version of the rules over a relation of facts. One row or a million, the same statement.
--
-- In:  facts     a relation with the columns of facts.Facts and request_id; lies_on and doubt are as measured
--      version   id of the version; clauses are its rules' outcomes; measured, sure and possible their conditions,
--                compiled by program.py for ground as measured, however it turns out, and in some way it may turn out
-- Out: one row for each request: how it was decided, by what, who gets it, who is told, and the facts
-- A rule that matches only because of ground in doubt does not decide alone: where the rules that may match lead to
-- different desks, the version's safe desk gets it and "candidates" lists them.
-- Index: default_route_once.
with fact as materialized (
    {facts}
), said as (
    select f.*, case
        when f.asset_owner = 'city' then case when f.lies_on & {park} <> 0 then {park} else {row} end
        when f.asset_owner = 'private' then {private}
        else case f.means when 'row' then {row} when 'private' then {private} when 'park' then {park} else 0 end
        end as said
    from fact f
), settled as (
    select s.*,
           case when s.said = 0 then s.lies_on else s.lies_on & ~s.replaced | s.said end as ground,
           case when s.said = 0 then s.doubt else s.doubt & ~s.replaced end as unsure
    from (select *, case when said & {row} <> 0 then {ownership} else {ownership} | {state} end as replaced from said) s
), tried as (
    select f.*, {measured} as hits,
           case when f.unsure <> 0 then {sure} end as sure,
           case when f.unsure <> 0 then {possible} end as possible
    from settled f
), in_area as (
    select f.request_id, min(d.id) as id
    from fact f
    join route_defaultroute d on d.rule_set_id = {version} and d.service_id = f.service_id and d.area_id = any(f.area_ids)
    group by f.request_id
), tabled as (
    select t.*, d.id as default_id, d.department_id as default_department, d.post_id as default_post,
           d.priority as default_priority, c.copies as default_copies
    from tried t
    left join in_area a on a.request_id = t.request_id
    left join route_defaultroute e on e.rule_set_id = {version} and e.service_id = t.service_id and e.area_id is null
    left join route_defaultroute d on d.id = coalesce(a.id, e.id)
    left join (values {default_copies}) as c (id, copies) on c.id = d.id
), clause (position, department, post, agency, priority, triage, copies) as (
    values {clauses}
), doubted as (
    select t.*, case when t.unsure <> 0 and t.possible[1] is distinct from t.sure[1] then (
        select case when count(distinct (case when c.position is null or c.department is null and not c.triage
                                              then t.default_department else c.department end,
                                         case when c.position is null or c.department is null and not c.triage
                                              then t.default_post else c.post end,
                                         c.agency, coalesce(c.triage, false))) > 1
                    then array_agg(coalesce(k.position, 0) order by k.position nulls last) end
        from (select unnest(t.possible) as position
              union all select null where t.sure[1] is null) as k
        left join clause c on c.position = k.position
        where t.sure[1] is null or k.position <= t.sure[1]) end as candidates
    from tabled t
), won as (
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
       l.service_id, l.area_ids, l.lies_on, l.doubt, l.means, l.asset_kind, l.asset_owner, l.owner_class, l.land_use,
       l.answers, l.channel, l.language, l.minute, l.office_open, l.priority as base_priority, l.unsure
from led l
