-- What the rules look at, of requests that are stored: as it was kept with their decisions, in cases.
--
-- Nothing is linked anew. Ground, evidence and the parcel's owner stand in every decision; areas, answers, channel and
-- language in the request itself, since a decision keeps of them only what the rules of its day asked about.
--
-- In:  %(jurisdiction)s  id; %(areas)s, %(questions)s  areas (ids) and questions (codes) that any of the rules ask about
--      which  condition about intake_servicerequest r and route_decision d, its current one
--      channel, language, minute, office_open  the fact, or a constant where no rule looks at it
-- Out: route_case  one row for each case ("request_id" is its number) with its facts and the ids of its requests
-- Index: request_waits_by_time or the jurisdiction's; decision_one_current.
create temporary table route_case on commit drop as
with chosen as materialized (
    select r.id, r.service_id, r.area_ids, d.lies_on::int, d.doubt::int, d.means::text, d.asset_kind::text,
           d.asset_owner::text, d.owner_class::text as parcel_owner, d.land_use::text as parcel_use,
           {channel} as channel, {language} as language, {minute} as minute, {office_open} as office_open
    from intake_servicerequest r
    join route_decision d on d.request_id = r.id and d.is_current
    where r.jurisdiction_id = %(jurisdiction)s and r.state <> 'received' and {which}
), named as materialized (
    -- Thousands of requests lie in the same areas: these are looked through once.
    select own.area_ids, array(select one.id from unnest(own.area_ids) as one (id)
                               where one.id = any(%(areas)s::bigint[]) order by 1) as asked
    from (select distinct area_ids from chosen) as own
), answered as (
    select a.request_id, jsonb_object_agg(q.code, a.value) as answers
    from chosen c
    join intake_answer a on a.request_id = c.id
    join catalog_serviceattribute q on q.id = a.attribute_id and q.code = any(%(questions)s::text[])
    where cardinality(%(questions)s::text[]) > 0
    group by a.request_id
)
select row_number() over () as request_id, x.*
from (
    select c.service_id, n.asked as area_ids, c.lies_on, c.doubt, c.means, c.asset_kind, c.asset_owner, c.parcel_owner,
           c.parcel_use, coalesce(g.answers, '{{}}') as answers, c.channel, c.language, c.minute, c.office_open,
           s.priority::text as priority, array_agg(c.id) as requests
    from chosen c
    join named n on n.area_ids = c.area_ids
    join catalog_service s on s.id = c.service_id
    left join answered g on g.request_id = c.id
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
) as x;

analyze route_case (request_id, service_id);
