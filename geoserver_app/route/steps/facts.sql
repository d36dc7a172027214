-- What routing asks about every request of a linked batch in one jurisdiction: facts_of() for many.
--
-- Requests are many, what rules look at is not: requests that are alike to the rules are one case, decided once.
--
-- In:  link_batch, link_visit, link_known, link_means, link_tapped (see link/bulk.py), route_ask
--      %(jurisdiction)s   id; open  SQL for "City Hall is open" by the calendar (local is the wall clock)
--      %(areas)s          ids of the areas that the rules name; %(questions)s  codes of the questions they ask about
--      channel, language, minute, office_open  the fact, or a constant where no rule looks at it
-- Out: route_ask   one row for each request: its own facts and its case
--      route_fact  one row for each case ("request_id" is its number), with the facts that decide
create temporary table route_site on commit drop as
select row_number() over ()::int as site, array_agg(s.place) as places, s.area_ids, s.lies, s.doubt, s.owner_class,
       s.land_use
from (select k.place, k.lies, k.doubt, k.owner_class, k.land_use,
             array(select area_id from unnest(k.area_ids) as own (area_id)
                   where area_id = any(%(areas)s::bigint[]) order by 1) as area_ids
      from link_known k) as s
group by s.area_ids, s.lies, s.doubt, s.owner_class, s.land_use
union all
select 0, '{{}}', '{{}}', 0, 0, '', '';  -- of those without a place

create temporary table route_place on commit drop as
select place, site from route_site cross join unnest(places) as place;

analyze route_site (site), route_place;

create temporary table route_asked on commit drop as
select b.request_id, b.service_id, coalesce(l.site, 0) as site, coalesce(m.means, '') as means,
       coalesce(w.kind, '') as asset_kind, coalesce(w.owner, '') as asset_owner,
       case when b.answers is null then '{{}}' else coalesce((
           select jsonb_object_agg(key, value) from jsonb_each(b.answers)
           where key = any(%(questions)s::text[])), '{{}}') end as answers,
       b.channel, b.language, t.minute, {open} as office_open, b.received_at
from link_batch b
join layers_jurisdiction j on j.id = b.jurisdiction_id
left join link_visit v on v.request_id = b.request_id
left join route_place l on l.place = v.place
left join link_means m on m.request_id = b.request_id
left join link_tapped w on w.request_id = b.request_id
cross join lateral (
    -- date_part, not extract: its arithmetic is in floats, not in decimals, which shows in a million rows.
    select local, (date_part('isodow', local)::int - 1) * 1440 + date_part('hour', local)::int * 60
                  + date_part('minute', local)::int as minute
    from (select b.requested_datetime at time zone j.time_zone as local offset 0) as clock
    offset 0) as t
where b.jurisdiction_id = %(jurisdiction)s;

create temporary table route_fact on commit drop as
select (select coalesce(max(request_id), 0) from route_decided) + row_number() over () as request_id, a.*, s.area_ids,
       s.lies as lies_on, s.doubt, s.owner_class as parcel_owner, s.land_use as parcel_use, c.priority
from (select service_id, site, means, asset_kind, asset_owner, answers, {channel} as channel, {language} as language,
             {minute} as minute, {office_open} as office_open
      from route_asked a group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) as a
join route_site s on s.site = a.site
join catalog_service c on c.id = a.service_id;

analyze route_fact (request_id, service_id);

insert into route_ask
select a.request_id, f.request_id, a.channel, a.language, a.minute, a.office_open, a.received_at
from route_asked a
join route_fact f on f.service_id = a.service_id and f.site = a.site and f.means = a.means
                 and f.asset_kind = a.asset_kind and f.asset_owner = a.asset_owner and f.answers = a.answers
                 and f.channel = {channel} and f.language = {language} and f.minute = {minute}
                 and f.office_open = {office_open};

drop table route_site, route_place, route_asked;
