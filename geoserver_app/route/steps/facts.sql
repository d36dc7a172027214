-- The facts of every request of a linked batch in one jurisdiction: facts_of() for many.
--
-- In:  link_batch, link_result, link_areas (see link/bulk.py)
--      %(jurisdiction)s   id; open  SQL for "City Hall is open" by the calendar (local is the wall clock)
--      %(areas)s          ids of the areas that the rules name; %(questions)s  codes of the questions they ask about
-- Out: route_fact  one row for each request
create temporary table route_named on commit drop as
select l.place, array(select area_id from unnest(l.area_ids) as own (area_id)
                      where area_id = any(%(areas)s::bigint[]) order by 1) as area_ids
from link_areas l;

create index on route_named (place);
analyze route_named (place);

create temporary table route_fact on commit drop as
select r.request_id, b.service_id, coalesce(n.area_ids, '{{}}') as area_ids, r.lies as lies_on, r.doubt, r.means,
       r.asset_kind, r.asset_owner, r.owner_class as parcel_owner, r.land_use as parcel_use,
       case when b.answers is null then '{{}}' else coalesce((
           select jsonb_object_agg(key, value) from jsonb_each(b.answers)
           where key = any(%(questions)s::text[])), '{{}}') end as answers,
       b.channel, b.language,
       ((extract(isodow from t.local)::int - 1) * 1440 + extract(hour from t.local)::int * 60
        + extract(minute from t.local)::int) as minute,
       {open} as office_open, c.priority
from link_result r
join link_batch b on b.request_id = r.request_id and b.jurisdiction_id = %(jurisdiction)s
join layers_jurisdiction j on j.id = b.jurisdiction_id
join catalog_service c on c.id = b.service_id
left join route_named n on n.place = r.place
cross join lateral (select b.requested_datetime at time zone j.time_zone as local) as t;

analyze route_fact (request_id, service_id);
