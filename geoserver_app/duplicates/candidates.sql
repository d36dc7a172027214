-- Incidents that a report may be one more report of, best first, each with a score and what speaks for it.
--
-- In:  {probe}    a relation of the reports asked about: key (id of the request, 0 before it is sent), incident_id,
--                 jurisdiction_id, service_id, geom (EPSG:4326), accuracy_m, asset_id, parcel_id, words, answers
--                 (jsonb: the text of each by its question's code), at
--      {geom}, {accuracy}, {words}, {asset}, {parcel}   what is looked at of r: the true columns for staff; for
--                 residents those of the public row, and null for what it does not have
--      {answers}  a relation (code, value) of what was answered to r; empty for residents
--      {seen}     condition on r, which for residents is public; whether staff may see a row is asked of those that
--                 come out
--      {leads}    condition on l, the request that leads the incident, for whose number and words it is told
--      {open}     condition on r: that it is still to be done
--      %(near)s   how many requests around each report are looked at, the nearest first
--      {in_reach} condition on p and j: that the place can be moved into the city's metre plane
--      %(least)s  lowest score that is told;  %(most)s  how many incidents at most for each report
-- Out: key, request_id (the one that leads), incident_id, score 0-100, metres (of the nearest report), days, is_own
--      (same service), same_asset, same_parcel, alike (0-1, of the words), same_answers, other_answers, people
-- Index: request_open_geom or request_open_public, by the box around the probe and in the order of distance: what is
-- closed is in neither, so that the length of the history costs nothing.
--
-- A score is the chance, in percent, that the two are about one thing: a logistic sum whose weights were fitted on the
-- demo's truth (docs/dispatch/duplicates.md says how well they do). ``ratio`` is the distance as a part of the service's
-- duplicate_radius_m widened by how sure both positions are.
with probe as materialized ({probe}),
kin as materialized (
    select p.key, s.id as service_id, s.id = p.service_id as is_own,
           greatest(own.duplicate_radius_m, s.duplicate_radius_m) as radius_m,
           least(own.duplicate_days, s.duplicate_days) as days
    from probe p
    join catalog_service own on own.id = p.service_id and own.duplicate_radius_m > 0
    join catalog_service s on s.duplicate_radius_m > 0 and (
        s.id = p.service_id
        or s.id in (select to_service_id from catalog_service_same_problem_as where from_service_id = p.service_id))
),
reach as materialized (
    select p.*, k.services, k.longest, j.metric_srid as srid, ST_Transform(p.geom, j.metric_srid) as spot,
           ST_Transform(ST_Expand(ST_Transform(p.geom, j.metric_srid),
                                  k.widest + least(coalesce(p.accuracy_m, 0), 60) + 40), 4326) as box
    from probe p
    join layers_jurisdiction j on j.id = p.jurisdiction_id
    join (select key, array_agg(service_id) as services, max(radius_m) as widest, max(days) as longest
          from kin group by key) k on k.key = p.key
    where p.geom is not null and {in_reach}
),
near as materialized (
    select p.key, p.spot, p.accuracy_m as own_accuracy_m, p.asset_id as own_asset, p.parcel_id as own_parcel,
           p.words as own_words, p.answers as own_answers, p.at, r.*,
           ST_Distance(ST_Transform(r.geom, p.srid), p.spot) as metres
    from reach p
    cross join lateral (
        select r.id, r.incident_id, r.service_id, {geom} as geom, {accuracy} as accuracy_m, {asset} as asset_id,
               {parcel} as parcel_id, {words} as words, r.requested_datetime
        from intake_servicerequest r
        where {geom} && p.box and {seen} and {open} and r.jurisdiction_id = p.jurisdiction_id
          and r.service_id = any(p.services) and r.id <> p.key and r.incident_id is distinct from p.incident_id
          and r.received_at <= p.at and r.requested_datetime > p.at - make_interval(days => p.longest)
        -- The nearest are enough, and however many lie at one spot it costs no more.
        order by {geom} <-> p.geom limit %(near)s
    ) r
),
measured as materialized (
    select n.*, k.is_own, abs(extract(epoch from n.at - n.requested_datetime)) / 86400 as days,
           k.days as longest, n.metres / (k.radius_m + least(coalesce(n.own_accuracy_m, 0), 60) / 2
                                          + least(coalesce(n.accuracy_m, 0), 60) / 2) as ratio,
           n.asset_id = n.own_asset as same_asset, n.parcel_id = n.own_parcel as same_parcel,
           case when n.words <> '' and n.own_words <> ''
                then greatest(word_similarity(n.words, n.own_words), word_similarity(n.own_words, n.words))
           end as alike,
           a.same as same_answers, a.other as other_answers
    from near n
    join kin k on k.key = n.key and k.service_id = n.service_id
    cross join lateral (
        select count(*) filter (where x.value = y.value) as same,
               -- Plates and pole numbers differ; "white pickup" and "camioneta blanca" do not.
               count(*) filter (where x.value <> y.value and x.value ~ '[0-9]' and y.value ~ '[0-9]') as other
        from (select key, regexp_replace(lower(value), '[^a-z0-9]', '', 'g') as value
              from jsonb_each_text(n.own_answers)) x
        join (select code, regexp_replace(lower(value), '[^a-z0-9]', '', 'g') as value from ({answers}) t) y
          on y.code = x.key
        where x.value <> '' and y.value <> ''
    ) a
    where n.requested_datetime > n.at - make_interval(days => k.days)
),
scored as (
    select m.*, {score} as score
    from measured m
    where ratio <= 1 or same_asset
),
best as (
    select distinct on (s.key, s.incident_id) s.*, l.id as lead_id
    from scored s
    join intake_servicerequest l on l.incident_id = s.incident_id and l.leads and {leads}
    where s.score >= %(least)s
      and not exists (select from duplicates_difference d
                      where d.first_id = least(s.key, l.id) and d.second_id = greatest(s.key, l.id))
    order by s.key, s.incident_id, s.score desc, s.metres, s.id
),
ranked as (
    select b.*, row_number() over (partition by b.key order by b.score desc, b.metres, b.lead_id) as place from best b
)
select b.key, b.lead_id as request_id, b.incident_id, b.score::int as score, b.metres, b.days, b.is_own,
       coalesce(b.same_asset, false) as same_asset, coalesce(b.same_parcel, false) as same_parcel,
       coalesce(b.alike, 0)::float8 as alike, b.same_answers, b.other_answers, p.people
from ranked b
cross join lateral (
    select count(distinct coalesce(encode(q.email_hash, 'hex'), encode(q.phone_hash, 'hex'), r.id::text)) as people
    from intake_servicerequest r left join intake_reporter q on q.request_id = r.id
    where r.incident_id = b.incident_id
) p
where b.place <= %(most)s
order by b.key, b.score desc, b.metres, b.lead_id
