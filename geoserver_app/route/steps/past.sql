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
select row_number() over () as request_id, a.*
from (
    select f.service_id, f.area_ids, f.lies_on, f.doubt, f.means, f.asset_kind, f.asset_owner, f.parcel_owner,
           f.parcel_use, f.answers, f.channel, f.language, f.minute, f.office_open, f.priority,
           array_agg(f.id) as requests
    from (
        select r.id, r.service_id,
               array(select own.id from unnest(r.area_ids) as own (id)
                     where own.id = any(%(areas)s::bigint[]) order by 1) as area_ids,
               d.lies_on::int, d.doubt::int, d.means::text, d.asset_kind::text, d.asset_owner::text,
               d.owner_class::text as parcel_owner, d.land_use::text as parcel_use,
               coalesce(g.answers, '{{}}') as answers, {channel} as channel, {language} as language,
               {minute} as minute, {office_open} as office_open, c.priority::text as priority
        from intake_servicerequest r
        join route_decision d on d.request_id = r.id and d.is_current
        join catalog_service c on c.id = r.service_id
        left join lateral (
            select jsonb_object_agg(q.code, a.value) as answers
            from intake_answer a join catalog_serviceattribute q on q.id = a.attribute_id
            where a.request_id = r.id and q.code = any(%(questions)s::text[])
        ) as g on cardinality(%(questions)s::text[]) > 0
        where r.jurisdiction_id = %(jurisdiction)s and r.state <> 'received' and {which}
    ) as f
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
) as a;

analyze route_case (request_id, service_id);
